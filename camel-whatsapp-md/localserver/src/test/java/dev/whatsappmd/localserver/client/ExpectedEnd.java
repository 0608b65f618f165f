package dev.whatsappmd.localserver.client;

import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.ACCOUNT_LOCKED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.EVICTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LINK_REJECTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.LOGGED_OUT;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.PROTOCOL_ERROR;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.RESTART_REQUESTED;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.SERVER_UNAVAILABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.TRANSPORT_LOST;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNREACHABLE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNRESPONSIVE;
import static dev.whatsappmd.engine.event.WhatsAppDisconnectKind.UNTRUSTED_SERVER;

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.Delivery;
import dev.whatsappmd.localserver.fault.FaultTour.Stop;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import java.util.Optional;

/** What the client has to say about a fault: ARCHITECTURE 4 for the tour. */
record ExpectedEnd(int code, WhatsAppDisconnectKind kind, String action) {
    private static final ExpectedEnd LOST = new ExpectedEnd(428, TRANSPORT_LOST, "backoff");
    private static final ExpectedEnd NOT_REACHED = new ExpectedEnd(408, UNREACHABLE, "backoff");
    private static final ExpectedEnd DEAD = new ExpectedEnd(408, UNRESPONSIVE, "backoff");
    private static final ExpectedEnd UNREADABLE = new ExpectedEnd(500, PROTOCOL_ERROR, "backoff");
    private static final ExpectedEnd RESTART = new ExpectedEnd(515, RESTART_REQUESTED, "now");

    /** Empty when the client has to go on as if nothing were. */
    static Optional<ExpectedEnd> of(Stop stop) {
        Optional<ExpectedEnd> end = ofFault(stop.fault(), stop.moment());
        boolean linking = stop.moment() == Moment.REGISTRATION || stop.moment() == Moment.PAIRED;
        return end.isEmpty() && linking ? Optional.of(RESTART) : end;
    }

    private static Optional<ExpectedEnd> ofFault(ServerFault fault, Moment moment) {
        boolean dialing = moment.compareTo(Moment.HELLO) < 0;
        if (fault instanceof Delivery || fault == LoginFault.TWO_SUCCESSES) {
            return Optional.empty();
        }
        if (fault instanceof ServerFault.Stall stall && stall.duration().isPresent()) {
            return Optional.empty();
        }
        if (fault instanceof ServerFault.Stall || fault instanceof ServerFault.Silence) {
            return Optional.of(moment.compareTo(Moment.HELLO) <= 0 ? NOT_REACHED : DEAD);
        }
        if (fault instanceof CertificateFault) {
            return Optional.of(new ExpectedEnd(500, UNTRUSTED_SERVER, "stop"));
        }
        if (fault instanceof UpgradeFault.HttpStatus refusal) {
            int code = refusal.status() < 400 ? 500 : refusal.status();
            return Optional.of(new ExpectedEnd(code, UNREACHABLE, "backoff"));
        }
        if (fault == LoginFault.NO_SUCCESS || fault instanceof UpgradeFault.WrongKey) {
            return Optional.of(NOT_REACHED);
        }
        if (fault instanceof FrameFault frame) {
            return Optional.of(ofFrame(frame, moment));
        }
        if (fault instanceof ServerFault.Says says) {
            return says.stanza().is("stream:error") ? Optional.of(UNREADABLE) : Optional.empty();
        }
        if (fault instanceof ServerFault.Garbage) {
            return Optional.of(dialing ? NOT_REACHED : UNREADABLE);
        }
        return Optional.of(dialing ? NOT_REACHED : ofClose((ServerClose) fault, moment));
    }

    private static ExpectedEnd ofFrame(FrameFault fault, Moment moment) {
        boolean swallows = fault instanceof FrameFault.Oversize;
        boolean waitsForMore = swallows || fault instanceof FrameFault.Truncated;
        if (moment == Moment.HELLO) {
            return waitsForMore ? NOT_REACHED : UNREADABLE;
        }
        if (!swallows) {
            return UNREADABLE;
        }
        // All that the server says seems to be in that frame: what was asked for does not come.
        return switch (moment) {
            case PAIRED -> LOST;
            case SUCCESS, ACTIVE, OPEN -> DEAD;
            default -> NOT_REACHED;
        };
    }

    private static ExpectedEnd ofClose(ServerClose close, Moment moment) {
        boolean justLinked = moment == Moment.PAIRED;
        return switch (close.toString()) {
            case "stream:error 515" -> RESTART;
            case "stream:error 503" -> new ExpectedEnd(503, SERVER_UNAVAILABLE, "backoff");
            case "stream:error 500" -> new ExpectedEnd(500, SERVER_UNAVAILABLE, "backoff");
            case "stream:error bad-format", "stream:error ack", "stream:error xml-not-well-formed" -> UNREADABLE;
            case "stream:error conflict replaced" -> new ExpectedEnd(440, EVICTED, "park");
            case "stream:error 401 conflict device_removed" ->
                new ExpectedEnd(401, justLinked ? LINK_REJECTED : LOGGED_OUT, "stop");
            case "failure 503" -> new ExpectedEnd(503, SERVER_UNAVAILABLE, "backoff");
            case "failure 403" -> new ExpectedEnd(403, ACCOUNT_LOCKED, "stop");
            case "xmlstreamend", "socket close 1000", "socket close 1011", "TCP reset" -> LOST;
            default -> throw new IllegalArgumentException("no expectation for " + close);
        };
    }
}
