package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.jid.Jid;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Credentials and pre-keys with random bytes for keys: a store does not do arithmetic with them. */
final class TestCredentials {
    static final Instant PAIRED_AT = Instant.parse("2026-11-21T10:15:30.123456789Z");

    private TestCredentials() {}

    static Credentials fresh(RandomGenerator random) {
        return Credentials.builder()
                .noiseKey(keyPair(random))
                .identityKey(keyPair(random))
                .signedPreKey(new Credentials.SignedPreKey(1, keyPair(random), bytes(random, 64)))
                .registrationId(random.nextInt(1, 0x4000))
                .advSecret(bytes(random, 32))
                .build();
    }

    static Credentials linked(RandomGenerator random) {
        return fresh(random).toBuilder()
                .account(Optional.of(new Credentials.Account(
                        Jid.parse("15550100:7@s.whatsapp.net"),
                        Optional.of(Jid.parse("100000000000001:7@lid")),
                        Optional.of("Büro ☎"),
                        "android",
                        Optional.of("Shop & Co"),
                        bytes(random, 120),
                        bytes(random, 32),
                        PAIRED_AT)))
                .routingInfo(Optional.of(bytes(random, 9)))
                .build();
    }

    static Credentials revoked(Credentials credentials) {
        return credentials.toBuilder()
                .revocation(Optional.of(new Credentials.Revocation(401, "LOGGED_OUT", PAIRED_AT.plusSeconds(60))))
                .build();
    }

    static List<PreKey> preKeys(RandomGenerator random, int firstId, int count) {
        List<PreKey> preKeys = new ArrayList<>();
        for (int id = firstId; id < firstId + count; id++) {
            preKeys.add(new PreKey(id, keyPair(random), false));
        }
        return preKeys;
    }

    static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static KeyPair keyPair(RandomGenerator random) {
        return new KeyPair(bytes(random, KeyPair.KEY_LENGTH), bytes(random, KeyPair.KEY_LENGTH));
    }
}
