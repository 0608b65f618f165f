package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Table;
import dev.whatsappmd.reconnect.ReconnectAction;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold whatever happens to a session:
 *
 * <ol>
 *   <li>one connection at most, each with an epoch greater than the one before;
 *   <li>of every connection {@code connecting} is the first that is told and {@code close} the last, each once;
 *   <li>{@code open} at most once per connection, of a linked device only, and {@code receivedPendingNotifications} at
 *       most once, behind it;
 *   <li>nothing at all happens after a stop, but that late operations are refused;
 *   <li>no attempt before the delay that was decided, and none at all after a decision to stop, unless a route or a
 *       person asked for it, nor once another process owns the store;
 *   <li>no effect removes credentials or puts other ones in the place of linked ones, and what the session goes by is
 *       what the store has;
 *   <li>codes to type are shown to nobody who is linked, and three at most before a new window opens;
 *   <li>what the application asked for is answered exactly once;
 *   <li>what the server gets to see was durable before: a link's confirmation, pre-keys, the secret in a code;
 *   <li>every stanza that is owed an answer gets exactly one, once what came of it is durable, and a message before the
 *       login none; a phone's hello gets it at the latest when nothing is computed for its code any more;
 *   <li>nothing is delivered that is not in the store, and nothing is in the store that was never taken in;
 *   <li>every timer belongs to the present state, and there is always one that leads out of a state that is not meant
 *       to last.
 * </ol>
 */
final class Invariants {
    private static final Set<Phase> TALKING =
            EnumSet.of(Phase.PAIRING, Phase.PAIRED, Phase.LOGGING_IN, Phase.BRINGING_UP, Phase.OPEN);
    private static final Map<SessionTimer, Set<Phase>> PHASES_OF_TIMER = Map.ofEntries(
            Map.entry(SessionTimer.CONNECT, EnumSet.of(Phase.DIALING, Phase.PAIRING, Phase.PAIRED, Phase.LOGGING_IN)),
            Map.entry(SessionTimer.QR, EnumSet.of(Phase.PAIRING)),
            Map.entry(SessionTimer.PAIRING_WINDOW, EnumSet.of(Phase.PAIRING)),
            Map.entry(SessionTimer.REQUESTS, TALKING),
            Map.entry(SessionTimer.PING, TALKING),
            Map.entry(SessionTimer.DEAD, TALKING),
            Map.entry(SessionTimer.OFFLINE, TALKING),
            Map.entry(SessionTimer.STABLE, EnumSet.of(Phase.OPEN)),
            Map.entry(SessionTimer.NEXT_ATTEMPT, EnumSet.of(Phase.WAITING, Phase.PARKED)),
            Map.entry(SessionTimer.LAST_WORD, EnumSet.of(Phase.WAITING, Phase.PARKED, Phase.HALTED)),
            Map.entry(SessionTimer.REDELIVERY, EnumSet.complementOf(EnumSet.of(Phase.IDLE, Phase.STOPPED))));

    private static final Set<Phase> TAKING = EnumSet.of(Phase.LOGGING_IN, Phase.BRINGING_UP, Phase.OPEN);

    private final MachineWorld world;
    private final Map<Long, List<ConnectionUpdate>> told = new TreeMap<>();
    /** What the present input's stanza is owed. */
    private Optional<Node> owed = Optional.empty();

    private final List<Node> answers = new ArrayList<>();
    /** Whether the device is logged in when the present input comes. */
    private boolean takesMessages;
    /** Hellos of phones on the present connection that were not acknowledged yet. */
    private final List<String> hellos = new ArrayList<>();

    private final Set<Long> asked = new HashSet<>();
    private final Set<Long> answered = new HashSet<>();
    private int codes;
    private long lastCode = Long.MIN_VALUE / 2;
    private boolean mayAttempt = true;
    private boolean fenced;
    private long notBefore;
    private long closedAt;
    private Optional<ReconnectDirective> lastWord = Optional.empty();
    private boolean wasReleased;
    private Credentials compared;
    private Credentials comparedStored;

    Invariants(MachineWorld world) {
        this.world = world;
    }

    // ---- around one input

