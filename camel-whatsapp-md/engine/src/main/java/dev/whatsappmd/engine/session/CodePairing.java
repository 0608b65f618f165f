package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.request.RequestTable.Outcome;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Linking with typed codes while the pairing window is open: asks the server for a code, shows it, answers the phone into
 * which it was typed. One code counts at a time; what a code costs in computing is done elsewhere and comes back as an
 * input.
 */
final class CodePairing {
    /** How many codes are shown in one pairing window, whatever they are asked for by. */
    static final int MAX_CODES = 3;

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

    private int codes;
    private long lastAttempt;
    /** What the application asked for and the window was not open for yet. */
    private Optional<Wanted> waiting = Optional.empty();
    /** The server has not said yet whether it takes this one. */
    private Optional<Attempt> asking = Optional.empty();
    /** This one can be typed. */
    private Optional<Attempt> shown = Optional.empty();
    /** What the phone into which a code was typed knows: a newer secret in QR codes must not make that useless. */
    private Optional<byte[]> agreed = Optional.empty();

    private record Wanted(long operation, Pairing pairing) {}

    /** One code. */
    private static final class Attempt {
        private final long number;
        private final Pairing pairing;
        private final OptionalLong operation;
        private final Deque<Node> hellos = new ArrayDeque<>();
        private PairingCode code;
        private long end;
        private int answered;

