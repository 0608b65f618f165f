package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.Table;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The world around one {@link SessionMachine}: a clock moved by hand, a store in memory, and everything that was sent
 * and told. It checks after every input what must always hold:
 *
 * <ol>
 *   <li>one connection at most, each with an epoch greater than the one before;
 *   <li>every connection that was begun is told as {@code connecting} and closed by exactly one update;
 *   <li>nothing at all happens after a stop;
 *   <li>no attempt before the delay that was decided, and none at all after a stop decision, unless a route or a person
 *       asked for it;
 *   <li>no effect removes credentials or puts other ones in the place of linked ones.
 * </ol>
 */
final class MachineWorld {
    static final Instant START = Instant.parse("2026-01-15T12:00:00Z");

    final SessionMachine machine;
    final List<ConnectionUpdate> updates = new ArrayList<>();
    final List<Node> sent = new ArrayList<>();
    final List<String> log = new ArrayList<>();
    final List<Effect.Complete> completed = new ArrayList<>();
    private final MemoryRows rows = new MemoryRows();
    private final Map<SessionTimer, Armed> timers = new EnumMap<>(SessionTimer.class);
    private final Map<Long, Integer> closes = new TreeMap<>();
    private final Map<Long, Integer> begun = new TreeMap<>();

    long now = 1_000;
    long live;
    long lastEpoch;
    boolean released;
    /** The next save fails so. */
    Optional<SessionStoreException> failNextSave = Optional.empty();

    private long notBefore;
    private boolean mayAttempt = true;

    private record Armed(long setting, long at) {}

