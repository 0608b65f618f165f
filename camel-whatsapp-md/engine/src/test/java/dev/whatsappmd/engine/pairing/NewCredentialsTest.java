package dev.whatsappmd.engine.pairing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.store.Credentials;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NewCredentialsTest {
    @Test
    void areNotLinkedAndStartAtTheFirstPreKey() {
        Credentials credentials = NewCredentials.generate(new SplittableRandom(1));
        assertThat(credentials.account()).isEmpty();
        assertThat(credentials.registered()).isFalse();
        assertThat(credentials.nextPreKeyId()).isEqualTo(1);
        assertThat(credentials.signedPreKey().id()).isEqualTo(1);
        assertThat(credentials.routingInfo()).isEmpty();
    }

    @Test
    void signTheirPreKeyWithTheirIdentity() throws Exception {
        Credentials credentials = NewCredentials.generate(new SplittableRandom(2));
        byte[] signed = Curve25519.prefixed(credentials.signedPreKey().keyPair().publicKey());
        assertThat(XEdDsa.verify(
                        credentials.identityKey().publicKey(),
                        signed,
                        credentials.signedPreKey().signature()))
                .isTrue();
    }

    @Test
    void useADifferentSecretForEverything() {
        Credentials one = NewCredentials.generate(new SplittableRandom(3));
        Credentials other = NewCredentials.generate(new SplittableRandom(4));
        KeyPair[] keys = {
            one.noiseKey(), one.identityKey(), one.signedPreKey().keyPair(),
            other.noiseKey(), other.identityKey(), other.signedPreKey().keyPair()
        };
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(one.advSecret()).isNotEqualTo(other.advSecret()).isNotEqualTo(new byte[32]);
    }

    @Test
    void useTheWholeRangeOfRegistrationIds() {
        SplittableRandom random = new SplittableRandom(5);
        List<Integer> ids = Stream.generate(() -> NewCredentials.generate(random))
                .map(Credentials::registrationId)
                .limit(60)
                .toList();
        assertThat(ids)
                .allMatch(id -> id >= 1 && id <= 16383)
                .anyMatch(id -> id > 12000)
                .anyMatch(id -> id < 4000);
    }

    @Test
    void keepEverythingButTheSecretWhenItIsRotated() {
        Credentials before = NewCredentials.generate(new SplittableRandom(6));
        Credentials after = NewCredentials.withNewAdvSecret(before, new SplittableRandom(7));
        assertThat(after.advSecret()).isNotEqualTo(before.advSecret());
        assertThat(after.identityKey()).isEqualTo(before.identityKey());
        assertThat(after.noiseKey()).isEqualTo(before.noiseKey());
        assertThat(after.signedPreKey()).isEqualTo(before.signedPreKey());
        assertThat(after.registrationId()).isEqualTo(before.registrationId());
    }
}
