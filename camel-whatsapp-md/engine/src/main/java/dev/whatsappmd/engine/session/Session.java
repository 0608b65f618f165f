package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.Channel;
import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.time.Timers;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the {@link SessionMachine} decides: sockets, timers, the store, the listeners. All of it happens on
 * the session's thread, one input after the other; other threads only hand inputs over.
 */
public final class Session {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    /** How long a stop waits for sockets beyond the time they have to close. */
    private static final long RELEASE_MILLIS = 5_000;

    private final SessionSettings settings;
    private final SessionWiring wiring;
    private final Timers timers;
    private final Executor threads;
    private final SerialExecutor executor;
    private final SecureRandom random = new SecureRandom();
    private final Connections connections;
    private final List<SessionListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<SessionTimer, Timers.Timer> running = new EnumMap<>(SessionTimer.class);
    private final Map<Long, Operation<?>> operations = new HashMap<>();
    private final AtomicLong lastOperation = new AtomicLong();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final AtomicBoolean started = new AtomicBoolean();
    private final HandOver handOver;

    private volatile SessionStorage storage;
    private volatile SessionMachine machine;
    private volatile boolean stopAsked;
    private Timers.Timer renewal = () -> {};
    private Timers.Timer releaseLimit = () -> {};
    private volatile SessionStatus status;
    private volatile long awaitsLastWord;

    public Session(SessionSettings settings, SessionWiring wiring, Executor threads, Timers timers) {
        this.settings = settings;
        this.wiring = wiring;
        this.timers = timers;
        this.threads = threads;
        this.executor = new SerialExecutor(threads);
        this.connections = new Connections(timers, executor);
        this.handOver = new HandOver(settings.sessionId(), listeners, executor, this::post);
        this.status =
                new SessionStatus(settings.sessionId(), Phase.IDLE.toString(), null, false, 0, false, null, null, 0, 0);
    }

    public void addListener(SessionListener listener) {
        listeners.add(listener);
        listenersChanged();
    }

    public void removeListener(SessionListener listener) {
        listeners.remove(listener);
        tellInterest(() -> handOver.gone(listener));
    }

    /** Asks the listeners again what they want; what was returned is given out again. */
    public void listenersChanged() {
        tellInterest(() -> {});
    }

    private void tellInterest(Runnable first) {
        if (started.get() && !stopped.isDone()) {
            executor.execute(() -> {
                first.run();
                handle(new Input.Interest(handOver.wanted()));
            });
        }
    }

