package dev.whatsappmd.engine.noise;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.proto.noise.CertChain;
import dev.whatsappmd.engine.proto.noise.CertChain.NoiseCertificate;
import dev.whatsappmd.engine.proto.noise.CertChain.NoiseCertificate.Details;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * The two certificates a server shows in the handshake: the root signs the intermediate, the intermediate signs the leaf,
 * the leaf names the server's Noise static key. The rules are whatsmeow's (handshake.go, verifyServerCert). Thread-safe.
 */
public final class CertificateChain {
    /** The root's own serial, which the intermediate names as its issuer. */
    public static final long ROOT_SERIAL = 0;

    private CertificateChain() {}

    /**
     * What a certificate says.
     *
     * @param serial below 2^32
     * @param issuerSerial below 2^32
     * @param key the public key it is about, 32 raw bytes
     * @param notBefore first second at which it holds
     * @param notAfter last second at which it holds
     */
    public record Certificate(long serial, long issuerSerial, byte[] key, Instant notBefore, Instant notAfter) {}

    /**
     * Refuses a chain that breaks a rule.
     *
     * @param chain the encoded CertChain message
     * @param rootKey the root to trust, 32 raw bytes
     * @param noiseStaticKey the key that the handshake proved the server has
     * @throws UntrustedServerException names the rule
     */
    public static void verify(byte[] chain, byte[] rootKey, byte[] noiseStaticKey, Instant now)
            throws UntrustedServerException {
        CertChain certificates = parsed(chain);
        if (!isComplete(certificates.hasIntermediate(), certificates.getIntermediate())) {
            throw new UntrustedServerException("the server's chain has no complete intermediate certificate");
        }
        if (!isComplete(certificates.hasLeaf(), certificates.getLeaf())) {
            throw new UntrustedServerException("the server's chain has no complete leaf certificate");
        }
        Details intermediate = verifiedIntermediate(certificates.getIntermediate(), rootKey, now);
        verifyLeaf(certificates.getLeaf(), intermediate, noiseStaticKey, now);
    }

    private static Details verifiedIntermediate(NoiseCertificate certificate, byte[] rootKey, Instant now)
            throws UntrustedServerException {
        if (!isSignedBy(rootKey, certificate)) {
            throw new UntrustedServerException(
                    "the server's intermediate certificate is not signed by the trusted root");
        }
        Details details = details(certificate, "intermediate");
        if (serial(details.getIssuerSerial()) != ROOT_SERIAL) {
            throw new UntrustedServerException("the server's intermediate certificate names serial "
                    + serial(details.getIssuerSerial()) + " as its issuer, not the root's " + ROOT_SERIAL);
        }
        if (details.getKey().size() != Curve25519.KEY_LENGTH) {
            throw new UntrustedServerException("the key of the server's intermediate certificate has "
                    + details.getKey().size() + " bytes, not " + Curve25519.KEY_LENGTH);
        }
        checkDates(details, "intermediate", now);
        return details;
    }

    private static void verifyLeaf(
            NoiseCertificate certificate, Details intermediate, byte[] noiseStaticKey, Instant now)
            throws UntrustedServerException {
        if (!isSignedBy(intermediate.getKey().toByteArray(), certificate)) {
            throw new UntrustedServerException("the server's leaf certificate is not signed by its intermediate one");
        }
        Details details = details(certificate, "leaf");
        if (details.getIssuerSerial() != intermediate.getSerial()) {
            throw new UntrustedServerException("the server's leaf certificate names serial "
                    + serial(details.getIssuerSerial()) + " as its issuer, not the intermediate's "
                    + serial(intermediate.getSerial()));
        }
        if (!MessageDigest.isEqual(details.getKey().toByteArray(), noiseStaticKey)) {
            throw new UntrustedServerException(
                    "the key of the server's leaf certificate is not the key that the server has in the handshake");
        }
        checkDates(details, "leaf", now);
    }

