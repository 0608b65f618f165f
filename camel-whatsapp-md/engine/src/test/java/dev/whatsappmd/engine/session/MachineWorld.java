package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The world around one {@link SessionMachine}: a clock moved by hand, a store in memory, and everything that was sent
 * and told. It carries the effects out as {@link Session} does, and checks the {@link Invariants} on the way.
 */
final class MachineWorld {
    static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    final SessionMachine machine;
    /** Of the stored session. */
    final long owner;

    final List<ConnectionUpdate> updates = new ArrayList<>();
    final List<Node> sent = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    final List<Effect.Complete> completed = new ArrayList<>();
    /** What was dialed with, each connection in its turn. */
    final List<Effect.Connect> dialed = new ArrayList<>();
    /** What happened in which order: the effects by their names, sends by what is sent. */
    final List<String> course = new ArrayList<>();

    /** What is computed for codes that are typed. */
    final CodeWork codeWork = new CodeWork();

    /** What is taken in, in place of Signal. */
    final FakeIntake intake = new FakeIntake();
    /** Who gets what was taken in. */
    final Application application = new Application(this);
    /** Whether what was taken in waits for {@link #flush()}, as it does while more arrives. */
    boolean flushesLater;

    private boolean flushAsked;
    private final Invariants invariants = new Invariants(this);
    private final MemoryRows rows;
    private final Map<SessionTimer, Armed> timers = new EnumMap<>(SessionTimer.class);
    private Credentials stored;

    long now = 1_000;
    /** Of what the application asked for last. */
    long lastOperation;

    long live;
    long lastEpoch;
    boolean released;
    /** The next save fails so. */
    Optional<SessionStoreException> failNextSave = Optional.empty();
    /** The next send or dial meets a defect of this program. */
    boolean failNextEffect;
    /** Whether a defect in the machine is survived, as a session does, or fails the test. */
    boolean survivesDefects;

    private int saveUntilFailure;

    private record Armed(long setting, long at) {}

    MachineWorld(
            Credentials credentials, ReconnectSettings reconnect, Map<String, ?> overrides, RandomGenerator random) {
        this(credentials, settings(reconnect, overrides), random);
    }

    MachineWorld(Credentials credentials, SessionSettings settings, RandomGenerator random) {
        this(credentials, settings, random, new MemoryRows(), 7);
    }

    private MachineWorld(
            Credentials credentials, SessionSettings settings, RandomGenerator random, MemoryRows rows, long owner) {
        this.rows = rows;
        this.owner = owner;
        rows.apply(SessionRows.putCredentials(new ChangeSet(), credentials));
        stored = SessionRows.credentials(rows).orElseThrow();
        machine = new SessionMachine(settings, credentials, owner, random);
    }

    /** A session with these credentials and the default options, not started. */
    static MachineWorld of(Credentials credentials) {
        return of(credentials, ReconnectSettings.defaults(), Map.of());
    }

    /** The same store with a new session, after the first one's process was killed. */
    static MachineWorld after(MachineWorld killed) {
        MachineWorld next = new MachineWorld(
                killed.stored(),
                settings(ReconnectSettings.defaults(), Map.of()),
                new Random(43),
                killed.rows,
                killed.owner + 1);
        next.intake.durable.addAll(killed.intake.durable);
        next.intake.rollBack();
        return next;
    }

    static MachineWorld of(Credentials credentials, ReconnectSettings reconnect, Map<String, ?> overrides) {
        MachineWorld world = new MachineWorld(credentials, reconnect, overrides, new Random(42));
        if (credentials.account().isPresent()) {
            world.keep(Identities.PRE_KEYS);
        }
        return world;
    }

    static SessionSettings settings(ReconnectSettings reconnect, Map<String, ?> overrides) {
        return settings(reconnect, overrides, Pairing.qr());
    }

