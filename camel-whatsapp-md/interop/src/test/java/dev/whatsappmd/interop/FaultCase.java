package dev.whatsappmd.interop;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.ServerScript;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One thing that happens to a client, and when.
 *
 * @param what happens, as it stands in the table
 * @param when it happens, as it stands in the table
 * @param links whether it happens to a client that is being linked; else to one that logs in
 * @param act what the application does once the client is open
 * @param policy what the server does about what it is owed
 * @param listens whether anybody listens at the address at all
 * @param scripted whether the server is to do a fault of its script, so that what follows waits for it
 * @param arm tells the server what to do
 * @param probe makes, from an id, the stanza whose answer shows that a client that has opened still works
 * @param deadlines which of the clients' deadlines are short; where there is one, Baileys may also say nothing for ever
 */
record FaultCase(
        String what,
        String when,
        boolean links,
        Act act,
        OwedPolicy policy,
        boolean listens,
        boolean scripted,
        Consumer<ServerScript> arm,
        Function<String, Node> probe,
        Set<Deadline> deadlines) {
    /** What a client waits for only so long. All are long but those that a case is about: a slow machine is no fault. */
    enum Deadline {
        /** Each step of connecting. */
        CONNECT,
        /** An answer. */
        QUERY,
        /** The next ping; in Baileys also, with five seconds more, the next sign of life. */
        PING,
        /** A sign of life after a ping; not an option of Baileys. */
        SILENCE
    }

    enum Act {
        NOTHING,
        LOGS_OUT,
        ENDS
    }

    /** A fault at the next such moment. */
    static FaultCase at(Moment moment, ServerFault fault) {
        return new FaultCase(
                fault.toString(),
                moment.name().toLowerCase(Locale.ROOT),
                moment == Moment.REGISTRATION || moment == Moment.PAIRED,
                Act.NOTHING,
                OwedPolicy.patient(),
                true,
                true,
                script -> script.onNext(moment, fault),
                FaultCase::notification,
                FaultCases.deadlines(moment, fault));
    }

    /** A fault when the next such stanza of a linked client comes. */
    static FaultCase about(String when, Predicate<Node> stanza, ServerFault fault) {
        return new FaultCase(
                fault.toString(),
                when,
                false,
                Act.NOTHING,
                OwedPolicy.patient(),
                true,
                true,
                script -> script.onNextStanza(stanza, fault),
                FaultCase::notification,
                FaultCases.deadlines(fault));
    }

    /** A linked client is sent this stanza by a server that ends the stream over what it is owed. */
    static FaultCase owed(String what, OwedPolicy policy, Function<String, Node> stanza) {
        return new FaultCase(what, "open", false, Act.NOTHING, policy, true, false, script -> {}, stanza, Set.of());
    }

    /** The application does something with an open client. */
    static FaultCase application(String what, Act act) {
        return new FaultCase(
                what,
                "open",
                false,
                act,
                OwedPolicy.patient(),
                true,
                false,
                script -> {},
                FaultCase::notification,
                Set.of());
    }

    /** Nobody listens at the address. */
    static FaultCase nobodyListens() {
        return new FaultCase(
                "TCP connection refused",
                "accept",
                false,
                Act.NOTHING,
                OwedPolicy.patient(),
                false,
                false,
                script -> {},
                FaultCase::notification,
                Set.of());
    }

    /** The same under another name. */
    FaultCase named(String name) {
        return new FaultCase(name, when, links, act, policy, listens, scripted, arm, probe, deadlines);
    }

    static Node notification(String id) {
        return stanza("notification", id);
    }

    static Node stanza(String tag, String id) {
        return Node.builder(tag)
                .attribute("id", id)
                .attribute("from", "s.whatsapp.net")
                .attribute("type", "status")
                .attribute("t", "1768478400")
                .build();
    }

    @Override
    public String toString() {
        return what + " at " + when;
    }
}
