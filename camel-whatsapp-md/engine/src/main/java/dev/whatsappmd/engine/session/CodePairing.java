package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.request.RequestTable.Outcome;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Linking with typed codes while the pairing window is open: asks the server for a code, shows it, and for another one when
 * it is void. One code counts at a time; what a code costs in computing is done elsewhere and comes back as an input. What
 * the phone says is for {@link CodeAnswers}.
 */
final class CodePairing {
    /** How many codes are asked for in one pairing window, by whomever. */
    static final int MAX_CODES = 3;

    private static final String NEW_WINDOW = "; `relink` or a start of the route opens a new window";

    /** What the session does for it. */
    interface Host {
        Credentials credentials();

        void update(Credentials changed);

        void end(DisconnectCause cause);
    }

    private final Outbox out;
    private final Host host;
    private final PairingWindow window;
    private final Operations operations;
    private final Pairing configured;
    private final Duration step;
    private final RandomGenerator random;
    private final CodeAnswers answers;

    private int codes;
    private long lastNumber;
    /** What the application asked for and the window was not open for yet. */
    private Optional<Wanted> waiting = Optional.empty();
    /** The server has not said yet whether it takes this one. */
    private Optional<TypedCode> asking = Optional.empty();
    /** How the code that was shown last in this window was made; once it is void another one is, in the same way. */
    private Optional<Pairing> given = Optional.empty();

    private record Wanted(long operation, Pairing pairing) {}

    /** @param step how long the server may take for an answer */
    CodePairing(
            Outbox out,
            Host host,
            PairingWindow window,
            Operations operations,
            Pairing configured,
            Duration step,
            RandomGenerator random) {
        this.out = out;
        this.host = host;
        this.window = window;
        this.operations = operations;
        this.configured = configured;
        this.step = step;
        this.random = random;
        this.answers = new CodeAnswers(out, host, window, step, random, this::renew);
    }

    /** What a phone says about the code that is shown. */
    CodeAnswers answers() {
        return answers;
    }

    /** The codes of this connection are void; what the application waits for is asked again at the next one. */
    void endConnection() {
        asking.ifPresent(code ->
                code.operation().ifPresent(operation -> waiting = Optional.of(new Wanted(operation, code.pairing()))));
        asking = Optional.empty();
        forgetWhatIsOver();
        answers.endConnection();
    }

    /** The window is over, well or not: the next one has codes of its own. */
    void closeWindow() {
        endConnection();
        given = Optional.empty();
        codes = 0;
    }

    /** Whether a phone may still use a code that is shown, or about to be. */
    boolean isUsable() {
        return asking.isPresent() || answers.typeable().isPresent();
    }

    /** A code that was shown for its whole time is not missed by anybody. */
    private void forgetWhatIsOver() {
        if (answers.shown().isPresent() && answers.typeable().isEmpty()) {
            given = Optional.empty();
        }
    }

    // ---- asking for a code

    /** The server has opened the window on this connection. */
    void windowOpened() {
        if (!isUsable()) {
            askForNext();
        }
    }

    /** What the application waits for comes first, then what was shown before, then what the options say. */
    private boolean askForNext() {
        if (isWaitedFor()) {
            askForWaiting();
            return true;
        }
        forgetWhatIsOver();
        Optional<Pairing> next = given.or(() -> Optional.of(configured).filter(Pairing::isByCode));
        next.ifPresent(pairing -> ask(pairing, OptionalLong.empty()));
        return next.isPresent();
    }

    /**
     * The application wants a code; nothing is linked.
     *
     * @param open whether the server has opened the window on this connection
     */
    void request(long operation, Pairing pairing, boolean open) {
        if (isWaitedFor() || asking.filter(this::isAskedFor).isPresent()) {
            operations.fail(operation, "no pairing code: one is being asked for already");
            return;
        }
        waiting = Optional.of(new Wanted(operation, pairing));
        if (open) {
            askForWaiting();
        }
    }

    private boolean isWaitedFor() {
        return waiting.filter(wanted -> operations.isOpen(wanted.operation())).isPresent();
    }

    private boolean isAskedFor(TypedCode code) {
        return code.operation().isPresent()
                && operations.isOpen(code.operation().getAsLong());
    }

