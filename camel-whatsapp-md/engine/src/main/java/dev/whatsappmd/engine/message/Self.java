package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Who takes a stanza in, and when.
 *
 * @param credentials as they are now
 * @param online whether this device is shown as online
 * @param now by the server's clock
 * @param random a cryptographic one
 */
public record Self(Credentials credentials, boolean online, Instant now, RandomGenerator random) {
    public Self {
        Objects.requireNonNull(credentials, "credentials");
        Objects.requireNonNull(now, "now");
        Objects.requireNonNull(random, "random");
    }

    /** This device by number; empty before it is linked. */
    public Optional<Jid> id() {
        return credentials.account().map(Credentials.Account::id);
    }

    /** This device by LID; empty while unknown. */
    public Optional<Jid> lid() {
        return credentials.account().flatMap(Credentials.Account::lid);
    }

    /** Whether an address is one of this account's user, whichever device. */
    boolean is(Jid jid) {
        return jid.isLid() || jid.isHostedLid()
                ? lid().filter(jid::sameUser).isPresent()
                : jid.isUser() && id().filter(jid::sameUser).isPresent();
    }

    /** Never an address. */
    @Override
    public String toString() {
        return "Self[" + credentials + (online ? ", online]" : "]");
    }
}
