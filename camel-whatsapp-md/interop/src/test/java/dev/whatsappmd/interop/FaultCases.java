package dev.whatsappmd.interop;

import static dev.whatsappmd.localserver.fault.ServerClose.conflict;
import static dev.whatsappmd.localserver.fault.ServerClose.failure;
import static dev.whatsappmd.localserver.fault.ServerClose.stanza;
import static dev.whatsappmd.localserver.fault.ServerClose.streamError;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.interop.FaultCase.Deadline;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.fault.FaultTour;
import dev.whatsappmd.localserver.fault.FrameFault;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.fault.UpgradeFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Everything that both clients are put through: the whole tour, each code of both layers, each question unanswered. */
final class FaultCases {
    private static final Map<String, StanzaMatch> QUESTIONS = new LinkedHashMap<>();

    static {
        QUESTIONS.put("pre-key count", StanzaMatch.iq("get", "encrypt").child("count"));
        QUESTIONS.put("active", StanzaMatch.iq("set", "passive").child("active"));
        QUESTIONS.put("key digest", StanzaMatch.iq("get", "encrypt").child("digest"));
        QUESTIONS.put("ping", StanzaMatch.iq("get", "w:p").child("ping"));
    }

    /**
     * Cases in which Baileys reports one of two things, whichever comes first in it: it inflates frames beside its own
     * thread, so that the end of the socket may overtake the frame that says why.
     */
    private static final List<String> BAILEYS_RACES =
            List.of("deflated frames at registration", "deflated frames at paired");

    private static final List<String> OVERTAKEN = List.of("515 restartRequired", "428 connectionClosed");

    private FaultCases() {}

    /** Which deadlines a fault is about. */
    static Set<Deadline> deadlines(Moment moment, ServerFault fault) {
        boolean stalls =
                fault instanceof ServerFault.Stall stall && stall.duration().isEmpty();
        boolean waits = stalls || fault instanceof ServerFault.Silence || fault instanceof FrameFault;
        if (moment.compareTo(Moment.HELLO) <= 0) {
            return waits || fault instanceof UpgradeFault.HttpStatus ? Set.of(Deadline.CONNECT) : Set.of();
        }
        boolean steps = moment == Moment.REGISTRATION || moment == Moment.LOGIN;
        if (fault == LoginFault.NO_SUCCESS || steps && fault instanceof FrameFault.Oversize) {
            // There are signs of life, only not the one that is waited for.
            return Set.of(Deadline.CONNECT, Deadline.QUERY, Deadline.PING);
        }
        return waits ? Set.of(Deadline.QUERY, Deadline.PING, Deadline.SILENCE) : Set.of();
    }

    /** The same, when a question of the client has come: the ping has to come for that. */
    static Set<Deadline> deadlines(ServerFault fault) {
        if (fault instanceof ServerFault.Silence) {
            return Set.of(Deadline.QUERY, Deadline.PING, Deadline.SILENCE);
        }
        return fault instanceof StanzaFault
                ? Set.of(Deadline.CONNECT, Deadline.QUERY, Deadline.PING)
                : Set.of(Deadline.PING);
    }

    /** What stands in the table for what Baileys reported. */
    static String baileysReport(FaultCase fault, String report) {
        return BAILEYS_RACES.contains(fault.toString()) && OVERTAKEN.contains(report)
                ? String.join(" or ", OVERTAKEN)
                : report;
    }

    /** In the order of the table: by what happens, then by when. */
    static List<FaultCase> all() {
        List<FaultCase> all = new ArrayList<>();
        all.add(FaultCase.nobodyListens());
        for (ServerFault fault : FaultTour.faults()) {
            Stream.of(Moment.values())
                    .filter(fault::fits)
                    .map(moment -> FaultCase.at(moment, fault))
                    .forEach(all::add);
        }
        all.addAll(streamErrors());
        all.addAll(failures());
        all.addAll(questions());
        all.addAll(owed());
        Node unsupported = Node.builder("ib").child("downgrade_webclient").build();
        all.add(FaultCase.at(Moment.REGISTRATION, ServerFault.says(unsupported)));
        all.add(FaultCase.application("the application logs out", FaultCase.Act.LOGS_OUT));
        all.add(FaultCase.application("the application ends it", FaultCase.Act.ENDS));
        return List.copyOf(all);
    }

    /** Those that the tour does not have. */
    private static List<FaultCase> streamErrors() {
        return Stream.of(
                        streamError(401),
                        streamError(403),
                        streamError(409),
                        streamError(429),
                        streamError(440),
                        streamError(516),
                        streamError(599),
                        conflict("replaced", 401),
                        conflict("device_removed"),
                        streamError(503, Node.of("ack")),
                        streamError(Node.of("system-shutdown")),
                        stanza(Node.of("stream:error")),
                        stanza(Node.builder("stream:error")
                                .attribute("code", "soon")
                                .build()))
                .map(close -> FaultCase.at(Moment.OPEN, close))
                .toList();
    }

    private static List<FaultCase> failures() {
        List<FaultCase> all = new ArrayList<>();
        for (int reason :
                new int[] {400, 401, 402, 405, 406, 409, 413, 414, 415, 418, 428, 429, 440, 500, 501, 515, 599}) {
            all.add(FaultCase.at(Moment.LOGIN, failure(reason)));
        }
        ServerClose ban = failure(402, Map.of("code", "101", "expire", "7200"));
        all.add(FaultCase.at(Moment.LOGIN, ban).named("failure 402 for two hours"));
        all.add(FaultCase.at(Moment.LOGIN, stanza(Node.of("failure"))).named("failure without a reason"));
        all.add(FaultCase.at(
                Moment.LOGIN,
                stanza(Node.builder("failure").attribute("reason", "soon").build())));
        return all;
    }

    private static List<FaultCase> questions() {
        List<FaultCase> all = new ArrayList<>();
        List<ServerFault> faults = List.of(
                StanzaFault.iqError(500, "internal-server-error"),
                StanzaFault.iqError(429, "rate-overlimit"),
                StanzaFault.noAnswer(),
                ServerClose.tcpReset(),
                ServerFault.silence());
        for (ServerFault fault : faults) {
            QUESTIONS.forEach((name, match) -> all.add(FaultCase.about("the " + name + " request", match, fault)));
        }
        return all;
    }

    private static List<FaultCase> owed() {
        OwedPolicy strict = OwedPolicy.strict(Duration.ofSeconds(4));
        List<FaultCase> all = new ArrayList<>();
        for (String tag : List.of("notification", "receipt", "status", "never-seen-before")) {
            all.add(FaultCase.owed("owed-ack server, <" + tag + ">", strict, id -> FaultCase.stanza(tag, id)));
        }
        FaultCase lost = FaultCase.about("open", StanzaMatch.tag("ack"), StanzaFault.noAnswer());
        all.add(new FaultCase(
                "owed-ack server, an ack is lost",
                "open",
                false,
                FaultCase.Act.NOTHING,
                strict,
                true,
                false,
                lost.arm(),
                lost.probe(),
                Set.of()));
        return all;
    }
}
