package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.pairing.PairingCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One code to type: by whom it was asked for, how long it is good, and what phones have said that it was typed into. */
final class TypedCode {
    private final long number;
    private final Pairing pairing;
    private final OptionalLong operation;
    private final Deque<Node> hellos = new ArrayDeque<>();
    private PairingCode code;
    private long end;
    private int taken;

    /**
     * @param number tells it from the others of this session
     * @param operation what the application waits for; empty when nobody does
     */
    TypedCode(long number, Pairing pairing, OptionalLong operation, PairingCode code) {
        this.number = number;
        this.pairing = pairing;
        this.operation = operation;
        this.code = code;
    }

    long number() {
        return number;
    }

    /** How another one like it is made. */
    Pairing pairing() {
        return pairing;
    }

    OptionalLong operation() {
        return operation;
    }

    PairingCode code() {
        return code;
    }

    /** When it is not taken any more; of use only once it {@link #wasTaken}. */
    long end() {
        return end;
    }

    /** The server takes it from now on. */
    void wasTaken(Node answer, long now) {
        code = code.answered(answer);
        end = now + PairingCode.LIFETIME.toMillis();
    }

    /** Why this hello of a phone gets no answer; empty when it gets one. */
    Optional<String> whyNot(Node hello, long now) {
        if (!code.isMeantBy(hello)) {
            return Optional.of("it is for another code than the present one");
        }
        if (now >= end) {
            return Optional.of("the code is older than " + PairingCode.LIFETIME.toSeconds() + " s");
        }
        return taken >= PairingCode.MAX_PRIMARY_HELLOS
                ? Optional.of("it began " + taken + " times before")
                : Optional.empty();
    }

    /** Keeps a hello until it is answered; true when it is the only one. */
    boolean take(Node hello) {
        taken++;
        hellos.add(hello);
        return hellos.size() == 1;
    }

    /** The one that is worked on, or is next. */
    Optional<Node> first() {
        return Optional.ofNullable(hellos.peek());
    }

    /** The first one has been dealt with. */
    void dealtWith() {
        hellos.poll();
    }

    /** Those that nobody works on and nobody will; the first one is worked on. */
    List<Node> leave() {
        List<Node> left = new ArrayList<>(hellos);
        hellos.clear();
        return left.isEmpty() ? left : left.subList(1, left.size());
    }
}
