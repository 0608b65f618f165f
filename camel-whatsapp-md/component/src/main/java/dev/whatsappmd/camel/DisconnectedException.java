package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import java.util.Objects;

/**
 * A connection ended, and nobody had planned it. With {@code bridgeErrorHandler=true} the close exchange carries this to
 * the route's error handler.
 *
 * <p>Camel takes the handler of the closest class before it looks at {@code onWhen}: key a route's handlers by class or
 * by {@code ${exception.statusCode}}, not by both. Ends without a class of their own are of this one.
 */
public class DisconnectedException extends WhatsAppMdException {
    private static final long serialVersionUID = 1L;

    private final transient ConnectionUpdate update;
    private final int statusCode;
    private final String reason;
    private final WhatsAppDisconnectKind kind;
    private final String action;

    /** @param update one that closes, see {@link ConnectionUpdate#closes()} */
    public DisconnectedException(ConnectionUpdate update) {
        super(message(update));
        LastDisconnect last = Objects.requireNonNull(update.lastDisconnect());
        this.update = update;
        this.statusCode = last.error().output().statusCode();
        this.reason = last.reason();
        this.kind = last.kind();
        this.action = action(update);
    }

    /** The exception of the class that belongs to the update's kind. */
    public static DisconnectedException of(ConnectionUpdate update) {
        return switch (Objects.requireNonNull(update.lastDisconnect()).kind()) {
            case LOGGED_OUT, LINK_REJECTED -> new LoggedOutException(update);
            case EVICTED -> new ConnectionReplacedException(update);
            case ACCOUNT_LOCKED, TEMPORARILY_BANNED, BANNED -> new AccountRestrictedException(update);
            case UNTRUSTED_SERVER -> new UntrustedServerException(update);
            default -> new DisconnectedException(update);
        };
    }

    /** The code, with the numbers of Baileys' {@code DisconnectReason}. */
    public int getStatusCode() {
        return statusCode;
    }

    /** The name in Baileys' {@code DisconnectReason}, or the kind where that has none. */
    public String getReason() {
        return reason;
    }

    /** What it means. */
    public WhatsAppDisconnectKind getKind() {
        return kind;
    }

    /**
     * What happens next, as the options decide: {@code now}, {@code backoff}, {@code park}, {@code stop}, {@code relink}
     * or {@code none}.
     */
    public String getAction() {
        return action;
    }

    /** All of it, the same record as the exchange's body; null after the exception has been serialized. */
    public ConnectionUpdate getUpdate() {
        return update;
    }

    private static String action(ConnectionUpdate update) {
        ConnectionUpdate.Reconnect next = update.reconnect();
        return next == null ? "none" : next.action();
    }

    private static String message(ConnectionUpdate update) {
        LastDisconnect last = Objects.requireNonNull(update.lastDisconnect(), "the update does not close");
        ConnectionUpdate.Reconnect next = update.reconnect();
        return "Session " + update.sessionId() + " lost its connection: "
                + last.error().message() + " (" + last.origin() + " "
                + last.error().output().statusCode() + " " + last.reason() + ", " + last.kind() + "); next: "
                + (next == null ? "none" : next);
    }
}
