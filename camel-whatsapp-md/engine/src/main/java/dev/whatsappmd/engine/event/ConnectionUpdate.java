package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of a session's connection: Baileys' {@code connection.update}. It is partial, as there: what did not change
 * is null and absent from the JSON.
 *
 * @param sessionId the alias of the stored session
 * @param generation counts this session's connections since the client was made, from 1; 0 before the first
 * @param connection the new state
 * @param lastDisconnect on close: why
 * @param isNewLogin true once this device has been paired
 * @param qr the text to show as a QR code; replaces the one before
 * @param pairingCode the code to type on the phone
 * @param receivedPendingNotifications false at a connection's start, true once the server's offline queue has been
 *     taken in
 * @param isOnline whether this device is shown as online
 * @param reconnect on close: what happens next
 * @param event a note that is no change of state, e.g. {@code pairingUnsupported}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "sessionId",
    "generation",
    "connection",
    "lastDisconnect",
    "isNewLogin",
    "qr",
    "pairingCode",
    "receivedPendingNotifications",
    "isOnline",
    "reconnect",
    "event"
})
public record ConnectionUpdate(
        String sessionId,
        long generation,
        @Nullable ConnectionState connection,
        @Nullable LastDisconnect lastDisconnect,
        @Nullable Boolean isNewLogin,
        @Nullable String qr,
        @Nullable String pairingCode,
        @Nullable Boolean receivedPendingNotifications,
        @Nullable Boolean isOnline,
        @Nullable Reconnect reconnect,
        @Nullable String event) {

    public ConnectionUpdate {
        Objects.requireNonNull(sessionId, "sessionId");
    }

    /** Begins an update of one connection. */
    public static Builder builder(String sessionId, long generation) {
        return new Builder(sessionId, generation);
    }

    /** Whether this update ends a connection. */
    public boolean closes() {
        return connection == ConnectionState.CLOSE;
    }

    /** The state and the reason; never a code to scan or type. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder("ConnectionUpdate[")
                .append(sessionId)
                .append(" #")
                .append(generation);
        if (connection != null) {
            out.append(' ').append(connection);
        }
        if (lastDisconnect != null) {
            out.append(' ')
                    .append(lastDisconnect.error().output().statusCode())
                    .append(' ')
                    .append(lastDisconnect.reason())
                    .append(' ')
                    .append(lastDisconnect.kind());
        }
        if (qr != null) {
            out.append(" qr");
        }
        if (pairingCode != null) {
            out.append(" pairingCode");
        }
        if (isNewLogin != null) {
            out.append(" isNewLogin=").append(isNewLogin);
        }
        if (receivedPendingNotifications != null) {
            out.append(" receivedPendingNotifications=").append(receivedPendingNotifications);
        }
        if (isOnline != null) {
            out.append(" isOnline=").append(isOnline);
        }
        if (reconnect != null) {
            out.append(" then ").append(reconnect);
        }
        if (event != null) {
            out.append(' ').append(event);
        }
        return out.append(']').toString();
    }

    /**
     * What happens after a close, as the policy decided it; a route may still change it.
     *
     * @param action {@code now}, {@code backoff}, {@code park}, {@code stop}, {@code relink} or {@code none}
     * @param attempt the number of the coming attempt in this streak of failures, from 1; 0 when there is none
     * @param delay milliseconds until that attempt; null when it waits to be asked, or there is none
     * @param why a short sentence when a limit, not the kind alone, decided
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Reconnect(
            String action,
            int attempt,
            @Nullable Long delay,
            @Nullable String why) {
        @Override
        public String toString() {
            return action
                    + (delay == null ? "" : " in " + delay + " ms")
                    + (attempt == 0 ? "" : ", attempt " + attempt);
        }
    }

    /** Builds a {@link ConnectionUpdate}; for one use by one thread. */
    public static final class Builder {
        private final String sessionId;
        private final long generation;
        private @Nullable ConnectionState connection;
        private @Nullable LastDisconnect lastDisconnect;
        private @Nullable Boolean isNewLogin;
        private @Nullable String qr;
        private @Nullable String pairingCode;
        private @Nullable Boolean receivedPendingNotifications;
        private @Nullable Boolean isOnline;
        private @Nullable Reconnect reconnect;
        private @Nullable String event;

        private Builder(String sessionId, long generation) {
            this.sessionId = sessionId;
            this.generation = generation;
        }

        public Builder connection(ConnectionState state) {
            this.connection = state;
            return this;
        }

        public Builder lastDisconnect(LastDisconnect last) {
            this.lastDisconnect = last;
            return this;
        }

        public Builder isNewLogin(boolean is) {
            this.isNewLogin = is;
            return this;
        }

        public Builder qr(String text) {
            this.qr = text;
            return this;
        }

        public Builder pairingCode(String code) {
            this.pairingCode = code;
            return this;
        }

        public Builder receivedPendingNotifications(boolean received) {
            this.receivedPendingNotifications = received;
            return this;
        }

        public Builder isOnline(boolean online) {
            this.isOnline = online;
            return this;
        }

        public Builder reconnect(Reconnect next) {
            this.reconnect = next;
            return this;
        }

        public Builder event(String name) {
            this.event = name;
            return this;
        }

        public ConnectionUpdate build() {
            return new ConnectionUpdate(
                    sessionId,
                    generation,
                    connection,
                    lastDisconnect,
                    isNewLogin,
                    qr,
                    pairingCode,
                    receivedPendingNotifications,
                    isOnline,
                    reconnect,
                    event);
        }
    }
}
