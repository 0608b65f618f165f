package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.pairing.PairSuccess.Accepted;
import dev.whatsappmd.engine.pairing.PairSuccess.Refused;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.proto.adv.ADVDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentityHMAC;
import dev.whatsappmd.engine.store.Credentials;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A device identity that was altered, by whomever and however deep inside, links nothing. */
@Timeout(36_000)
class PairingFuzzTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");
    private static final Credentials OWN = NewCredentials.generate(new Random(5));
    private static final KeyPair PHONE = Curve25519.generateKeyPair(new Random(6));
    private static final byte[] DETAILS = ADVDeviceIdentity.newBuilder()
            .setRawId(7)
            .setTimestamp(1_768_478_400)
            .setKeyIndex(1)
            .build()
            .toByteArray();
    private static final List<byte[]> PARTS = List.of(DETAILS, signed(DETAILS), container(signed(DETAILS)));

    @Test
    void refusesWhatWasAlteredOnTheWay(TestInfo info) {
        Fuzz.run(info, 1_000, random -> {
            byte[] good = PARTS.get(2);
            byte[] altered = new Mutator(random, PARTS).mutate(good);
            PairSuccess.Result result = PairSuccess.verify(stanza(altered), OWN, NOW, random);
            if (result instanceof Accepted) {
                ADVSignedDeviceIdentityHMAC read = ADVSignedDeviceIdentityHMAC.parseFrom(altered);
                assertThat(read.getDetails().toByteArray()).isEqualTo(PARTS.get(1));
            } else {
                assertRefused(result);
            }
        });
    }

    /** Somebody has seen the code, and knows its secret, but is not the phone. */
    @Test
    void refusesWhatWasAlteredByOneWhoKnowsTheSecret(TestInfo info) {
        Fuzz.run(info, 400, random -> {
            byte[] altered = random.nextBoolean()
                    ? new Mutator(random, PARTS).mutate(PARTS.get(1))
                    : new MessageMutator(random)
                            .mutate(ADVSignedDeviceIdentity.parseFrom(PARTS.get(1)))
                            .toByteArray();
            PairSuccess.Result result = PairSuccess.verify(stanza(container(altered)), OWN, NOW, random);
            if (result instanceof Accepted) {
                ADVSignedDeviceIdentity read = ADVSignedDeviceIdentity.parseFrom(altered);
                assertThat(read.getDetails().toByteArray()).isEqualTo(DETAILS);
                assertThat(read.getAccountSignatureKey().toByteArray()).isEqualTo(PHONE.publicKey());
            } else {
                assertRefused(result);
            }
        });
    }

    /** The phone itself says something odd, well signed. */
    @Test
    void takesOrRefusesWhateverThePhoneSigns(TestInfo info) {
        Fuzz.run(info, 400, random -> {
            byte[] altered = random.nextBoolean()
                    ? new Mutator(random, PARTS).mutate(DETAILS)
                    : new MessageMutator(random)
                            .mutate(ADVDeviceIdentity.parseFrom(DETAILS))
                            .toByteArray();
            PairSuccess.Result result = PairSuccess.verify(stanza(container(signed(altered))), OWN, NOW, random);
            if (result instanceof Accepted accepted) {
                assertThat(accepted.updated().registered()).isTrue();
                NodeEncoder.encode(accepted.reply());
            } else {
                assertRefused(result);
            }
        });
    }

    @Test
    void takesOrRefusesStanzasOfEveryShape(TestInfo info) {
        List<Node> stanzas = new ArrayList<>(List.of(stanza(PARTS.get(2))));
        NodeMutator.Words words = NodeMutator.Words.of(List.of(
                stanza(PARTS.get(2)),
                Node.builder("iq").attribute("type", "get").build()));
        Fuzz.run(info, 1_000, random -> {
            NodeMutator mutator = new NodeMutator(random, words);
            Node stanza = mutator.mutate(mutator.pick(stanzas));
            PairSuccess.Result result = PairSuccess.verify(stanza, OWN, NOW, random);
            if (result instanceof Accepted accepted) {
                assertThat(accepted.updated().account().orElseThrow().id().isPhoneNumber())
                        .isTrue();
                NodeEncoder.encode(accepted.reply());
            } else {
                assertRefused(result);
            }
        });
    }

    /** Slow on purpose: each answer that comes so far costs a key derivation. */
    @Test
    void takesOrRefusesWhateverThePhoneAnswersToACode(TestInfo info) {
        JsonNode vector = Vectors.cases("pairing.json", "pairingCode").get(0);
        Node hello = Vectors.node(vector.path("primaryHello"));
        NodeMutator.Words words = NodeMutator.Words.of(List.of(hello));
        Fuzz.run(info, 10, random -> {
            PairingCode code = PairingCode.create("4915550001234", Optional.empty(), random);
            Node altered = random.nextInt(4) == 0 ? hello : new NodeMutator(random, words).mutate(hello);
            PairingCode.isPrimaryHello(altered);
            code.isRefresh(altered);
            PairingCode.Result result = code.answered(altered).finish(altered, OWN, random);
            if (result instanceof PairingCode.Finished finished) {
                assertThat(finished.updated().registered()).isFalse();
                NodeEncoder.encode(finished.request());
            } else {
                assertThat(((PairingCode.Refused) result).why()).isNotBlank();
            }
        });
    }

    private static void assertRefused(PairSuccess.Result result) {
        Refused refused = (Refused) result;
        assertThat(refused.code()).isIn(401, 500);
        assertThat(refused.why()).isNotBlank();
        NodeEncoder.encode(refused.errorReply());
    }

    private static byte[] signed(byte[] details) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[] {6, 0});
        message.writeBytes(details);
        message.writeBytes(OWN.identityKey().publicKey());
        RandomGenerator fixed = new Random(7);
        return ADVSignedDeviceIdentity.newBuilder()
                .setDetails(ByteString.copyFrom(details))
                .setAccountSignatureKey(ByteString.copyFrom(PHONE.publicKey()))
                .setAccountSignature(ByteString.copyFrom(XEdDsa.sign(PHONE.privateKey(), message.toByteArray(), fixed)))
                .build()
                .toByteArray();
    }

    private static byte[] container(byte[] signed) {
        return ADVSignedDeviceIdentityHMAC.newBuilder()
                .setDetails(ByteString.copyFrom(signed))
                .setHmac(ByteString.copyFrom(Hmac.sha256(OWN.advSecret(), signed)))
                .build()
                .toByteArray();
    }

    private static Node stanza(byte[] container) {
        return Node.builder("iq")
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("id", "pair-success-1")
                .child(Node.builder("pair-success")
                        .child(Node.builder("device-identity").bytes(container).build())
                        .child(Node.builder("device")
                                .attribute("jid", "4915550001234:7@s.whatsapp.net")
                                .attribute("lid", "98765432101234:7@lid")
                                .build())
                        .child(Node.builder("platform")
                                .attribute("name", "android")
                                .build())
                        .build())
                .build();
    }
}
