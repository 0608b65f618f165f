package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.request.RequestTable.Outcome;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The code that is shown, and the phone's turn: what it says when somebody has typed that code is answered, the secret that
 * both sides know from then on is kept, and the link that follows is checked.
 */
final class CodeAnswers {
    private final Outbox out;
    private final CodePairing.Host host;
    private final PairingWindow window;
    private final Duration step;
    private final RandomGenerator random;
    private final Runnable renew;

    /** The server has taken this one. */
    private Optional<TypedCode> shown = Optional.empty();
    /** What the phone into which a code was typed knows: a newer secret in QR codes must not make that useless. */
    private Optional<byte[]> agreed = Optional.empty();

    /**
     * @param step how long the server may take for an answer
     * @param renew asks for another code in the place of the one that is shown
     */
    CodeAnswers(
            Outbox out,
            CodePairing.Host host,
            PairingWindow window,
            Duration step,
            RandomGenerator random,
            Runnable renew) {
        this.out = out;
        this.host = host;
        this.window = window;
        this.step = step;
        this.random = random;
        this.renew = renew;
    }

    /** What the phone and this side knew of each other is void, and so is the code. */
    void endConnection() {
        shown = Optional.empty();
        agreed = Optional.empty();
    }

    /** From now on this one is answered for. */
    void show(TypedCode code) {
        withdraw();
        shown = Optional.of(code);
    }

    /** The code is not taken any more. The hello that is worked on is acknowledged when that is done, the others now. */
    void withdraw() {
        shown.ifPresent(code -> code.leave().forEach(this::acknowledge));
        shown = Optional.empty();
    }

    Optional<TypedCode> shown() {
        return shown;
    }

    /** The code that is shown, as long as it can be typed. */
    Optional<TypedCode> typeable() {
        return shown.filter(code -> out.now() < code.end());
    }

    /**
     * Takes a stanza in which the phone begins with the code that is shown; it is acknowledged when it is answered, or
     * when it is plain that it will not be.
     *
     * @return false when it is to be acknowledged like any other
     */
    boolean takesHello(Node stanza) {
        if (!PairingCode.isPrimaryHello(stanza)) {
            return false;
        }
        Optional<String> why =
                shown.map(code -> code.whyNot(stanza, out.now())).orElse(Optional.of("no code is shown"));
        if (why.isPresent()) {
            out.warn("a phone began with a pairing code and gets no answer: " + why.get());
            return false;
        }
        TypedCode code = shown.get();
        if (code.take(stanza)) {
            answerNext(code);
        }
        return true;
    }

    /** One at a time, so that the last answer that is sent is the one whose secret is kept. */
    private void answerNext(TypedCode code) {
        code.first()
                .ifPresent(hello -> out.add(
                        new Effect.MakeFinish(out.epoch(), code.number(), code.code(), hello, host.credentials())));
    }

    /** The answer to the phone is ready. Saved first, then acknowledged and sent. */
    void finishMade(Input.FinishMade made) {
        Optional<TypedCode> present = shown.filter(code -> code.number() == made.attempt());
        if (present.isPresent() && made.result() instanceof PairingCode.Finished finished) {
            agree(finished);
            acknowledge(made.hello());
            out.ask(finished.request(), step, outcome -> finished(present.get(), outcome));
            window.redraw(host.credentials());
        } else {
            if (made.result() instanceof PairingCode.Refused refused) {
                out.warn("the phone gets no answer to its pairing code: " + refused.why());
            }
            acknowledge(made.hello());
        }
        present.ifPresent(code -> {
            code.dealtWith();
            answerNext(code);
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

    private void finished(TypedCode code, Outcome outcome) {
        boolean present = shown.filter(is -> is == code).isPresent();
        if (present && !outcome.ok() && outcome.answer().isPresent()) {
            out.warn("the server did not pass on the answer to the phone: " + CodeRefusal.describe(outcome));
            renew.run();
        }
    }

    private void acknowledge(Node hello) {
        out.send(Answers.ack(hello, Optional.empty(), Optional.empty()));
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