        private Attempt(long number, Pairing pairing, OptionalLong operation, PairingCode code) {
            this.number = number;
            this.pairing = pairing;
            this.operation = operation;
            this.code = code;
        }
    }

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
    }

    /** The codes of this connection are void; what the application waits for is asked again at the next one. */
    void endConnection() {
        asking.ifPresent(attempt -> attempt.operation.ifPresent(
                operation -> waiting = Optional.of(new Wanted(operation, attempt.pairing))));
        asking = Optional.empty();
        shown = Optional.empty();
        agreed = Optional.empty();
    }

    /** The window is over, well or not: the next one has codes of its own. */
    void closeWindow() {
        endConnection();
        codes = 0;
    }

    /** Whether a phone may still use a code that is shown, or about to be. */
    boolean isUsable() {
        return asking.isPresent() || shown.filter(code -> out.now() < code.end).isPresent();
    }

    // ---- asking for a code

    /** The server has opened the window on this connection. */
    void windowOpened() {
        if (asking.isPresent() || shown.isPresent()) {
            return;
        }
        if (isWaitedFor()) {
            askForWaiting();
        } else if (configured.isByCode()) {
            ask(configured, OptionalLong.empty());
        }
    }

    /**
     * The application wants a code; nothing is linked.
     *
     * @param open whether the server has opened the window on this connection
     */
    void request(long operation, Pairing pairing, boolean open) {
        boolean busy = isWaitedFor()
                || asking.filter(attempt -> attempt.operation.isPresent()).isPresent();
        if (busy) {
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

    private void askForWaiting() {
        Wanted wanted = waiting.orElseThrow();
        ask(wanted.pairing(), OptionalLong.of(wanted.operation()));
        waiting = Optional.empty();
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
        Attempt attempt = new Attempt(lastAttempt + 1, pairing, operation, pairing.newCode(random));
        lastAttempt = attempt.number;
        codes++;
        asking = Optional.of(attempt);
        window.lastsForCode();
        out.add(new Effect.MakeHello(out.epoch(), attempt.number, attempt.code, host.credentials()));
    }

    private void tooMany(OptionalLong operation) {
        String why = MAX_CODES + " pairing codes were shown in this pairing window; `relink` or a start of the route"
                + " opens a new one";
        if (operation.isPresent()) {
            operations.fail(operation.getAsLong(), "no pairing code: " + why);
        } else if (window.showsQr()) {
            out.warn(why);
        } else {
            host.end(DisconnectCause.pairingExpired(why));
        }
    }

    /** The request for a code is ready to be sent. */
    void helloMade(Input.HelloMade made) {
        asking.filter(attempt -> attempt.number == made.attempt())
                .ifPresent(attempt -> out.ask(made.request(), step, outcome -> asked(attempt, outcome)));
    }

    private void asked(Attempt attempt, Outcome outcome) {
        if (asking.filter(present -> present == attempt).isEmpty()) {
            return;
        }
        asking = Optional.empty();
        if (outcome.ok()) {
            show(attempt, outcome.answer().orElseThrow());
        } else {
            refused(attempt, outcome);
        }
    }

    private void show(Attempt attempt, Node answer) {
        attempt.code = attempt.code.answered(answer);
        attempt.end = out.now() + PairingCode.LIFETIME.toMillis();
        shown = Optional.of(attempt);
        window.lastsForCode();
        out.emit(out.update().pairingCode(attempt.code.code()));
        attempt.operation.ifPresent(operation -> operations.succeed(operation, attempt.code.code()));
    }

    /** Whoever asked hears what the server said; it is not asked again by itself, which would make matters worse. */
    private void refused(Attempt attempt, Outcome outcome) {
        String why = "the server gave no pairing code: " + CodeRefusal.describe(outcome);
        attempt.operation.ifPresent(operation -> operations.fail(operation, why));
        if (attempt.operation.isPresent() && configured.isByCode()) {
            windowOpened();
        } else if (isUsable() || window.showsQr()) {
            out.warn(why);
        } else if (outcome.answer().isEmpty()) {
            host.end(DisconnectCause.deadline("the server's answer to the request for a pairing code", step));
        } else {
            host.end(DisconnectCause.pairingExpired(why + "; `relink` or a start of the route opens a new window"));
        }
    }

    // ---- the phone's turn

    /**
     * Takes a stanza in which the phone begins with the code that is shown; it is acknowledged when it is answered.
     *
     * @return false when it is to be acknowledged like any other
     */
    boolean takesHello(Node stanza) {
        if (!PairingCode.isPrimaryHello(stanza)) {
            return false;
        }
        Optional<String> why = shown.map(this::whyNot).orElse(Optional.of("no code is shown"));
        if (why.isPresent()) {
            out.warn("a phone began with a pairing code and gets no answer: " + why.get());
            return false;
        }
        Attempt attempt = shown.get();
        attempt.answered++;
        attempt.hellos.add(stanza);
        if (attempt.hellos.size() == 1) {
            answerNext(attempt);
        }
        return true;
    }

    private Optional<String> whyNot(Attempt attempt) {
        if (out.now() >= attempt.end) {
            return Optional.of("the code is older than " + PairingCode.LIFETIME.toSeconds() + " s");
        }
        return attempt.answered >= PairingCode.MAX_PRIMARY_HELLOS
                ? Optional.of("it began " + attempt.answered + " times before")
                : Optional.empty();
    }

    /** One at a time, so that the last answer that is sent is the one whose secret is kept. */
    private void answerNext(Attempt attempt) {
        Node hello = attempt.hellos.peek();
        if (hello != null) {
            out.add(new Effect.MakeFinish(out.epoch(), attempt.number, attempt.code, hello, host.credentials()));
        }
    }

    /** The answer to the phone is ready. Saved first, then acknowledged and sent. */
    void finishMade(Input.FinishMade made) {
        Optional<Attempt> present = shown.filter(attempt -> attempt.number == made.attempt());
        if (present.isPresent() && made.result() instanceof PairingCode.Finished finished) {
            agree(finished);
            out.send(Answers.ack(made.hello(), Optional.empty(), Optional.empty()));
            out.ask(finished.request(), step, outcome -> finished(present.get(), outcome));
            window.redraw(host.credentials());
        } else {
            if (made.result() instanceof PairingCode.Refused refused) {
                out.warn("the phone gets no answer to its pairing code: " + refused.why());
            }
            out.send(Answers.ack(made.hello(), Optional.empty(), Optional.empty()));
        }
        present.ifPresent(attempt -> {
            attempt.hellos.poll();
            answerNext(attempt);
        });
    }

    private void agree(PairingCode.Finished finished) {
        byte[] secret = finished.updated().advSecret();
        // Only the secret: what else the credentials hold may have changed while this was computed.
        Credentials changed = host.credentials().toBuilder().advSecret(secret).build();
        host.update(changed);
        out.save(changed);
        agreed = Optional.of(secret);
    }

    private void finished(Attempt attempt, Outcome outcome) {
        boolean present = shown.filter(code -> code == attempt).isPresent();
        if (present && !outcome.ok() && outcome.answer().isPresent()) {
            out.warn("the server did not pass on the answer to the phone: " + CodeRefusal.describe(outcome));
            renew(attempt);
        }
    }

    /** Whether the server takes the code that is shown back. */
    boolean isTakenBack(Node stanza) {
        return shown.filter(attempt -> attempt.code.isRefresh(stanza)).isPresent();
    }

    /** Another one takes its place, as long as there may be more. */
    void renew() {
        shown.ifPresent(this::renew);
    }

    private void renew(Attempt attempt) {
        shown = Optional.empty();
        if (asking.isEmpty()) {
            ask(attempt.pairing, OptionalLong.empty());
        }
    }

    /** Checks a link: it may have been made by a code, or by a scan of what is shown. */
    PairSuccess.Result verify(Node pairSuccess) {
        Credentials present = host.credentials();
        PairSuccess.Result result = PairSuccess.verify(pairSuccess, present, out.wall(), random);
        if (result instanceof PairSuccess.Accepted || agreed.isEmpty()) {
            return result;
        }
        Credentials ofCode = present.toBuilder().advSecret(agreed.get()).build();
        PairSuccess.Result byCode = PairSuccess.verify(pairSuccess, ofCode, out.wall(), random);
        return byCode instanceof PairSuccess.Accepted ? byCode : result;
    }
}
