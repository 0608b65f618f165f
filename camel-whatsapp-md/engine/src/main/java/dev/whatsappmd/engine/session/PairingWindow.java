package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.pairing.QrCode;
import dev.whatsappmd.engine.store.Credentials;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The time in which this device can be linked. It begins with the first codes and is not made longer by a lost
 * connection: the codes of the next one are shown in what is left of it.
 */
final class PairingWindow {
    private final Outbox out;
    private final String platformId;
    private final Deque<String> refs = new ArrayDeque<>();
    private OptionalLong end = OptionalLong.empty();
    private boolean unsupported;
    private Optional<String> shownRef = Optional.empty();
    private int shown;

    PairingWindow(Outbox out, String platformId) {
        this.out = out;
        this.platformId = platformId;
    }

    /** The codes of an older connection are void; a window that is over by now is not gone on in. */
    void beginConnection(long now) {
        refs.clear();
        shownRef = Optional.empty();
        if (closesBefore(now)) {
            close();
        }
    }

    /** Begins the window, or goes on in it. */
    void show(PairDevice pairDevice, Credentials credentials) {
        refs.clear();
        refs.addAll(pairDevice.refs());
        if (end.isEmpty()) {
            long length = QrCode.FIRST_LIFETIME.toMillis()
                    + QrCode.NEXT_LIFETIME.toMillis() * (pairDevice.refs().size() - 1);
            end = OptionalLong.of(out.now() + length);
            unsupported = false;
        }
        out.set(SessionTimer.PAIRING_WINDOW, end.getAsLong() - out.now());
        shown = 0;
        next(credentials);
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

    boolean isOpen() {
        return end.isPresent();
    }

    /** Whether the window is open at this moment and will be over then. */
    boolean closesBefore(long then) {
        return end.isPresent() && then >= end.getAsLong();
    }

    /** The window is over, well or not. */
    void close() {
        refs.clear();
        shownRef = Optional.empty();
        end = OptionalLong.empty();
    }

    /** Why nobody was linked. */
    DisconnectCause expired(Optional<DisconnectCause> lastCause) {
        if (unsupported) {
            return DisconnectCause.pairingUnsupported();
        }
        String why = "the pairing window is over and no phone scanned a code; `relink` or a start of the route opens"
                + " a new one";
        return DisconnectCause.pairingExpired(
                lastCause.map(cause -> why + " (last: " + cause.message() + ")").orElse(why));
    }
}
