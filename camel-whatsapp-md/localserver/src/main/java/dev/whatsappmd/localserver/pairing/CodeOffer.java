package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A client that shows a code for a phone number and waits for it to be typed. On the event loop, but for {@link Typing}. */
public final class CodeOffer {
    /** Somebody at the phone is about to type a code. Safe for all threads. */
    public static final class Typing {
        final CodeOffer offer;
        private final CodeHandshake.Draws draws;

        Typing(CodeOffer offer, CodeHandshake.Draws draws) {
            this.offer = offer;
            this.draws = draws;
        }

        /**
         * The code is typed. Takes some hundred milliseconds of computing, so not on the event loop.
         *
         * @param code {@link CodeHandshake#normalized}
         */
        public CodeHandshake handshake(String code) {
            return CodeHandshake.begin(code, offer.wrapped, offer.account.identity(), draws);
        }
    }

    final ServerConnection connection;
    final Account account;
    final String ref;
    final Instant end;
    private final byte[] wrapped;

    @Nullable
    Entry entry;

    CodeOffer(ServerConnection connection, Account account, String ref, byte[] wrapped, Instant end) {
        this.connection = connection;
        this.account = account;
        this.ref = ref;
        this.wrapped = wrapped;
        this.end = end;
    }

    /** Ends what was typed last, if it is still going on. */
    void fail(String why) {
        if (entry != null) {
            entry.result.completeExceptionally(new PairingRefusedException(why));
            entry = null;
        }
    }

    /** A code that was typed. */
    static final class Entry {
        final CodeHandshake handshake;
        final CompletableFuture<Device> result = new CompletableFuture<>();
        int hellosLeft;

        Entry(CodeHandshake handshake, int hellos) {
            this.handshake = handshake;
            this.hellosLeft = hellos;
        }
    }
}