    void before(Input input) {
        wasReleased = world.released;
        if (input instanceof Input.Received received
                && world.live != 0
                && received.epoch() == world.live
                && PairingCode.isPrimaryHello(received.node())
                && Answers.isOwed(received.node())) {
            hellos.add(received.node().attribute("id", ""));
        }
        answers.clear();
        takesMessages = TAKING.contains(world.machine.phase());
        owed = owedFor(input);
        if (input instanceof Input.Asked ask) {
            assertThat(asked.add(ask.operation())).as("a number of its own").isTrue();
        }
        if (input instanceof Input.Reconnect || input instanceof Input.Start || input instanceof Input.Relink) {
            mayAttempt = true;
            notBefore = world.now;
        } else if (input instanceof Input.LastWords words && waitsFor(words)) {
            lastWord = words.directive();
            if (words.complete()) {
                lastWordCounts();
            }
        } else if (input instanceof Input.TimerFired fired
                && fired.timer() == SessionTimer.LAST_WORD
                && world.isRunning(fired)) {
            lastWordCounts();
        }
    }

    private boolean waitsFor(Input.LastWords words) {
        return words.epoch() != 0 && words.epoch() == world.machine.awaitsLastWord();
    }

    /** A hello of a phone is answered when the answer is computed. */
    private Optional<Node> owedFor(Input input) {
        if (world.live == 0) {
            return Optional.empty();
        }
        if (input instanceof Input.FinishMade made && made.epoch() == world.live) {
            return Optional.of(made.hello());
        }
        return input instanceof Input.Received received && received.epoch() == world.live
                ? Optional.of(received.node())
                        .filter(node -> !world.codeWork.later || !PairingCode.isPrimaryHello(node))
                : Optional.empty();
    }

    /** It takes the place of what was decided; the delay counts from the close. */
    private void lastWordCounts() {
        if (lastWord.isEmpty() || isNone()) {
            return;
        }
        ReconnectDirective word = lastWord.get();
        ReconnectAction action = word.action();
        boolean forEver = action == ReconnectAction.PARK && word.duration().isEmpty();
        boolean relinksLinked =
                action == ReconnectAction.RELINK && world.stored().registered();
        mayAttempt = action != ReconnectAction.STOP && !forEver && !relinksLinked;
        notBefore = closedAt + word.duration().map(Duration::toMillis).orElse(0L);
    }

    /** What the last close decided: nothing to be done, so nothing to be changed. */
    private boolean isNone() {
        return world.lastClose().reconnect().action().equals(ReconnectAction.NONE.wireName());
    }

    void after() {
        Phase phase = world.machine.phase();
        assertThat(phase.connected())
                .as("%s with connection %d", phase, world.live)
                .isEqualTo(world.live != 0);
        told.forEach((generation, updates) -> assertThat(
                        updates.get(updates.size() - 1).closes())
                .as("whether connection %d of %d is told as closed", generation, world.live)
                .isEqualTo(generation != world.live));
        sameAsStored();
        answered();
        hellosAnswered(phase);
        timers(phase);
    }

    private void sameAsStored() {
        if (world.waitsForFlush()) {
            return;
        }
        Credentials goesBy = world.machine.credentials();
        if (goesBy != compared || world.stored() != comparedStored) {
            assertThat(encoded(goesBy))
                    .as("what the session goes by and what the store has")
                    .isEqualTo(encoded(world.stored()));
            compared = goesBy;
            comparedStored = world.stored();
        }
    }

    /** One is computed at a time; the others wait for it, as long as their code is good. */
    private void hellosAnswered(Phase phase) {
        long computed = world.codeWork.answering(world.live);
        assertThat(hellos.isEmpty() || computed > 0)
                .as("somebody answers the hellos %s", hellos)
                .isTrue();
        if (phase != Phase.PAIRING) {
            assertThat((long) hellos.size())
                    .as("%s waits for its answer", hellos)
                    .isLessThanOrEqualTo(computed);
        }
    }

    private static byte[] encoded(Credentials credentials) {
        return SessionRows.putCredentials(new ChangeSet(), credentials)
                .changes()
                .get(0)
                .value()
                .orElseThrow();
    }

    /** After a defect an answer may be missing: the server sends the stanza again at the next connection. */
    void defect() {
        hellos.clear();
        owed = Optional.empty();
    }