    private void askForWaiting() {
        Wanted wanted = waiting.orElseThrow();
        waiting = Optional.empty();
        ask(wanted.pairing(), OptionalLong.of(wanted.operation()));
    }

    /** Nothing will come for what the application waits for. */
    void refuseWaiting(String why) {
        waiting.ifPresent(wanted -> operations.fail(wanted.operation(), "no pairing code: " + why));
        waiting = Optional.empty();
    }

    private void ask(Pairing pairing, OptionalLong operation) {
        if (codes >= MAX_CODES) {
            tooMany(operation);
            return;
        }
        TypedCode code = new TypedCode(++lastNumber, pairing, operation, pairing.newCode(random));
        codes++;
        asking = Optional.of(code);
        window.lastsForCode(out.now() + PairingCode.LIFETIME.toMillis());
        out.add(new Effect.MakeHello(out.epoch(), code.number(), code.code(), host.credentials()));
    }

    private void tooMany(OptionalLong operation) {
        String why = MAX_CODES + " pairing codes were asked for in this pairing window";
        operation.ifPresent(asked -> operations.fail(asked, "no pairing code: " + why + NEW_WINDOW));
        given = Optional.empty();
        noOther(why);
    }

    /** Without anything to type or to scan, now or soon, the window is of no use to anybody. */
    private void noOther(String why) {
        if (isUsable() || window.showsQr()) {
            out.warn(why);
        } else {
            host.end(DisconnectCause.pairingExpired(why + NEW_WINDOW));
        }
    }

    /** The request for a code is ready to be sent. */
    void helloMade(Input.HelloMade made) {
        asking.filter(code -> code.number() == made.attempt())
                .ifPresent(code -> out.ask(made.request(), step, outcome -> asked(code, outcome)));
    }

    private void asked(TypedCode code, Outcome outcome) {
        if (asking.filter(present -> present == code).isEmpty()) {
            return;
        }
        asking = Optional.empty();
        if (outcome.ok()) {
            show(code, outcome.answer().orElseThrow());
        } else {
            refused(code, outcome);
        }
    }

    private void show(TypedCode code, Node answer) {
        code.wasTaken(answer, out.now());
        answers.show(code);
        given = Optional.of(code.pairing());
        window.lastsForCode(code.end());
        out.emit(out.update().pairingCode(code.code().code()));
        code.operation()
                .ifPresent(
                        operation -> operations.succeed(operation, code.code().code()));
    }

    /** Whoever asked hears what the server said; it is not asked again by itself, which would make matters worse. */
    private void refused(TypedCode code, Outcome outcome) {
        String why = "the server gave no pairing code: " + CodeRefusal.describe(outcome);
        boolean wanted = code.operation().isPresent();
        boolean silent = outcome.answer().isEmpty();
        code.operation().ifPresent(operation -> operations.fail(operation, why));
        window.lastsForCode(answers.typeable().map(TypedCode::end).orElse(out.now()));
        if (!wanted && !silent) {
            given = Optional.empty();
        }
        if (wanted && !isUsable() && askForNext()) {
            return;
        }
        if (silent && !isUsable() && !window.showsQr()) {
            host.end(DisconnectCause.deadline("the server's answer to the request for a pairing code", step));
        } else {
            noOther(why);
        }
    }

    // ---- a code that is void

    /** Whether the server takes the code that is shown back. */
    boolean isTakenBack(Node stanza) {
        return answers.shown().filter(code -> code.code().isRefresh(stanza)).isPresent();
    }

    /** Another one takes its place, as long as there may be more and the server does not want a person to ask for it. */
    void takenBack(Node stanza) {
        if (PairingCode.isRefreshByHand(stanza)) {
            answers.withdraw();
            given = Optional.empty();
            noOther("the server has taken the pairing code back and wants a person to ask for the next one");
        } else {
            renew();
        }
    }

    private void renew() {
        Optional<TypedCode> last = answers.shown();
        answers.withdraw();
        if (asking.isEmpty()) {
            last.ifPresent(code -> ask(code.pairing(), OptionalLong.empty()));
        }
    }
}
