package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.store.Credentials;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** As long as this device is not linked: codes are shown, a phone uses one of them, and the link is checked and kept. */
final class Linking {
    /** What the session does for it. */
    interface Host extends CodePairing.Host {
        /** The link is saved and confirmed. */
        void linked();
    }

    private final Outbox out;
    private final Host host;
    private final SessionSettings settings;
    private final RandomGenerator random;
    private final PairingWindow window;
    private final CodePairing codes;
    /** Whether the server has offered to link this device on the present connection. */
    private boolean offered;

    Linking(Outbox out, Host host, Operations operations, SessionSettings settings, RandomGenerator random) {
        this.out = out;
        this.host = host;
        this.settings = settings;
        this.random = random;
        this.window = new PairingWindow(out, settings.device().device().companionPlatformId());
        this.codes = new CodePairing(out, host, window, operations, settings.pairing(), settings.step(), random);
    }

    /** A window that is over by now is not gone on in. */
    void beginConnection() {
        endConnection();
        if (window.closesBefore(out.now())) {
            closeWindow();
        }
    }

    /** Its codes are void. */
    void endConnection() {
        offered = false;
        window.endConnection();
        codes.endConnection();
    }

    /** The window is over, well or not. */
    void closeWindow() {
        endConnection();
        window.close();
        codes.closeWindow();
    }

    /** Whether the window is open, so that a new connection goes on in it. */
    boolean isOpen() {
        return window.isOpen();
    }

    /** Whether the window is open at this moment and will be over then. */
    boolean closesBefore(long then) {
        return window.closesBefore(then);
    }

    /** Why nobody was linked. */
    DisconnectCause expired(Optional<DisconnectCause> lastCause) {
        return window.expired(lastCause);
    }

    // ---- asked by the application

    void requestCode(Input.RequestPairingCode asked) {
        codes.request(asked.operation(), asked.pairing(), offered);
    }

    /** No code will come for what the application waits for. */
    void refuseWaiting(String why) {
        codes.refuseWaiting(why);
    }

    // ---- what the server says

    /** Takes a request that is about the link; false for any other. */
    boolean takesRequest(Node iq) {
        Optional<PairDevice> offer = PairDevice.parse(iq);
        if (offer.isPresent()) {
            offered(offer.get());
        } else if (PairSuccess.matches(iq)) {
            pairSuccess(iq);
        }
        return offer.isPresent() || PairSuccess.matches(iq);
    }

    private void offered(PairDevice offer) {
        out.send(offer.reply());
        boolean byQr = !settings.pairing().isByCode();
        if (byQr && offer.refs().isEmpty()) {
            host.end(DisconnectCause.protocolError("the server asked to show codes and gave none"));
            return;
        }
        if (window.closesBefore(out.now())) {
            host.end(window.expired(Optional.empty()));
            return;
        }
        offered = true;
        out.clear(SessionTimer.CONNECT);
        if (byQr) {
            window.show(offer, host.credentials());
        } else {
            window.open();
        }
        codes.windowOpened();
    }

    /** Saved first, answered then: an answered link that is not saved is lost. */
    private void pairSuccess(Node iq) {
        PairSuccess.Result result = codes.answers().verify(iq);
        if (result instanceof PairSuccess.Refused refused) {
            out.send(refused.errorReply());
            codes.answers().withdraw();
            closeWindow();
            host.end(DisconnectCause.pairingRefused(refused.code(), refused.why()));
        } else if (result instanceof PairSuccess.Accepted accepted) {
            host.update(accepted.updated());
            out.save(accepted.updated());
            out.send(accepted.reply());
            codes.answers().withdraw();
            closeWindow();
            codes.refuseWaiting("this device was linked meanwhile");
            out.clear(SessionTimer.QR);
            out.clear(SessionTimer.PAIRING_WINDOW);
            host.linked();
        }
    }

    /** The phone that scanned the code cannot be linked. */
    void unsupported() {
        window.unsupported();
    }

    /** Takes a stanza that is acknowledged only when more is done for it; false when it is to be acknowledged at once. */
    boolean takes(Node stanza) {
        if (PairDevice.wantsNewSecret(stanza)) {
            Credentials rotated = NewCredentials.withNewAdvSecret(host.credentials(), random);
            host.update(rotated);
            out.save(rotated);
        }
        return codes.answers().takesHello(stanza);
    }

    /** A stanza has been acknowledged. */
    void acknowledged(Node stanza) {
        if (PairDevice.wantsNewSecret(stanza)) {
            window.redraw(host.credentials());
        } else if (codes.isTakenBack(stanza)) {
            codes.takenBack(stanza);
        }
    }

    void helloMade(Input.HelloMade made) {
        codes.helloMade(made);
    }

    void finishMade(Input.FinishMade made) {
        codes.answers().finishMade(made);
    }

    // ---- timers

    /** The time of the code to scan is over; one to type may still be good. */
    void qrOver() {
        if (!window.next(host.credentials()) && !codes.isUsable()) {
            host.end(window.expired(Optional.empty()));
        }
    }

    void windowOver() {
        host.end(window.expired(Optional.empty()));
    }
}