    private void answered() {
        if (owed.isEmpty() || world.waitsForFlush()) {
            return;
        }
        Node stanza = owed.get();
        String id = stanza.attribute("id", "");
        boolean request =
                stanza.is("iq") && !stanza.hasAttribute("type", "result") && !stanza.hasAttribute("type", "error");
        if (request) {
            assertThat(answers.stream().filter(answer -> answer.is("iq") && isAnswer(answer, id)))
                    .as("answers to %s", stanza)
                    .hasSize(1);
        }
        List<Node> acks = answers.stream()
                .filter(answer -> !answer.is("iq") && answer.hasAttribute("id", id))
                .toList();
        if (Answers.isOwed(stanza) && (!stanza.is("message") || takesMessages)) {
            assertThat(acks).as("answers to %s", stanza).hasSize(1);
            if (!stanza.is("message")) {
                assertThat(acks.get(0).attribute("class")).contains(stanza.tag());
            }
        } else {
            assertThat(acks).as("answers to %s", stanza).isEmpty();
        }
    }

    private static boolean isAnswer(Node iq, String id) {
        return iq.attribute("id", "").equals(id)
                && (iq.hasAttribute("type", "result") || iq.hasAttribute("type", "error"));
    }

    private void timers(Phase phase) {
        Set<SessionTimer> armed = world.armed();
        for (SessionTimer timer : armed) {
            assertThat(PHASES_OF_TIMER.get(timer)).as("%s runs", timer).contains(phase);
        }
        assertThat(armed.contains(SessionTimer.LAST_WORD))
                .as("%s: waits for the routes", phase)
                .isEqualTo(world.machine.awaitsLastWord() != 0);
        assertThat(armed.contains(SessionTimer.PING)).as("%s: pings", phase).isEqualTo(TALKING.contains(phase));
        Set<SessionTimer> out =
                switch (phase) {
                    case DIALING, PAIRED, LOGGING_IN -> EnumSet.of(SessionTimer.CONNECT);
                    case PAIRING -> EnumSet.of(SessionTimer.CONNECT, SessionTimer.PAIRING_WINDOW);
                    case BRINGING_UP -> EnumSet.of(SessionTimer.REQUESTS);
                    case WAITING -> EnumSet.of(SessionTimer.NEXT_ATTEMPT, SessionTimer.LAST_WORD);
                    case IDLE, OPEN, PARKED, HALTED, STOPPED -> armed;
                };
        assertThat(armed.isEmpty() && out.isEmpty() || armed.stream().anyMatch(out::contains))
                .as("%s has a way out among %s", phase, armed)
                .isTrue();
    }

    // ---- one effect, before it is carried out

    void effect(Effect effect) {
        if (wasReleased) {
            assertThat(effect).as("after the end").isInstanceOfAny(Effect.Complete.class, Effect.Release.class);
        }
        if (effect instanceof Effect.Connect connect) {
            connect(connect);
        } else if (effect instanceof Effect.Disconnect) {
            hellos.clear();
        } else if (effect instanceof Effect.Send send) {
            send(send);
        } else if (effect instanceof Effect.Emit emit) {
            emit(emit.update());
        } else if (effect instanceof Effect.Deliver deliver) {
            assertThat(world.rows()
                            .get(Table.PENDING_DELIVERIES, deliver.delivery().key()))
                    .as("%s is in the store", deliver)
                    .isPresent();
        } else if (effect instanceof Effect.Complete complete) {
            assertThat(asked).as("asked and not answered").contains(complete.operation());
            assertThat(answered.add(complete.operation()))
                    .as("%s is the first answer", complete)
                    .isTrue();
        } else if (effect instanceof Effect.ReplaceIdentity) {
            assertThat(world.stored().registered())
                    .as("linked credentials replaced")
                    .isFalse();
            codes = 0;
        }
    }

    private void connect(Effect.Connect connect) {
        assertThat(world.live).as("a connection while another lives").isZero();
        assertThat(connect.epoch()).as("the epoch").isGreaterThan(world.lastEpoch);
        assertThat(mayAttempt).as("an attempt is allowed").isTrue();
        assertThat(fenced).as("another process owns the store").isFalse();
        assertThat(world.now).as("the attempt's time").isGreaterThanOrEqualTo(notBefore);
        assertThat(told.keySet()).as("what was told").contains(connect.epoch());
    }

