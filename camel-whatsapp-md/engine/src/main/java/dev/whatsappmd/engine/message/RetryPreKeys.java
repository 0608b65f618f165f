package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Makes the pre-key that goes to the sender of a message which could not be read. */
public interface RetryPreKeys {
    /**
     * A pre-key that only this sender learns, and the credentials after it was made.
     *
     * @param preKey marked as uploaded: it never goes to the server
     */
    record Made(PreKey preKey, Credentials updated) {
        public Made {
            Objects.requireNonNull(preKey, "preKey");
            Objects.requireNonNull(updated, "updated");
        }
    }

    /** @param random a cryptographic one */
    Made make(Credentials credentials, RandomGenerator random);
}
