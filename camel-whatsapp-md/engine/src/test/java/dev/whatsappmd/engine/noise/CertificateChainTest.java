package dev.whatsappmd.engine.noise;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.noise.CertificateChain.Certificate;
import dev.whatsappmd.engine.proto.noise.CertChain;
import dev.whatsappmd.engine.proto.noise.CertChain.NoiseCertificate;
import dev.whatsappmd.engine.proto.noise.CertChain.NoiseCertificate.Details;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class CertificateChainTest {
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-12-31T23:59:59Z");
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    private final KeyPair root = Curve25519.generateKeyPair(random);
    private final KeyPair middle = Curve25519.generateKeyPair(random);
    private final KeyPair server = Curve25519.generateKeyPair(random);
    private final KeyPair stranger = Curve25519.generateKeyPair(random);

    private Certificate intermediate(long serial, long issuerSerial, Instant from, Instant to) {
        return new Certificate(serial, issuerSerial, middle.publicKey(), from, to);
    }

    private Certificate leaf(long serial, long issuerSerial, Instant from, Instant to) {
        return new Certificate(serial, issuerSerial, server.publicKey(), from, to);
    }

    private byte[] chain(Certificate intermediate, Certificate leaf) {
        return CertificateChain.issue(root, intermediate, middle, leaf, random);
    }

    private void verify(byte[] chain, Instant now) throws UntrustedServerException {
        CertificateChain.verify(chain, root.publicKey(), server.publicKey(), now);
    }

    private AbstractThrowableAssert<?, ?> assertRefused(byte[] chain) {
        return assertThatThrownBy(() -> verify(chain, NOW)).isExactlyInstanceOf(UntrustedServerException.class);
    }

    @Test
    void believesTheGenuineChainWithinItsDates() throws Exception {
        JsonNode c = Vectors.cases("noise.json", "genuineChain").get(0);
        byte[] chain = b64(c.path("certChain"));
        JsonNode leaf = c.path("decoded").path("leaf").path("decodedDetails");
        byte[] serverStatic = b64(leaf.path("key").path("b64"));
        Instant notBefore = Instant.ofEpochSecond(leaf.path("notBefore").asLong());
        Instant notAfter = Instant.ofEpochSecond(leaf.path("notAfter").asLong());
        assertThat(ServerTrust.ofHex(c.path("rootPublicHex").asText())).isEqualTo(ServerTrust.WHATSAPP);

        ServerTrust.WHATSAPP.verify(chain, serverStatic, notBefore);
        ServerTrust.WHATSAPP.verify(chain, serverStatic, notAfter);
        assertThatThrownBy(() -> ServerTrust.WHATSAPP.verify(chain, serverStatic, notBefore.minus(SECOND)))
                .isInstanceOf(UntrustedServerException.class)
                .hasMessageContaining("leaf")
                .hasMessageContaining(notBefore.toString())
                .hasMessageContaining("clock");
        assertThatThrownBy(() -> ServerTrust.WHATSAPP.verify(chain, serverStatic, notAfter.plus(SECOND)))
                .isInstanceOf(UntrustedServerException.class)
                .hasMessageContaining(notAfter.toString());
    }

    @Test
    void refusesTheGenuineChainUnderAnotherStaticKeyOrRoot() {
        JsonNode c = Vectors.cases("noise.json", "genuineChain").get(0);
        byte[] chain = b64(c.path("certChain"));
        JsonNode leaf = c.path("decoded").path("leaf").path("decodedDetails");
        Instant within = Instant.ofEpochSecond(leaf.path("notBefore").asLong());
        assertThatThrownBy(() -> ServerTrust.WHATSAPP.verify(chain, server.publicKey(), within))
                .isInstanceOf(UntrustedServerException.class)
                .hasMessageContaining("handshake");
        ServerTrust other = new ServerTrust(root.publicKey());
        assertThatThrownBy(() -> other.verify(chain, b64(leaf.path("key").path("b64")), within))
                .isInstanceOf(UntrustedServerException.class)
                .hasMessageContaining("root");
    }

    @Test
    void believesWhatItIssues() throws Exception {
        byte[] chain = CertificateChain.issue(root, middle, server.publicKey(), FROM, TO, random);
        verify(chain, FROM);
        verify(chain, NOW);
        verify(chain, TO);
        assertThatThrownBy(() -> verify(chain, FROM.minus(SECOND))).isInstanceOf(UntrustedServerException.class);
        assertThatThrownBy(() -> verify(chain, TO.plus(SECOND))).isInstanceOf(UntrustedServerException.class);
    }

    @Test
    void believesAnySerialsThatFitTogether() {
        for (long serial : new long[] {0, 1, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL}) {
            byte[] chain = chain(intermediate(serial, 0, FROM, TO), leaf(9, serial, FROM, TO));
            assertThatCode(() -> verify(chain, NOW)).doesNotThrowAnyException();
        }
    }

    @Test
    void refusesLeafSignedByAnotherKey() {
        byte[] chain =
                CertificateChain.issue(root, intermediate(1, 0, FROM, TO), stranger, leaf(2, 1, FROM, TO), random);
        assertRefused(chain).hasMessageContaining("leaf").hasMessageContaining("not signed");
    }

    @Test
    void refusesLeafSignedByTheRootItself() {
        byte[] chain = CertificateChain.issue(root, intermediate(1, 0, FROM, TO), root, leaf(2, 1, FROM, TO), random);
        assertRefused(chain).hasMessageContaining("leaf").hasMessageContaining("not signed");
    }

    @Test
    void refusesIntermediateSignedByAnotherKey() {
        byte[] chain =
                CertificateChain.issue(stranger, intermediate(1, 0, FROM, TO), middle, leaf(2, 1, FROM, TO), random);
        assertRefused(chain).hasMessageContaining("intermediate").hasMessageContaining("root");
    }

    @Test
    void refusesIssuersThatDoNotFit() {
        assertRefused(chain(intermediate(1, 0xffff_fffeL, FROM, TO), leaf(2, 1, FROM, TO)))
                .hasMessageContaining("4294967294")
                .hasMessageContaining("root's 0");
        assertRefused(chain(intermediate(1, 0, FROM, TO), leaf(2, 3, FROM, TO)))
                .hasMessageContaining("serial 3")
                .hasMessageContaining("intermediate's 1");
    }

    @Test
    void refusesDatesOfEachCertificate() {
        Instant early = NOW.minus(SECOND);
        Instant late = NOW.plus(SECOND);
        assertRefused(chain(intermediate(1, 0, FROM, early), leaf(2, 1, FROM, TO)))
                .hasMessageContaining("intermediate")
                .hasMessageContaining(early.toString());
        assertRefused(chain(intermediate(1, 0, late, TO), leaf(2, 1, FROM, TO)))
                .hasMessageContaining("intermediate")
                .hasMessageContaining(late.toString());
        assertRefused(chain(intermediate(1, 0, FROM, TO), leaf(2, 1, FROM, early)))
                .hasMessageContaining("leaf");
        assertRefused(chain(intermediate(1, 0, FROM, TO), leaf(2, 1, late, TO))).hasMessageContaining("leaf");
    }

    @Test
    void refusesCertificatesWithoutDates() {
        Details.Builder details =
                Details.newBuilder().setSerial(1).setIssuerSerial(0).setKey(ByteString.copyFrom(middle.publicKey()));
        CertChain.Builder chain = parsed(CertificateChain.issue(root, middle, server.publicKey(), FROM, TO, random));
        chain.setIntermediate(signed(details.build(), root));
        assertRefused(chain.build().toByteArray()).hasMessageContaining("intermediate");
    }

    @Test
    void readsDatesAsUnsigned() {
        Details details = Details.newBuilder()
                .setSerial(1)
                .setKey(ByteString.copyFrom(middle.publicKey()))
                .setNotBefore(1)
                .setNotAfter(-1)
                .build();
        CertChain.Builder chain = parsed(CertificateChain.issue(root, middle, server.publicKey(), FROM, TO, random));
        chain.setIntermediate(signed(details, root));
        assertThatCode(() -> verify(chain.build().toByteArray(), NOW)).doesNotThrowAnyException();

        chain.setIntermediate(signed(details.toBuilder().setNotBefore(-1).build(), root));
        assertRefused(chain.build().toByteArray()).hasMessageContaining("holds from");
    }

    @Test
    void refusesAKeyThatIsNotTheServers() {
        byte[] chain = CertificateChain.issue(root, middle, stranger.publicKey(), FROM, TO, random);
        assertRefused(chain).hasMessageContaining("key");
        byte[] prefixed = CertificateChain.issue(root, middle, new byte[] {5}, FROM, TO, random);
        assertRefused(prefixed).hasMessageContaining("key");
    }

    @Test
    void refusesAnIntermediateKeyOfTheWrongLength() {
        Certificate intermediate = new Certificate(1, 0, new byte[33], FROM, TO);
        assertRefused(chain(intermediate, leaf(2, 1, FROM, TO))).hasMessageContaining("33 bytes");
    }

    @Test
    void refusesIncompleteChains() {
        byte[] whole = CertificateChain.issue(root, middle, server.publicKey(), FROM, TO, random);
        assertRefused(new byte[0]).hasMessageContaining("intermediate");
        assertRefused(parsed(whole).clearLeaf().build().toByteArray()).hasMessageContaining("leaf");
        assertRefused(parsed(whole).clearIntermediate().build().toByteArray()).hasMessageContaining("intermediate");
        CertChain.Builder noSignature = parsed(whole);
        noSignature.getLeafBuilder().clearSignature();
        assertRefused(noSignature.build().toByteArray()).hasMessageContaining("leaf");
        CertChain.Builder shortSignature = parsed(whole);
        shortSignature.getIntermediateBuilder().setSignature(ByteString.copyFrom(new byte[63]));
        assertRefused(shortSignature.build().toByteArray()).hasMessageContaining("not signed");
        CertChain.Builder garbage = parsed(whole);
        byte[] details = {7};
        garbage.setIntermediate(NoiseCertificate.newBuilder()
                .setDetails(ByteString.copyFrom(details))
                .setSignature(ByteString.copyFrom(XEdDsa.sign(root.privateKey(), details, random))));
        assertRefused(garbage.build().toByteArray())
                .hasMessageContaining("details")
                .hasMessageContaining("read");
    }

    @Test
    void everyAlteredBitOfTheSignedPartsIsRefused() throws Exception {
        CertChain whole =
                CertChain.parseFrom(CertificateChain.issue(root, middle, server.publicKey(), FROM, TO, random));
        byte[] details = whole.getLeaf().getDetails().toByteArray();
        for (int i = 0; i < details.length; i++) {
            byte[] altered = details.clone();
            altered[i] ^= (byte) (1 << (i & 7));
            CertChain.Builder chain = whole.toBuilder();
            chain.getLeafBuilder().setDetails(ByteString.copyFrom(altered));
            assertRefused(chain.build().toByteArray()).hasMessageContaining("leaf");
        }
    }

    @Test
    void readsRootKeysInHex() {
        String hex = "142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b";
        assertThat(ServerTrust.ofHex(hex.toUpperCase(Locale.ROOT))).isEqualTo(ServerTrust.WHATSAPP);
        assertThat(ServerTrust.WHATSAPP).hasToString("ServerTrust[WhatsApp]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerTrust.ofHex("xyz"))
                .withMessageContaining("64 hexadecimal digits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerTrust.ofHex("1423"))
                .withMessageContaining("32 bytes, not 2");
    }

    private NoiseCertificate signed(Details details, KeyPair signer) {
        byte[] bytes = details.toByteArray();
        return NoiseCertificate.newBuilder()
                .setDetails(ByteString.copyFrom(bytes))
                .setSignature(ByteString.copyFrom(XEdDsa.sign(signer.privateKey(), bytes, random)))
                .build();
    }

    private static CertChain.Builder parsed(byte[] chain) {
        try {
            return CertChain.parseFrom(chain).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
