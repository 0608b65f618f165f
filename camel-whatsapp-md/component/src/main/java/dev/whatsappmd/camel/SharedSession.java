package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.SessionStatus;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session of one Camel context: the endpoints that name it, the consumers that run it, and the one connection they
 * share. It runs while at least one of its consumers is started.
 *
 * <p>Safe for several threads. The lock is held while the client starts and stops, never while an exchange is routed; the
 * session's own thread never takes it.
 */
final class SharedSession {
    private static final Logger LOG = LoggerFactory.getLogger(SharedSession.class);

    /** How long a suspended consumer's last exchange may keep the connection. */
    private static final long IN_FLIGHT_MILLIS = 30_000;

    /** How long a connection may take to end; the engine itself cuts it long before. */
    private static final long CLOSE_MILLIS = 10_000;

    private final String sessionId;
    private final WhatsAppMdComponent component;
    private final SessionThreads threads;
    private final OptionUnion options;

    /** Consumers that are not stopped; true while one is not suspended either. */
    private final Map<SessionMember, Boolean> consumers = new LinkedHashMap<>();

    /** Those that hear the session: also stopped ones, for which updates stay pending as long as it lives. */
    private final Set<SessionMember> hearers = new LinkedHashSet<>();

    /** Who waits for the last exchanges of a suspended consumer, to close the connection after them. */
    private final Map<SessionMember, Thread> closers = new HashMap<>();

    private volatile @Nullable Running running;

    /**
     * @param pools the threads it runs on
     * @param watch knows since when it is not open
     * @param options those it runs with
     */
    record Running(
            WhatsAppClient client, SessionThreads.Pools pools, SessionWatch watch, WhatsAppMdConfiguration options) {}

    SharedSession(String sessionId, WhatsAppMdComponent component, SessionThreads threads) {
        this.sessionId = sessionId;
        this.component = component;
        this.threads = threads;
        this.options = new OptionUnion(sessionId);
    }

    /** The connection, empty when no consumer runs the session. */
    Optional<Running> running() {
        return Optional.ofNullable(running);
    }

    Optional<SessionStatus> status() {
        Running now = running;
        return now == null ? Optional.empty() : Optional.of(now.client().status());
    }

    /** @throws IllegalArgumentException the endpoint sets an option that another one sets to another value */
    synchronized void addEndpoint(WhatsAppMdEndpoint endpoint) {
        options.add(endpoint);
    }

    synchronized void removeEndpoint(WhatsAppMdEndpoint endpoint) {
        options.remove(endpoint);
    }

    /**
     * A consumer is starting. It hears the session from now on, but does not start it yet.
     *
     * @throws IllegalArgumentException its endpoint sets an option that another one sets to another value
     */
    synchronized SessionMember join(WhatsAppMdConsumer consumer) {
        options.add(consumer.getEndpoint());
        SessionMember member = hearers.stream()
                .filter(hearer -> hearer.isPlaceOf(consumer))
                .findFirst()
                .orElseGet(() -> new SessionMember(consumer));
        member.take(consumer);
        consumers.put(member, true);
        Running now = running;
        if (hearers.add(member) && now != null) {
            now.client().addListener(member);
        }
        return member;
    }

    /**
     * Runs the session, if it does not run already; one that has been stopped by its policy starts again.
     *
     * @throws dev.whatsappmd.engine.store.SessionStoreException the store could not be opened
     */
    synchronized void start(SessionMember member) {
        if (consumers.replace(member, true) == null) {
            return;
        }
        dismissCloser(member);
        Running now = running;
        if (now == null) {
            open();
            return;
        }
        now.client().listenersChanged();
        if (now.client().status().phase().equals(SessionWatch.HALTED)) {
            now.client().reconnect();
        }
    }

    /** The consumer is suspended. When it was the last one, the connection is closed once its exchanges are through. */
    synchronized void suspend(SessionMember member) {
        Running now = running;
        if (consumers.replace(member, false) == null || now == null || isNeeded()) {
            return;
        }
        // A thread of its own: those of the session end with the connection that it closes.
        Thread closer = component
                .getCamelContext()
                .getExecutorServiceManager()
                .newThread("WhatsAppMdSuspend[" + sessionId + "]", () -> closeAfterWork(member));
        dismissCloser(member);
        closers.put(member, closer);
        closer.start();
    }

