package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.pairing.QrCode;
import dev.whatsappmd.engine.store.Credentials;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The time in which this device can be linked. It begins with the first codes and is not made longer by a lost
 * connection: the codes of the next one are shown in what is left of it. Only a code to type, of which there are few,
 * keeps it open for its whole time.
 */
final class PairingWindow {
    private final Outbox out;
    private final String platformId;
    private final Deque<String> refs = new ArrayDeque<>();
    private OptionalLong end = OptionalLong.empty();
    /** Until when the last code to type is good, as far as that is known; 0 for never. */
    private long codeEnd;

    private boolean typed;
    private boolean unsupported;
    private Optional<String> shownRef = Optional.empty();
    private int shown;

    PairingWindow(Outbox out, String platformId) {
        this.out = out;
        this.platformId = platformId;
    }

    /** The codes of this connection are void. */
    void endConnection() {
        refs.clear();
        shownRef = Optional.empty();
    }

    /** Begins the window, or goes on in it, with codes to scan. */
    void show(PairDevice pairDevice, Credentials credentials) {
        refs.clear();
        refs.addAll(pairDevice.refs());
        begin(QrCode.FIRST_LIFETIME.toMillis()
                + QrCode.NEXT_LIFETIME.toMillis() * (pairDevice.refs().size() - 1));
        shown = 0;
        next(credentials);
    }

    /** Begins the window, or goes on in it, with codes to type only. */
    void open() {
        begin(PairingCode.LIFETIME.toMillis());
    }

    private void begin(long length) {
        if (end.isEmpty()) {
            end = OptionalLong.of(out.now() + length);
            unsupported = false;
            typed = false;
            codeEnd = 0;
        }
        armEnd();
    }

    private void armEnd() {
        out.set(SessionTimer.PAIRING_WINDOW, Math.max(end.getAsLong(), codeEnd) - out.now());
    }

    /**
     * A code to type is asked for, was shown, or was refused.
     *
     * @param until the window is open as long as one can be typed
     */
    void lastsForCode(long until) {
        typed = true;
        codeEnd = until;
        if (isOpen()) {
            armEnd();
        }
    }

    /** Shows the next code; false when there is none left. */
    boolean next(Credentials credentials) {
        shownRef = Optional.ofNullable(refs.poll());
        if (shownRef.isEmpty()) {
            return false;
        }
        redraw(credentials);
        out.set(SessionTimer.QR, QrCode.lifetime(shown++));
        return true;
    }

    /** The code that is shown now, again, with another secret. */
    void redraw(Credentials credentials) {
        shownRef.ifPresent(ref -> out.emit(out.update().qr(QrCode.text(ref, credentials, platformId))));
    }

    /** The phone that scanned the code cannot be linked; another may. */
    void unsupported() {
        unsupported = true;
        out.emit(out.update().event("pairingUnsupported"));
    }

    /** Whether there is a code to scan. */
    boolean showsQr() {
        return shownRef.isPresent();
    }

    boolean isOpen() {
        return end.isPresent();
    }

    /** Whether the window is open at this moment and will be over then. */
    boolean closesBefore(long then) {
        return isOpen() && then >= Math.max(end.getAsLong(), codeEnd);
    }

    /** The window is over, well or not. */
    void close() {
        endConnection();
        end = OptionalLong.empty();
    }

    /** Why nobody was linked. */
    DisconnectCause expired(Optional<DisconnectCause> lastCause) {
        if (unsupported) {
            return DisconnectCause.pairingUnsupported();
        }
        String why = "the pairing window is over and no phone " + (typed ? "used" : "scanned")
                + " a code; `relink` or a start of the route opens a new one";
        return DisconnectCause.pairingExpired(
                lastCause.map(cause -> why + " (last: " + cause.message() + ")").orElse(why));
    }
}
