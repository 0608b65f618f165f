package dev.whatsappmd.localserver.fault;

import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Everything that can go wrong, to run a client through all of it:
 *
 * <pre>{@code
 * for (FaultTour.Stop stop : FaultTour.stops()) {
 *     stop.next(server.script());
 *     // run the client; see that it copes and comes back
 * }
 * }</pre>
 */
public final class FaultTour {
    private static final Duration SHORT = Duration.ofMillis(20);

    private FaultTour() {}

    /**
     * A fault at a moment.
     *
     * @param moment when
     * @param fault what
     */
    public record Stop(Moment moment, ServerFault fault) {
        public Stop {
            if (!fault.fits(moment)) {
                throw new IllegalArgumentException("\"" + fault + "\" cannot be done at " + moment);
            }
        }

        /** Has it done at the next such moment, once. */
        public void next(ServerScript script) {
            script.onNext(moment, fault);
        }

        @Override
        public String toString() {
            return fault + " at " + moment.name().toLowerCase(Locale.ROOT);
        }
    }

    /** At least one of each kind, those about a stanza too. */
    public static List<ServerFault> faults() {
        List<ServerFault> all = new ArrayList<>(closes());
        all.addAll(List.of(
                ServerFault.silence(),
                ServerFault.stall(),
                ServerFault.stallFor(Duration.ofMillis(200)),
                ServerFault.garbage(),
                ServerFault.says(streamErrorWithCode("0")),
                ServerFault.says(streamErrorWithCode("soon")),
                ServerFault.says(Node.of("never-seen-before")),
                UpgradeFault.httpStatus(403),
                UpgradeFault.httpStatus(503),
                UpgradeFault.httpStatus(200),
                UpgradeFault.wrongKey(),
                FrameFault.corrupt(),
                FrameFault.truncated(1),
                FrameFault.oversize(),
                FrameFault.empty(),
                FrameFault.garbage(),
                FrameFault.text(),
                Delivery.byteByByte(),
                Delivery.inPieces(7),
                Delivery.fragmented(5),
                Delivery.batched(SHORT),
                Delivery.deflated(),
                StanzaFault.iqError(500, "internal-server-error"),
                StanzaFault.noAnswer()));
        all.addAll(Arrays.asList(CertificateFault.values()));
        all.addAll(Arrays.asList(LoginFault.values()));
        return List.copyOf(all);
    }

    private static List<ServerFault> closes() {
        return List.of(
                ServerClose.streamError(515),
                ServerClose.streamError(503),
                ServerClose.streamError(500),
                ServerClose.streamError(Node.of("bad-format")),
                ServerClose.conflict("replaced"),
                ServerClose.conflict("device_removed", 401),
                ServerClose.unlink(),
                ServerClose.ack("3EB0ABCDEF"),
                ServerClose.xmlNotWellFormed(),
                ServerClose.failure(503),
                ServerClose.failure(403, Map.of("logout_message_header", "locked")),
                ServerClose.streamEnd(),
                ServerClose.socketClose(ServerClose.NORMAL),
                ServerClose.socketClose(1011),
                ServerClose.tcpReset());
    }

    private static Node streamErrorWithCode(String code) {
        return Node.builder("stream:error").attribute("code", code).build();
    }

    /** Every fault at every moment where it can be done, in the order of the moments. */
    public static List<Stop> stops() {
        List<Stop> stops = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            for (ServerFault fault : faults()) {
                if (fault.fits(moment)) {
                    stops.add(new Stop(moment, fault));
                }
            }
        }
        return List.copyOf(stops);
    }
}