    private void closeAfterWork(SessionMember member) {
        boolean dismissed = false;
        try {
            if (!member.awaitIdle(IN_FLIGHT_MILLIS)) {
                LOG.warn(
                        "session {}: an exchange is still on its way; the connection is closed all the same",
                        sessionId);
            }
        } catch (InterruptedException e) {
            dismissed = true;
        }
        synchronized (this) {
            // Who dismisses has the lock: from here on nobody can.
            if (!dismissed && !Thread.interrupted()) {
                closers.remove(member, Thread.currentThread());
                closeUnlessNeeded();
            }
        }
    }

    /** The consumer has been resumed or stopped: what waited for its last exchanges need not any more. */
    private void dismissCloser(SessionMember member) {
        Thread closer = closers.remove(member);
        if (closer != null) {
            closer.interrupt();
        }
    }

    /**
     * The consumer has stopped.
     *
     * @return whether the session ended with it
     */
    synchronized boolean leave(SessionMember member) {
        if (consumers.remove(member) == null) {
            return false;
        }
        dismissCloser(member);
        options.remove(member.endpoint());
        boolean ran = running != null;
        closeUnlessNeeded();
        if (!member.canBeTakenAgain()) {
            forget(member);
        }
        return ran && running == null;
    }

    /** Whether there is a connection, or one is on its way: what is pending for a stopped consumer then waits for it. */
    boolean isRunning() {
        return running != null;
    }

    /** The consumer will not start again; nothing stays pending for it. */
    synchronized void forget(SessionMember member) {
        Running now = running;
        if (hearers.remove(member) && now != null) {
            now.client().removeListener(member);
        }
    }

    synchronized boolean isUnused() {
        return consumers.isEmpty() && hearers.isEmpty() && options.isEmpty() && running == null;
    }

    /** While the context shuts down a suspended consumer counts as started: other routes may still use the session. */
    private boolean isNeeded() {
        return consumers.containsValue(true)
                || !consumers.isEmpty() && component.getCamelContext().isStopping();
    }

    /** What a test of the connection needs to know, empty when none is wanted or the session runs already. */
    synchronized Optional<ClientOptions> optionsToTest() {
        WhatsAppMdConfiguration configuration = WhatsAppMdConfiguration.of(allOptions());
        return running == null && Boolean.TRUE.equals(configuration.getTestConnectionOnStartup())
                ? Optional.of(SessionOptions.checked(sessionId, configuration, component.store(configuration)))
                : Optional.empty();
    }

    private Map<String, Object> allOptions() {
        return SessionOptions.over(component.getConfiguration().explicit(), options.union());
    }

    private void open() {
        Map<String, Object> all = allOptions();
        WhatsAppMdConfiguration configuration = WhatsAppMdConfiguration.of(all);
        ClientOptions clientOptions =
                SessionOptions.toClient(sessionId, configuration, component.openStore(configuration));
        SessionThreads.Pools pools = threads.acquire();
        try {
            ExecutorService printer = Boolean.TRUE.equals(configuration.getPrintQr()) ? pools.routing() : null;
            SessionWatch watch = new SessionWatch(printer);
            WhatsAppClient client = new WhatsAppClient(clientOptions, pools.steps(), pools.timers());
            client.addListener(watch);
            hearers.forEach(client::addListener);
            client.start();
            running = new Running(client, pools, watch, configuration);
            options.seal(all);
        } catch (RuntimeException e) {
            threads.release();
            throw e;
        }
    }

    private void closeUnlessNeeded() {
        Running now = running;
        if (now == null || isNeeded()) {
            return;
        }
        if (!FullStop.await(now.client().stop(), CLOSE_MILLIS)) {
            LOG.warn("session {}: did not end within {} ms", sessionId, CLOSE_MILLIS);
        }
        running = null;
        now.watch()
                .end(new SessionNotRunningException(
                        sessionId, "session " + sessionId + " was stopped before it was open"));
        options.unseal();
        for (SessionMember hearer : Set.copyOf(hearers)) {
            if (!consumers.containsKey(hearer)) {
                hearers.remove(hearer);
                hearer.clear();
            }
        }
        threads.release();
    }
}