    MachineWorld(
            Credentials credentials, ReconnectSettings reconnect, Map<String, ?> overrides, RandomGenerator random) {
        SessionSettings settings = new SessionSettings(
                "support",
                DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT),
                false,
                Duration.ofSeconds(20),
                Duration.ofSeconds(60),
                Duration.ofSeconds(25),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                WhatsAppReconnect.policy(reconnect, overrides));
        rows.apply(SessionRows.putCredentials(new ChangeSet(), credentials));
        machine = new SessionMachine(settings, credentials, random);
    }

    Instant wall() {
        return START.plusMillis(now);
    }

    /** The credentials as they are in the store. */
    Credentials stored() {
        return SessionRows.credentials(rows).orElseThrow(() -> new AssertionError("the credentials are gone"));
    }

    void input(Input first) {
        boolean wasReleased = released;
        if (first instanceof Input.Reconnect || first instanceof Input.Start) {
            mayAttempt = true;
            notBefore = now;
        }
        if (first instanceof Input.LastWords words && words.directive().isPresent() && machine.awaitsLastWord() != 0) {
            allow(words.directive().get());
        }
        Deque<Input> inputs = new ArrayDeque<>();
        inputs.add(first);
        while (!inputs.isEmpty()) {
            List<Effect> effects = machine.on(inputs.poll(), now, wall());
            if (wasReleased && !effects.isEmpty()) {
                fail("after the end: " + effects);
            }
            for (Effect effect : effects) {
                try {
                    carryOut(effect, inputs);
                } catch (SessionStoreException e) {
                    inputs.addFirst(new Input.StoreFailed(e));
                    break;
                }
            }
        }
        assertThat(machine.phase().connected())
                .as("phase %s with connection %d", machine.phase(), live)
                .isEqualTo(live != 0);
    }

    /** A route's last word replaces what was decided, for better or worse. */
    private void allow(ReconnectDirective directive) {
        mayAttempt = true;
        notBefore = 0;
    }

    private void carryOut(Effect effect, Deque<Input> inputs) {
        if (effect instanceof Effect.Connect connect) {
            assertThat(live).as("a connection while another lives").isZero();
            assertThat(connect.epoch()).isGreaterThan(lastEpoch);
            assertThat(mayAttempt).as("an attempt after a decision to stop").isTrue();
            assertThat(now).as("an attempt before its delay").isGreaterThanOrEqualTo(notBefore);
            live = connect.epoch();
            lastEpoch = live;
        } else if (effect instanceof Effect.Disconnect disconnect) {
            if (live == disconnect.epoch()) {
                live = 0;
            }
        } else if (effect instanceof Effect.Send send) {
            assertThat(send.epoch())
                    .as("sent on a connection that is not there")
                    .isEqualTo(live);
            sent.add(send.node());
        } else if (effect instanceof Effect.Save save) {
            save(save.changes());
        } else if (effect instanceof Effect.ReplaceIdentity replace) {
            failIfAsked();
            assertThat(stored().registered()).as("linked credentials replaced").isFalse();
            ChangeSet changes = new ChangeSet();
            SessionRows.replaceIdentity(rows, changes, replace.fresh(), wall());
            rows.apply(changes);
        } else if (effect instanceof Effect.LoadPreKeys load) {
            inputs.addFirst(new Input.PreKeysLoaded(
                    load.epoch(), SessionRows.preKeys(rows), SessionRows.newestPreKeyExists(rows)));
        } else if (effect instanceof Effect.Emit emit) {
            emitted(emit.update());
        } else if (effect instanceof Effect.SetTimer set) {
            timers.put(set.timer(), new Armed(set.setting(), now + set.delayMillis()));
        } else if (effect instanceof Effect.ClearTimer clear) {
            timers.remove(clear.timer());
        } else if (effect instanceof Effect.Log line) {
            log.add(line.level() + " " + line.message());
        } else if (effect instanceof Effect.Complete complete) {
            completed.add(complete);
        } else if (effect instanceof Effect.Release) {
            released = true;
        }
    }

    private void emitted(ConnectionUpdate update) {
        updates.add(update);
        if (update.connection() == ConnectionState.CONNECTING) {
            begun.merge(update.generation(), 1, Integer::sum);
        }
        if (!update.closes()) {
            return;
        }
        assertThat(closes.merge(update.generation(), 1, Integer::sum))
                .as("closes of connection %d", update.generation())
                .isEqualTo(1);
        Long delay = update.reconnect().delay();
        mayAttempt = delay != null;
        notBefore = now + (delay == null ? 0 : delay);
    }

    private void save(ChangeSet changes) {
        failIfAsked();
        for (ChangeSet.Change change : changes.changes()) {
            if (change.table() == Table.CREDENTIALS) {
                assertThat(change.value()).as("credentials removed").isPresent();
            }
        }
        Credentials was = stored();
        rows.apply(changes);
        Credentials is = stored();
        assertThat(is.identityKey()).as("another identity").isEqualTo(was.identityKey());
        assertThat(is.noiseKey()).as("another Noise key").isEqualTo(was.noiseKey());
        if (was.account().isPresent()) {
            assertThat(is.account()).as("the account is gone").isPresent();
        }
    }

    private void failIfAsked() {
        if (failNextSave.isPresent()) {
            SessionStoreException failure = failNextSave.get();
            failNextSave = Optional.empty();
            throw failure;
        }
    }

    // ---- moving on

    boolean isArmed(SessionTimer timer) {
        return timers.containsKey(timer);
    }

    long millisUntil(SessionTimer timer) {
        return timers.get(timer).at() - now;
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

    private void fire(SessionTimer timer) {
        Armed armed = timers.remove(timer);
        input(new Input.TimerFired(timer, armed.setting()));
    }

    void start() {
        input(new Input.Start());
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

    /** The routes are done with the close and have nothing to say. */
    void routesDone() {
        input(new Input.LastWords(lastEpoch, Optional.empty()));
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

    ConnectionUpdate lastClose() {
        return updates.stream()
                .filter(ConnectionUpdate::closes)
                .reduce((one, other) -> other)
                .orElseThrow(() -> new AssertionError("no close among " + updates));
    }

    /** After a stop nothing is left, and every connection that was begun has been closed. */
    void assertEnded() {
        assertThat(released).isTrue();
        assertThat(live).isZero();
        assertThat(timers).as("timers left after the end").isEmpty();
        assertThat(closes.keySet()).as("connections closed").containsAll(begun.keySet());
        assertThat(begun.values()).as("connecting told once for each").allMatch(times -> times == 1);
    }

    /** Rows in memory; read and written by the machine's own turn only. */
    private static final class MemoryRows implements Snapshot {
        private final Map<Table, TreeMap<String, byte[]>> tables = new EnumMap<>(Table.class);

        void apply(ChangeSet changes) {
            for (ChangeSet.Change change : changes.changes()) {
                TreeMap<String, byte[]> table = table(change.table());
                change.value()
                        .ifPresentOrElse(value -> table.put(change.key(), value), () -> table.remove(change.key()));
            }
        }

        private TreeMap<String, byte[]> table(Table table) {
            return tables.computeIfAbsent(table, any -> new TreeMap<>());
        }

        @Override
        public Optional<byte[]> get(Table table, String key) {
            return Optional.ofNullable(table(table).get(key));
        }

        @Override
        public List<Row> scan(Table table, String after, int limit) {
            return table(table).tailMap(after, false).entrySet().stream()
                    .limit(limit)
                    .map(row -> new Row(row.getKey(), row.getValue()))
                    .toList();
        }

        @Override
        public long count(Table table) {
            return table(table).size();
        }

        @Override
        public void close() {}
    }
}