    private void send(Effect.Send send) {
        assertThat(world.live).as("the connection sent on").isEqualTo(send.epoch());
        Node node = send.node();
        if (node.is("ack") || node.is("iq") || node.is("receipt")) {
            answers.add(node);
        }
        if (node.is("receipt")) {
            assertThat(world.intake.durable)
                    .as("what is answered is durable")
                    .contains(node.attribute("id").orElseThrow());
        }
        if (node.is("ack")) {
            hellos.remove(node.attribute("id", ""));
        }
        if (node.child("pair-device-sign").isPresent()) {
            assertThat(world.stored().account())
                    .as("a link is saved before it is confirmed")
                    .isPresent();
        }
        if (node.firstChild()
                .filter(body -> body.hasAttribute("stage", "companion_finish"))
                .isPresent()) {
            assertThat(answers).as("the phone's hello is answered first").anyMatch(answer -> answer.is("ack"));
            assertThat(encoded(world.machine.credentials()))
                    .as("the secret that was agreed on is saved before the phone gets to know it")
                    .isEqualTo(encoded(world.stored()));
        }
        if (node.child("list").isPresent()) {
            Set<String> durable = new HashSet<>();
            for (PreKey preKey : SessionRows.preKeys(world.rows())) {
                durable.add(base64(preKey.keyPair().publicKey()));
            }
            assertThat(node.child("list").orElseThrow().children("key").stream()
                            .map(key -> base64(
                                    key.child("value").flatMap(Node::bytes).orElseThrow())))
                    .as("pre-keys are saved before the server sees them")
                    .allMatch(durable::contains);
        }
    }

    private void emit(ConnectionUpdate update) {
        List<ConnectionUpdate> before = told.computeIfAbsent(update.generation(), any -> new ArrayList<>());
        assertThat(before.isEmpty())
                .as("%s behind %s", update, before)
                .isEqualTo(update.connection() == ConnectionState.CONNECTING);
        assertThat(before).as("%s behind a close", update).noneMatch(ConnectionUpdate::closes);
        boolean open = before.stream().anyMatch(earlier -> earlier.connection() == ConnectionState.OPEN);
        if (update.connection() == ConnectionState.OPEN) {
            assertThat(open).as("open before").isFalse();
            assertThat(world.stored().registered()).as("linked").isTrue();
        }
        if (Boolean.TRUE.equals(update.receivedPendingNotifications())) {
            assertThat(open).as("received before open").isTrue();
            assertThat(before)
                    .as("received once")
                    .noneMatch(earlier -> Boolean.TRUE.equals(earlier.receivedPendingNotifications()));
        }
        if (update.qr() != null) {
            assertThat(world.stored().account()).as("a code of a linked device").isEmpty();
            assertThat(update.qr()).contains(base64(world.stored().advSecret()));
        }
        if (update.pairingCode() != null) {
            assertThat(world.stored().account()).as("a code of a linked device").isEmpty();
            // A window that a code was shown in lasts as long as the code.
            codes = world.now < lastCode + PairingCode.LIFETIME.toMillis() ? codes + 1 : 1;
            lastCode = world.now;
            assertThat(codes).as("codes in one window").isLessThanOrEqualTo(3);
        }
        if (update.closes()) {
            codes = ends(update.lastDisconnect().kind()) ? 0 : codes;
            Long delay = update.reconnect().delay();
            mayAttempt = delay != null;
            closedAt = world.now;
            notBefore = closedAt + (delay == null ? 0 : delay);
            lastWord = Optional.empty();
        }
        before.add(update);
    }

    /** Whether the pairing window is over. */
    private static boolean ends(WhatsAppDisconnectKind kind) {
        return kind == WhatsAppDisconnectKind.PAIRING_EXPIRED
                || kind == WhatsAppDisconnectKind.PAIRING_UNSUPPORTED
                || kind == WhatsAppDisconnectKind.LINK_REJECTED;
    }

    /** A save, with the credentials as they were before it. */
    void saved(ChangeSet changes, Credentials was) {
        for (ChangeSet.Change change : changes.changes()) {
            if (change.table() == Table.CREDENTIALS) {
                assertThat(change.value()).as("credentials removed").isPresent();
            }
        }
        Credentials is = world.stored();
        assertThat(is.identityKey()).as("another identity").isEqualTo(was.identityKey());
        assertThat(is.noiseKey()).as("another Noise key").isEqualTo(was.noiseKey());
        if (was.account().isPresent()) {
            assertThat(is.account()).as("the account is gone").isPresent();
        }
    }

    void fenced() {
        fenced = true;
    }

    /** After a stop nothing is left, and every connection that was begun has been closed. */
    void ended() {
        assertThat(world.released).isTrue();
        assertThat(world.live).isZero();
        assertThat(world.armed()).as("timers left after the end").isEmpty();
        assertThat(answered).as("what was asked and answered").isEqualTo(asked);
        assertThat(told.values())
                .allMatch(updates -> updates.get(updates.size() - 1).closes());
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