    private static CertChain parsed(byte[] chain) throws UntrustedServerException {
        try {
            return CertChain.parseFrom(chain);
        } catch (InvalidProtocolBufferException e) {
            throw new UntrustedServerException(
                    "the server's certificate chain of " + chain.length + " bytes cannot be read", e);
        }
    }

    private static Details details(NoiseCertificate certificate, String which) throws UntrustedServerException {
        try {
            return Details.parseFrom(certificate.getDetails());
        } catch (InvalidProtocolBufferException e) {
            throw new UntrustedServerException(
                    "the details of the server's " + which + " certificate cannot be read", e);
        }
    }

    private static boolean isComplete(boolean there, NoiseCertificate certificate) {
        return there && certificate.hasDetails() && certificate.hasSignature();
    }

    private static boolean isSignedBy(byte[] key, NoiseCertificate certificate) {
        return XEdDsa.verify(
                key,
                certificate.getDetails().toByteArray(),
                certificate.getSignature().toByteArray());
    }

    private static void checkDates(Details details, String which, Instant now) throws UntrustedServerException {
        Instant notBefore = instant(details.getNotBefore());
        Instant notAfter = instant(details.getNotAfter());
        if (now.isBefore(notBefore) || now.isAfter(notAfter)) {
            throw new UntrustedServerException("the server's " + which + " certificate holds from " + notBefore + " to "
                    + notAfter + ", now it is " + now + "; check this machine's clock");
        }
    }

    /** Unsigned seconds; what is beyond the calendar is its end. */
    private static Instant instant(long seconds) {
        return seconds < 0 || seconds > Instant.MAX.getEpochSecond() ? Instant.MAX : Instant.ofEpochSecond(seconds);
    }

    private static long serial(int unsigned) {
        return Integer.toUnsignedLong(unsigned);
    }

    /**
     * A chain that {@link #verify} accepts, for a server of one's own.
     *
     * @param serverStaticKey the server's public Noise key
     * @return the encoded CertChain message
     */
    public static byte[] issue(
            KeyPair root,
            KeyPair intermediate,
            byte[] serverStaticKey,
            Instant notBefore,
            Instant notAfter,
            RandomGenerator random) {
        Certificate middle = new Certificate(1, ROOT_SERIAL, intermediate.publicKey(), notBefore, notAfter);
        Certificate leaf = new Certificate(2, 1, serverStaticKey, notBefore, notAfter);
        return issue(root, middle, intermediate, leaf, random);
    }

    /**
     * Any chain, also one that {@link #verify} refuses: nothing is checked here.
     *
     * @param intermediateSigner signs the intermediate certificate, normally the root
     * @param leafSigner signs the leaf certificate, normally the pair of the intermediate certificate's key
     * @return the encoded CertChain message
     */
    public static byte[] issue(
            KeyPair intermediateSigner,
            Certificate intermediate,
            KeyPair leafSigner,
            Certificate leaf,
            RandomGenerator random) {
        return CertChain.newBuilder()
                .setIntermediate(signed(intermediate, intermediateSigner, random))
                .setLeaf(signed(leaf, leafSigner, random))
                .build()
                .toByteArray();
    }

    private static NoiseCertificate signed(Certificate certificate, KeyPair signer, RandomGenerator random) {
        byte[] details = Details.newBuilder()
                .setSerial((int) certificate.serial())
                .setIssuerSerial((int) certificate.issuerSerial())
                .setKey(ByteString.copyFrom(certificate.key()))
                .setNotBefore(certificate.notBefore().getEpochSecond())
                .setNotAfter(certificate.notAfter().getEpochSecond())
                .build()
                .toByteArray();
        return NoiseCertificate.newBuilder()
                .setDetails(ByteString.copyFrom(details))
                .setSignature(ByteString.copyFrom(XEdDsa.sign(signer.privateKey(), details, random)))
                .build();
    }
}