    /**
     * Opens the store on the caller's thread, then connects in the background. A device that has no identity yet gets
     * one, and it is durable before anything is shown or sent.
     *
     * @throws SessionStoreException the store could not be opened; nothing was started
     */
    public void start(SessionStore store) {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("session " + settings.sessionId() + " was started before");
        }
        try {
            open(store.open(settings.sessionId()));
        } catch (SessionStoreException e) {
            started.set(false);
            if (stopAsked) {
                stopped.complete(null);
            }
            throw e;
        }
        executor.execute(this::scheduleRenewal);
        executor.execute(() -> handle(new Input.Interest(handOver.wanted())));
        post(new Input.Start());
        if (stopAsked) {
            // It came while there was no machine to tell.
            post(new Input.Stop());
        }
    }

    private void open(StoredSession stored) {
        try {
            storage = new SessionStorage(stored, wiring.intake(stored));
            machine = new SessionMachine(settings, storage.loadOrBegin(random), storage.owner(), random);
        } catch (RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** Completes when no socket and no timer is left and the store is given up. May be called at any time, again too. */
    public CompletableFuture<Void> stop() {
        stopAsked = true;
        if (started.compareAndSet(false, true)) {
            stopped.complete(null);
        } else if (!stopped.isDone()) {
            post(new Input.Stop());
        }
        return stopped;
    }

    /** Ends a wait, a park or a stop now; without effect while there is a connection. */
    public void reconnect() {
        post(new Input.Reconnect());
    }

    /** Unlinks this device. Fails with an {@link IllegalStateException} that says why not. */
    public CompletableFuture<Void> logout() {
        return ask(new Operation<>(result -> null), Input.Logout::new);
    }

    /** Opens a new pairing window. Fails with an {@link IllegalStateException} that says why not. */
    public CompletableFuture<Void> relink() {
        return ask(new Operation<>(result -> null), Input.Relink::new);
    }

    /** Shows this device as online or not. Fails with an {@link IllegalStateException} that says why not. */
    public CompletableFuture<Void> showPresence(boolean available) {
        return ask(new Operation<>(result -> null), number -> new Input.ShowPresence(number, available));
    }

    /** Asks for a code to type into a phone. Fails with an {@link IllegalStateException} that says why not. */
    public CompletableFuture<String> requestPairingCode(Pairing byCode) {
        Operation<String> operation = new Operation<>(Optional::orElseThrow);
        operation.limit = Optional.of(settings.queryTimeout());
        return ask(operation, number -> new Input.RequestPairingCode(number, byCode));
    }

    private <T> CompletableFuture<T> ask(Operation<T> operation, LongFunction<Input> asked) {
        long number = lastOperation.incrementAndGet();
        if (!started.get() || stopped.isDone()) {
            operation.fail("the session is not running");
        } else {
            executor.execute(() -> begin(number, operation, asked));
        }
        return operation.done;
    }

    private void begin(long number, Operation<?> operation, LongFunction<Input> asked) {
        if (machine == null) {
            operation.fail("the session is not running");
            return;
        }
        operations.put(number, operation);
        operation.limit.ifPresent(limit ->
                operation.timer = timers.schedule(limit.toMillis(), () -> post(new Input.GaveUp(number, limit))));
        handle(asked.apply(number));
    }

    /** Something that the application waits for. */
    private static final class Operation<T> {
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private final Function<Optional<String>, T> result;
        private Optional<Duration> limit = Optional.empty();
        private Timers.Timer timer = () -> {};

        private Operation(Function<Optional<String>, T> result) {
            this.result = result;
        }

        private void fail(String why) {
            timer.cancel();
            done.completeExceptionally(new IllegalStateException(why));
        }

        private void succeed(Optional<String> what) {
            timer.cancel();
            done.complete(result.apply(what));
        }
    }

    /** Delivers again what was given up; completes with how many that are. */
    public CompletableFuture<Long> redeliverFailed() {
        return ask(new Operation<>(count -> Long.valueOf(count.orElseThrow())), Input.RedeliverFailed::new);
    }

    public SessionStatus status() {
        return status;
    }

    private void post(Input input) {
        executor.execute(() -> handle(input));
    }

    private void handle(Input first) {
        executor.assertCurrent();
        if (machine == null) {
            // Not started yet: there is nothing to do anything about.
            return;
        }
        Deque<Input> inputs = new ArrayDeque<>();
        inputs.add(first);
        while (!inputs.isEmpty()) {
            Input input = inputs.poll();
            List<Effect> effects;
            try {
                effects = machine.on(input, timers.nowMillis(), timers.now());
            } catch (RuntimeException e) {
                effects = machine.recover(defect("handling " + name(input), e), timers.nowMillis(), timers.now());
            }
            status = machine.status();
            awaitsLastWord = machine.awaitsLastWord();
            carryOut(effects, inputs);
            // Some things count only when they are carried out.
            status = machine.status();
        }
    }

    /** A defect of this program ends the connection, never the session. */
    private String defect(String doing, RuntimeException e) {
        LOG.error("session {}: defect while {}", settings.sessionId(), doing, e);
        error("defect while " + doing, e);
        return "internal error: " + e.getClass().getSimpleName() + " while " + doing;
    }

    private static String name(Object inputOrEffect) {
        return inputOrEffect.getClass().getSimpleName();
    }

    private void carryOut(List<Effect> effects, Deque<Input> inputs) {
        for (Effect effect : effects) {
            try {
                carryOut(effect, inputs);
                machine.done(effect);
            } catch (SessionStoreException e) {
                LOG.error("session {}: {}", settings.sessionId(), e.getMessage());
                error(e.getMessage(), e);
                inputs.addFirst(new Input.StoreFailed(e));
                return;
            } catch (RuntimeException e) {
                inputs.addFirst(new Input.EffectFailed(defect("carrying out " + name(effect), e)));
                return;
            }
        }
    }

    private void carryOut(Effect effect, Deque<Input> inputs) {
        if (effect instanceof Effect.Send send) {
            connections.current(send.epoch()).ifPresent(channel -> channel.send(send.node()));
        } else if (effect instanceof Effect.SetTimer set) {
            set(set);
        } else if (effect instanceof Effect.ClearTimer clear) {
            cancel(clear.timer());
        } else if (effect instanceof Effect.Emit emit) {
            emit(emit.update());
        } else if (effect instanceof Effect.TakeIn take) {
            inputs.addFirst(new Input.TakenIn(take.epoch(), take.stanza(), storage.take(take.stanza(), take.self())));
        } else if (effect instanceof Effect.AskFlush) {
            post(new Input.Flush());
        } else if (effect instanceof Effect.SaveTaken save) {
            storage.saveTaken(save);
        } else if (effect instanceof Effect.ForgetTaken) {
            storage.forgetTaken();
        } else if (effect instanceof Effect.Deliver deliver) {
            handOver.give(deliver, () -> storage.event(deliver.delivery()));
        } else if (effect instanceof Effect.LoadDeliveries load) {
            inputs.addFirst(storage.loadDeliveries(load));
        } else if (effect instanceof Effect.GiveUp givenUp) {
            giveUp(givenUp.delivery());
        } else if (effect instanceof Effect.Tell tell) {
            tell(tell);
        } else if (effect instanceof Effect.TakeUp takeUp) {
            inputs.addFirst(new Input.TakenUp(takeUp.operation(), storage.takeUp()));
        } else if (effect instanceof Effect.Save save) {
            storage.save(save.changes());
        } else if (effect instanceof Effect.LoadPreKeys load) {
            inputs.addFirst(storage.loadPreKeys(load.epoch()));
        } else if (effect instanceof Effect.MakeHello make) {
            compute(
                    make.epoch(),
                    () -> new Input.HelloMade(
                            make.epoch(),
                            make.attempt(),
                            make.code()
                                    .hello(make.credentials(), settings.device().device(), random)));
        } else if (effect instanceof Effect.MakeFinish make) {
            compute(
                    make.epoch(),
                    () -> new Input.FinishMade(
                            make.epoch(),
                            make.attempt(),
                            make.hello(),
                            make.code().finish(make.hello(), make.credentials(), random)));
        } else if (effect instanceof Effect.ReplaceIdentity replace) {
            storage.replaceIdentity(replace.fresh(), timers.now());
        } else if (effect instanceof Effect.Connect connect) {
            connections.open(connect.epoch(), epoch -> open(connect));
        } else if (effect instanceof Effect.Disconnect disconnect) {
            connections.close(disconnect.epoch());
        } else if (effect instanceof Effect.Log line) {
            log(line);
        } else if (effect instanceof Effect.Complete complete) {
            complete(complete);
        } else if (effect instanceof Effect.Release) {
            release();
        }
    }

    private Channel open(Effect.Connect connect) {
        long epoch = connect.epoch();
        Channel.Listener listener = new Channel.Listener() {
            @Override
            public void onHandshakeDone() {
                handle(new Input.HandshakeDone(epoch));
            }

            @Override
            public void onHeard() {
                handle(new Input.Heard(epoch));
            }

            @Override
            public void onNode(Node node) {
                handle(new Input.Received(epoch, node));
            }

            @Override
            public void onEnd(DisconnectCause cause) {
                handle(new Input.Ended(epoch, cause));
            }

            @Override
            public void onReleased() {
                connections.released(epoch);
            }
        };
        Channel.HandOver handOver = task -> executor.execute(() -> hear(epoch, task));
        return wiring.open(connect, settings.connectTimeout(), handOver, timers::now, listener, random);
    }

    /** A stream that was not understood because of a defect has a hole: it is not gone on with. */
    private void hear(long epoch, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            handle(new Input.Ended(epoch, DisconnectCause.protocolError(defect("reading the connection", e))));
        }
    }

    /** Beside the session's thread, on which other sessions may wait. */
    private void compute(long epoch, Supplier<Input> task) {
        threads.execute(() -> {
            Runnable then;
            try {
                Input made = task.get();
                then = () -> handle(made);
            } catch (RuntimeException e) {
                then = () -> handle(new Input.Ended(
                        epoch, DisconnectCause.protocolError(defect("computing for a pairing code", e))));
            }
            try {
                executor.execute(then);
            } catch (RejectedExecutionException e) {
                LOG.debug("session {}: its threads are gone, and so is what was computed", settings.sessionId());
            }
        });
    }

    // ---- timers

    private void set(Effect.SetTimer set) {
        cancel(set.timer());
        Input fired = new Input.TimerFired(set.timer(), set.setting());
        running.put(set.timer(), timers.schedule(set.delayMillis(), () -> post(fired)));
    }

    private void cancel(SessionTimer timer) {
        Timers.Timer set = running.remove(timer);
        if (set != null) {
            set.cancel();
        }
    }

    /** Until the store is given up: a socket on its way out is still a connection of this owner. */
    private void scheduleRenewal() {
        storage.renewEvery()
                .ifPresent(every -> renewal = timers.schedule(every.toMillis(), () -> executor.execute(this::renew)));
    }

    private void renew() {
        if (stopped.isDone()) {
            return;
        }
        try {
            storage.renew();
        } catch (SessionStoreException e) {
            LOG.error("session {}: {}", settings.sessionId(), e.getMessage());
            error(e.getMessage(), e);
            handle(new Input.StoreFailed(e));
            if (e.reason() == SessionStoreException.Reason.FENCED) {
                // What another process owns stays lost to this one.
                return;
            }
        }
        scheduleRenewal();
    }

    // ---- telling

    private void emit(ConnectionUpdate update) {
        List<SessionListener> hearing = List.copyOf(listeners);
        LastWordCollector words = new LastWordCollector(update.generation(), hearing.size(), this::post);
        if (update.closes() && hearing.isEmpty()) {
            post(new Input.LastWords(update.generation(), Optional.empty(), true));
        }
        for (SessionListener listener : hearing) {
            AtomicBoolean completed = new AtomicBoolean();
            SessionListener.Receipt receipt =
                    word -> update.closes() && completed.compareAndSet(false, true) && lastWord(words, word);
            try {
                listener.onConnectionUpdate(update, receipt);
            } catch (RuntimeException | Error e) {
                // Foreign code: whatever it throws, the session goes on.
                LOG.error("session {}: a listener failed", settings.sessionId(), e);
                receipt.complete(Optional.empty());
            }
        }
    }

    private boolean lastWord(LastWordCollector words, Optional<ReconnectDirective> word) {
        boolean counts = awaitsLastWord == words.epoch();
        if (counts) {
            words.add(word);
        } else if (word.isPresent()) {
            // Told to the machine all the same: it says in the log that it was too late.
            post(new Input.LastWords(words.epoch(), word, true));
        }
        return counts;
    }

    private void giveUp(PendingDelivery delivery) {
        LOG.warn(
                "session {}: a {} failed {} times, the last time with {}; it is kept as failed",
                settings.sessionId(),
                delivery.kind(),
                delivery.failures(),
                delivery.lastFailure());
        forEachListener(listener -> listener.onGivenUp(
                delivery.deliveryId(), delivery.kind(), delivery.failures(), delivery.lastFailure()));
    }

    private void tell(Effect.Tell tell) {
        forEachListener(listener -> {
            if (listener.wantedEvents().contains(tell.kind())) {
                listener.onPassing(tell.kind(), tell.event());
            }
        });
    }

    private void error(String message, Throwable cause) {
        forEachListener(listener -> listener.onError(message, cause));
    }

    private void forEachListener(Consumer<SessionListener> call) {
        for (SessionListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | Error e) {
                // Foreign code: whatever it throws, the session goes on.
                LOG.error("session {}: a listener failed", settings.sessionId(), e);
            }
        }
    }

    private static void log(Effect.Log line) {
        switch (line.level()) {
            case DEBUG -> LOG.debug(line.message());
            case INFO -> LOG.info(line.message());
            case WARN -> LOG.warn(line.message());
            case ERROR -> LOG.error(line.message());
        }
    }

    private void complete(Effect.Complete complete) {
        Operation<?> operation = operations.remove(complete.operation());
        if (operation == null) {
            return;
        }
        if (complete.failure().isPresent()) {
            operation.fail(complete.failure().get());
        } else {
            operation.succeed(complete.result());
        }
    }

    private void release() {
        running.values().forEach(Timers.Timer::cancel);
        running.clear();
        connections.whenFree(this::finish);
        if (!stopped.isDone()) {
            releaseLimit = timers.schedule(RELEASE_MILLIS, () -> executor.execute(this::finishAnyway));
        }
    }

    private void finishAnyway() {
        if (!stopped.isDone()) {
            LOG.warn(
                    "session {}: a socket did not close within {} ms; the store is given up all the same",
                    settings.sessionId(),
                    RELEASE_MILLIS);
            finish();
        }
    }

    private void finish() {
        if (!stopped.isDone()) {
            releaseLimit.cancel();
            renewal.cancel();
            storage.close();
            stopped.complete(null);
        }
    }
}