    static SessionSettings settings(ReconnectSettings reconnect, Map<String, ?> overrides, Pairing pairing) {
        return new SessionSettings(
                "support",
                DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT),
                pairing,
                false,
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofSeconds(25),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                3,
                10,
                WhatsAppReconnect.policy(reconnect, overrides));
    }

    Instant wall() {
        return START.plusMillis(now);
    }

    /** The credentials as they are in the store. */
    Credentials stored() {
        return stored;
    }

    MemoryRows rows() {
        return rows;
    }

    /** Puts pre-keys into the store that were made before. */
    void keep(List<PreKey> preKeys) {
        rows.apply(SessionRows.putPreKeys(new ChangeSet(), preKeys));
    }

    // ---- one input, and what it leads to

    void input(Input first) {
        invariants.before(first);
        if (first instanceof Input.TimerFired fired && isRunning(fired)) {
            timers.remove(fired.timer());
        }
        Deque<Input> inputs = new ArrayDeque<>();
        inputs.add(first);
        while (!inputs.isEmpty()) {
            carryOut(decide(inputs.poll()), inputs);
            if (inputs.isEmpty()) {
                codeWork.next().ifPresent(inputs::add);
            }
            if (inputs.isEmpty() && flushAsked && !flushesLater) {
                flushAsked = false;
                inputs.add(new Input.Flush());
            }
        }
        invariants.after();
    }

    /** What was taken in becomes durable, if that was asked for. */
    void flush() {
        if (flushAsked) {
            flushAsked = false;
            input(new Input.Flush());
        }
    }

    /** What waits for {@link #flush()}. */
    boolean waitsForFlush() {
        return flushAsked;
    }

    private List<Effect> decide(Input input) {
        try {
            return machine.on(input, now, wall());
        } catch (IllegalStateException e) {
            if (!survivesDefects) {
                throw e;
            }
            invariants.defect();
            return machine.recover(e.getMessage(), now, wall());
        }
    }

    private void carryOut(List<Effect> effects, Deque<Input> inputs) {
        for (Effect effect : effects) {
            invariants.effect(effect);
            if (failNextEffect && (effect instanceof Effect.Send || effect instanceof Effect.Connect)) {
                failNextEffect = false;
                invariants.defect();
                inputs.addFirst(new Input.EffectFailed("a defect in " + effect.getClass()));
                return;
            }
            try {
                carryOut(effect, inputs);
            } catch (SessionStoreException e) {
                if (e.reason() == SessionStoreException.Reason.FENCED) {
                    invariants.fenced();
                }
                invariants.defect();
                inputs.addFirst(new Input.StoreFailed(e));
                return;
            }
            machine.done(effect);
            course.add(name(effect));
        }
    }

    private void carryOut(Effect effect, Deque<Input> inputs) {
        if (effect instanceof Effect.Connect connect) {
            live = connect.epoch();
            lastEpoch = live;
            dialed.add(connect);
        } else if (effect instanceof Effect.Disconnect disconnect) {
            if (live == disconnect.epoch()) {
                live = 0;
            }
        } else if (effect instanceof Effect.Send send) {
            sent.add(send.node());
        } else if (effect instanceof Effect.Save save) {
            save(save.changes());
        } else if (effect instanceof Effect.TakeIn take) {
            inputs.addFirst(new Input.TakenIn(take.epoch(), take.stanza(), intake.take(take.stanza(), take.self())));
        } else if (effect instanceof Effect.AskFlush) {
            flushAsked = true;
        } else if (effect instanceof Effect.SaveTaken save) {
            saveTaken(save);
        } else if (effect instanceof Effect.ForgetTaken) {
            intake.rollBack();
        } else if (effect instanceof Effect.LoadDeliveries || effect instanceof Effect.TakeUp) {
            failIfAsked();
            inputs.addFirst(application.fromLog(effect));
        } else if (application.takes(effect)) {
            return;
        } else if (effect instanceof Effect.ReplaceIdentity replace) {
            replace(replace.fresh());
        } else if (effect instanceof Effect.LoadPreKeys load) {
            inputs.addFirst(new Input.PreKeysLoaded(
                    load.epoch(), SessionRows.preKeys(rows), SessionRows.newestPreKeyExists(rows)));
        } else if (effect instanceof Effect.Emit emit) {
            updates.add(emit.update());
        } else if (effect instanceof Effect.SetTimer set) {
            timers.put(set.timer(), new Armed(set.setting(), now + set.delayMillis()));
        } else if (effect instanceof Effect.ClearTimer clear) {
            timers.remove(clear.timer());
        } else if (effect instanceof Effect.Log line) {
            log.add(line.level() + " " + line.message());
        } else if (effect instanceof Effect.MakeHello make) {
            codeWork.hello(make);
        } else if (effect instanceof Effect.MakeFinish make) {
            codeWork.finish(make);
        } else if (effect instanceof Effect.Complete complete) {
            completed.add(complete);
        } else if (effect instanceof Effect.Release) {
            released = true;
        }
    }

    private void saveTaken(Effect.SaveTaken save) {
        ChangeSet changes = new ChangeSet().addAll(save.changes());
        save.credentials().ifPresent(credentials -> SessionRows.putCredentials(changes, credentials));
        try {
            save(changes);
        } catch (SessionStoreException e) {
            intake.rollBack();
            throw e;
        }
        intake.committed();
    }

    private void save(ChangeSet changes) {
        failIfAsked();
        Credentials was = stored;
        rows.apply(changes);
        stored = SessionRows.credentials(rows).orElseThrow(() -> new AssertionError("the credentials are gone"));
        invariants.saved(changes, was);
    }

    private void replace(Credentials fresh) {
        failIfAsked();
        ChangeSet changes = new ChangeSet();
        SessionRows.replaceIdentity(rows, changes, fresh, wall());
        rows.apply(changes);
        stored = SessionRows.credentials(rows).orElseThrow();
    }

    /** So many saves succeed, the next fails. */
    void failSaves(int succeeding, SessionStoreException failure) {
        saveUntilFailure = succeeding;
        failNextSave = Optional.of(failure);
    }

    private void failIfAsked() {
        if (failNextSave.isPresent() && saveUntilFailure-- <= 0) {
            saveUntilFailure = 0;
            SessionStoreException failure = failNextSave.get();
            failNextSave = Optional.empty();
            throw failure;
        }
    }

    private static String name(Effect effect) {
        if (effect instanceof Effect.Send send) {
            return "send " + Stanzas.name(send.node());
        }
        if (effect instanceof Effect.Emit emit) {
            ConnectionUpdate update = emit.update();
            return "tell "
                    + (update.connection() != null
                            ? update.connection().wireName()
                            : update.qr() != null || update.pairingCode() != null
                                    ? update.qr() != null ? "qr" : "pairingCode"
                                    : update.event() != null
                                            ? update.event()
                                            : update.isNewLogin() != null
                                                    ? "isNewLogin"
                                                    : update.isOnline() != null ? "isOnline" : "received");
        }
        return effect.getClass().getSimpleName();
    }

    // ---- moving on

    Set<SessionTimer> armed() {
        return timers.isEmpty() ? EnumSet.noneOf(SessionTimer.class) : EnumSet.copyOf(timers.keySet());
    }

    boolean isArmed(SessionTimer timer) {
        return timers.containsKey(timer);
    }

    /** Whether this is the present setting of the timer. */
    boolean isRunning(Input.TimerFired fired) {
        Armed armed = timers.get(fired.timer());
        return armed != null && armed.setting() == fired.setting();
    }

    Duration until(SessionTimer timer) {
        assertThat(timers).containsKey(timer);
        return Duration.ofMillis(timers.get(timer).at() - now);
    }

    /** Moves the clock to the timer that is due first and lets it run out; false when none is set. */
    boolean fireNext() {
        Optional<Map.Entry<SessionTimer, Armed>> first = timers.entrySet().stream()
                .min((one, other) ->
                        Long.compare(one.getValue().at(), other.getValue().at()));
        if (first.isEmpty()) {
            return false;
        }
        now = Math.max(now, first.get().getValue().at());
        fire(first.get().getKey());
        return true;
    }

    /** Moves the clock on, with every timer on the way. */
    void advance(Duration time) {
        long until = now + time.toMillis();
        while (timers.values().stream().anyMatch(armed -> armed.at() <= until)) {
            fireNext();
        }
        now = until;
    }

    /** Moves the clock on while the server answers every question at once. */
    void advanceAnswered(Duration time) {
        long until = now + time.toMillis();
        while (timers.values().stream().anyMatch(armed -> armed.at() <= until)) {
            fireNext();
            answerAll();
        }
        now = until;
    }

    /** Moves the clock on while something arrives every second that answers nothing. */
    void advanceUnanswered(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            advance(Duration.ofSeconds(1));
            if (live != 0) {
                input(new Input.Heard(live));
            }
        }
    }

    /** Moves the clock to this timer, with every other on the way, and lets it run out. */
    void advanceTo(SessionTimer timer) {
        Armed wanted = timers.get(timer);
        assertThat(wanted).as("%s among %s", timer, timers).isNotNull();
        while (timers.get(timer) == wanted) {
            fireNext();
        }
    }

    private void fire(SessionTimer timer) {
        input(new Input.TimerFired(timer, timers.get(timer).setting()));
    }

    // ---- what a test does with it

    long nextOperation() {
        return ++lastOperation;
    }

    /** Hands over what was computed for codes and is ready. */
    void computed() {
        codeWork.take().ifPresent(this::input);
    }

    void start() {
        input(new Input.Start());
    }

    void stop() {
        input(new Input.Stop());
        assertEnded();
    }

    void reconnect() {
        input(new Input.Reconnect());
    }

    void receive(Node node) {
        input(new Input.Heard(live));
        if (live != 0) {
            input(new Input.Received(live, node));
        }
    }

    void handshake() {
        input(new Input.Heard(live));
        input(new Input.HandshakeDone(live));
    }

    void ended(DisconnectCause cause) {
        input(new Input.Ended(live, cause));
    }

    /** The socket is gone without a word. */
    void lost() {
        ended(DisconnectCause.of(TransportEnd.of(TransportEnd.Kind.CLOSED, "closed by the test")));
    }

    /** The routes are done with the close and have nothing to say. */
    void routesDone() {
        input(new Input.LastWords(lastTold(), Optional.empty(), true));
    }

    /** The routes are done with the close, and this is the most cautious word. */
    void routesSay(ReconnectDirective word) {
        input(new Input.LastWords(lastTold(), Optional.of(word), true));
    }

    private long lastTold() {
        return updates.isEmpty() ? 0 : updates.get(updates.size() - 1).generation();
    }

    /** Until the next attempt; the routes have nothing to say. */
    void nextAttempt() {
        if (machine.awaitsLastWord() != 0) {
            routesDone();
        }
        if (!machine.phase().connected()) {
            advanceTo(SessionTimer.NEXT_ATTEMPT);
        }
        assertThat(machine.phase()).isEqualTo(Phase.DIALING);
    }

    /** The question with this child that was sent last. */
    Node asked(String child) {
        return sent.stream()
                .filter(node -> node.is("iq") && node.child(child).isPresent())
                .reduce((one, other) -> other)
                .orElseThrow(() -> new AssertionError("no " + child + " among " + sent));
    }

    /** Answers every question that was sent and not answered yet, until the machine asks no more. */
    void answerAll() {
        while (!sent.isEmpty()) {
            List<Node> asked = List.copyOf(sent);
            sent.clear();
            for (Node node : asked) {
                if (node.is("iq") && (node.hasAttribute("type", "get") || node.hasAttribute("type", "set"))) {
                    receive(Stanzas.answer(node));
                }
            }
        }
    }

    /** From dialing to open, for a linked device. */
    void open() {
        handshake();
        receive(Stanzas.success());
        answerAll();
        assertThat(machine.phase()).isEqualTo(Phase.OPEN);
    }

    /** A session of the default options that has just come into this phase; up to PAIRED it is not linked before. */
    static MachineWorld in(Phase phase) {
        boolean pairs = phase == Phase.PAIRING || phase == Phase.PAIRED;
        MachineWorld world = of(pairs ? Identities.NEW : Identities.LINKED);
        world.go(phase);
        return world;
    }

    /** From the start to a connected phase. */
    void go(Phase phase) {
        start();
        if (phase != Phase.DIALING) {
            handshake();
        }
        switch (phase) {
            case DIALING, LOGGING_IN -> {}
            case PAIRING -> receive(Stanzas.pairDevice(6));
            case PAIRED -> {
                receive(Stanzas.pairDevice(6));
                receive(Stanzas.pairSuccess(stored, new Random(7)));
            }
            case BRINGING_UP -> receive(Stanzas.success());
            case OPEN -> {
                receive(Stanzas.success());
                answerAll();
            }
            default -> throw new IllegalArgumentException("no connected phase: " + phase);
        }
        assertThat(machine.phase()).isEqualTo(phase);
    }

    List<ConnectionUpdate> closes() {
        return updates.stream().filter(ConnectionUpdate::closes).toList();
    }

    ConnectionUpdate lastClose() {
        return closes().stream()
                .reduce((one, other) -> other)
                .orElseThrow(() -> new AssertionError("no close among " + updates));
    }

    /** The codes that were shown, in their order: the reference in each. */
    List<String> codes() {
        return updates.stream()
                .filter(update -> update.qr() != null)
                .map(update -> update.qr()
                        .substring(update.qr().indexOf('#') + 1, update.qr().indexOf(',')))
                .toList();
    }

    long times(ConnectionState state) {
        return updates.stream().filter(update -> update.connection() == state).count();
    }

    /** What was received of the offline queue has been told so. */
    boolean toldReceived() {
        return updates.stream().anyMatch(update -> Boolean.TRUE.equals(update.receivedPendingNotifications()));
    }

    /** After a stop nothing is left, and every connection that was begun has been closed. */
    void assertEnded() {
        invariants.ended();
    }
}
