package dev.whatsappmd.localserver.connection;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.noise.CertificateChain;
import dev.whatsappmd.engine.noise.CertificateChain.Certificate;
import dev.whatsappmd.engine.proto.noise.CertChain;
import dev.whatsappmd.engine.proto.noise.CertChain.NoiseCertificate;
import dev.whatsappmd.localserver.fault.CertificateFault;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Certificate chains with exactly one thing wrong, by the server's own keys. Immutable. */
final class SpoiledChains {
    private static final long INTERMEDIATE_SERIAL = 1;
    private static final long LEAF_SERIAL = 2;
    private static final long ANOTHER_SERIAL = 7;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration YEAR = Duration.ofDays(365);

    private final KeyPair root;
    private final KeyPair intermediate;
    private final byte[] serverKey;
    private final Instant now;

    SpoiledChains(KeyPair root, KeyPair intermediate, byte[] serverKey, Instant now) {
        this.root = root;
        this.intermediate = intermediate;
        this.serverKey = serverKey;
        this.now = now;
    }

    byte[] chain(CertificateFault fault, RandomGenerator random) {
        Instant since = now.minus(YEAR);
        Instant until = now.plus(YEAR);
        return switch (fault) {
            case EXPIRED -> issue(middle(since, now.minus(DAY)), leaf(since, now.minus(DAY)), random);
            case INTERMEDIATE_EXPIRED -> issue(middle(since, now.minus(DAY)), leaf(since, until), random);
            case LEAF_EXPIRED -> issue(middle(since, until), leaf(since, now.minus(DAY)), random);
            case NOT_YET_VALID -> issue(middle(now.plus(DAY), until), leaf(now.plus(DAY), until), random);
            case LEAF_NOT_YET_VALID -> issue(middle(since, until), leaf(now.plus(DAY), until), random);
            case WRONG_ISSUER_SERIAL ->
                issue(
                        new Certificate(INTERMEDIATE_SERIAL, ANOTHER_SERIAL, intermediate.publicKey(), since, until),
                        leaf(since, until),
                        random);
            case WRONG_LEAF_ISSUER_SERIAL ->
                issue(
                        middle(since, until),
                        new Certificate(LEAF_SERIAL, ANOTHER_SERIAL, serverKey, since, until),
                        random);
            case OTHER_ROOT ->
                CertificateChain.issue(
                        Curve25519.generateKeyPair(random),
                        middle(since, until),
                        intermediate,
                        leaf(since, until),
                        random);
            case OTHER_KEY -> {
                byte[] other = Curve25519.generateKeyPair(random).publicKey();
                yield issue(
                        middle(since, until),
                        new Certificate(LEAF_SERIAL, INTERMEDIATE_SERIAL, other, since, until),
                        random);
            }
            case LEAF_SIGNED_BY_ROOT ->
                CertificateChain.issue(root, middle(since, until), root, leaf(since, until), random);
            case SHORT_INTERMEDIATE_KEY -> {
                byte[] tooShort = Arrays.copyOf(intermediate.publicKey(), Curve25519.KEY_LENGTH - 1);
                yield issue(
                        new Certificate(INTERMEDIATE_SERIAL, CertificateChain.ROOT_SERIAL, tooShort, since, until),
                        leaf(since, until),
                        random);
            }
            case UNREADABLE_INTERMEDIATE -> bytes(good(random).setIntermediate(unreadable(root, random)));
            case UNREADABLE_LEAF -> bytes(good(random).setLeaf(unreadable(intermediate, random)));
            case BAD_INTERMEDIATE_SIGNATURE -> {
                CertChain.Builder good = good(random);
                yield bytes(good.setIntermediate(withAnotherSignature(good.getIntermediate())));
            }
            case BAD_LEAF_SIGNATURE -> {
                CertChain.Builder good = good(random);
                yield bytes(good.setLeaf(withAnotherSignature(good.getLeaf())));
            }
            case UNSIGNED_INTERMEDIATE -> {
                CertChain.Builder good = good(random);
                good.getIntermediateBuilder().clearSignature();
                yield bytes(good);
            }
            case UNSIGNED_LEAF -> {
                CertChain.Builder good = good(random);
                good.getLeafBuilder().clearSignature();
                yield bytes(good);
            }
            case NO_INTERMEDIATE -> bytes(good(random).clearIntermediate());
            case NO_LEAF -> bytes(good(random).clearLeaf());
            case GARBAGE_CHAIN -> {
                byte[] bytes = new byte[200];
                random.nextBytes(bytes);
                yield cutOff(bytes);
            }
            case EMPTY_CHAIN -> new byte[0];
        };
    }

    private Certificate middle(Instant since, Instant until) {
        return new Certificate(
                INTERMEDIATE_SERIAL, CertificateChain.ROOT_SERIAL, intermediate.publicKey(), since, until);
    }

    private Certificate leaf(Instant since, Instant until) {
        return new Certificate(LEAF_SERIAL, INTERMEDIATE_SERIAL, serverKey, since, until);
    }

    private byte[] issue(Certificate middle, Certificate leaf, RandomGenerator random) {
        return CertificateChain.issue(root, middle, intermediate, leaf, random);
    }

    private CertChain.Builder good(RandomGenerator random) {
        byte[] good = issue(middle(now.minus(YEAR), now.plus(YEAR)), leaf(now.minus(YEAR), now.plus(YEAR)), random);
        try {
            return CertChain.parseFrom(good).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a chain that was just made cannot be read", e);
        }
    }

    private static NoiseCertificate unreadable(KeyPair signer, RandomGenerator random) {
        byte[] details = cutOff(new byte[20]);
        return NoiseCertificate.newBuilder()
                .setDetails(ByteString.copyFrom(details))
                .setSignature(ByteString.copyFrom(XEdDsa.sign(signer.privateKey(), details, random)))
                .build();
    }

    /** Begins with a field whose length goes beyond the end: no protobuf reader takes it. */
    private static byte[] cutOff(byte[] bytes) {
        bytes[0] = 0x0a;
        bytes[1] = (byte) 0xff;
        bytes[2] = 0x7f;
        return bytes;
    }

    private static NoiseCertificate withAnotherSignature(NoiseCertificate certificate) {
        byte[] signature = certificate.getSignature().toByteArray();
        signature[0] ^= 1;
        return certificate.toBuilder()
                .setSignature(ByteString.copyFrom(signature))
                .build();
    }

    private static byte[] bytes(CertChain.Builder chain) {
        return chain.build().toByteArray();
    }
}
