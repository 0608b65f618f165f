package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What the server says of this device when it takes the login, and what this device says of itself then. */
final class Login {
    private static final Duration DAYS_LATE = Duration.ofDays(3);
    private static final Duration WEEK = Duration.ofDays(7);

    private final Outbox out;
    private Duration serverAhead = Duration.ZERO;
    private boolean online;

    Login(Outbox out) {
        this.out = out;
    }

    /** A new connection: the server shows this device as it likes until it is told. */
    void beginConnection() {
        online = false;
    }

    /** Whether the server was told on this connection to show this device as online. */
    boolean isOnline() {
        return online;
    }

    /** The time by the server's clock. */
    Instant serverTime() {
        return out.wall().plus(serverAhead);
    }

    /** The credentials with what is new in {@code success}; a login that succeeds ends a revocation. */
    Credentials taken(Node success, Credentials credentials) {
        noteServerTime(success);
        Credentials.Account account = credentials.account().orElseThrow();
        Optional<Jid> lid = success.attribute("lid").flatMap(Jid::tryParse).filter(Jid::isLid);
        if (lid.isPresent()) {
            account = account.withLid(lid.get());
        }
        Optional<String> name = success.attribute("display_name").filter(text -> !text.isBlank());
        if (name.isPresent()) {
            account = account.withPushName(name.get());
        }
        if (account.equals(credentials.account().get())
                && credentials.revocation().isEmpty()) {
            return credentials;
        }
        return credentials.toBuilder()
                .account(Optional.of(account))
                .revocation(Optional.empty())
                .build();
    }

    private void noteServerTime(Node success) {
        String seconds = success.attribute("t", "");
        if (seconds.matches("\\d{1,10}")) {
            serverAhead = Duration.between(out.wall(), Instant.ofEpochSecond(Long.parseLong(seconds)));
        } else {
            out.debug("the server's success has no time");
        }
    }

    /** Shows this device as online or not; false without a name: then the server takes no presence. */
    boolean showPresence(Credentials.Account account, boolean available) {
        if (account.pushName().isEmpty()) {
            return false;
        }
        out.send(Node.builder("presence")
                .attribute("name", account.pushName().get())
                .attribute("type", available ? "available" : "unavailable")
                .build());
        online = available;
        out.emit(out.update().isOnline(available));
        return true;
    }

    /** Milliseconds into a week that begins three days late, by the server's clock (Baileys, Socket/socket.ts). */
    void sayUnifiedSession() {
        long server = serverTime().plus(DAYS_LATE).toEpochMilli();
        out.send(Node.builder("ib")
                .child(Node.builder("unified_session")
                        .attribute("id", Long.toString(server % WEEK.toMillis()))
                        .build())
                .build());
    }
}
