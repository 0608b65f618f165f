package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.StartupListener;
import org.apache.camel.Suspendable;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedOperation;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a session, together with the other consumers of it, and makes exchanges of what happens to it. The session connects
 * when all routes are up; a network that is not there never fails a start.
 */
@ManagedResource(description = "Managed WhatsApp Multi-Device Consumer")
public class WhatsAppMdConsumer extends DefaultConsumer implements StartupListener, Suspendable {
    private static final long RELINK_SECONDS = 10;

    /** How soon the test of a connection notices that Camel is being stopped. */
    private static final long TEST_STEP_MILLIS = 200;

    private final AtomicBoolean connected = new AtomicBoolean();
    private volatile boolean ready;
    private volatile @Nullable SharedSession session;
    private volatile @Nullable SessionMember member;
    private volatile @Nullable ExecutorService executor;

    public WhatsAppMdConsumer(WhatsAppMdEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
    }

    @Override
    public WhatsAppMdEndpoint getEndpoint() {
        return (WhatsAppMdEndpoint) super.getEndpoint();
    }

    @Override
    protected void doInit() throws Exception {
        super.doInit();
        WhatsAppMdHealthCheck check = new WhatsAppMdHealthCheck(getEndpoint());
        check.setEnabled(component().isHealthCheckConsumerEnabled());
        setHealthCheck(check);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SessionRegistry sessions = component().sessions();
        session = sessions.enter(sessionId(), shared -> member = shared.join(this));
        executor = sessions.threads().newLaneExecutor(this, sessionId());
        try {
            testConnection();
            ready = true;
            if (getEndpoint().getCamelContext().isStarted()) {
                connectOnce();
            }
            component().wrapped().show(this);
        } catch (Exception e) {
            FullStop.run(this::leave);
            throw e;
        }
    }

    private void testConnection() throws InterruptedException {
        Optional<ClientOptions> wanted = session.optionsToTest();
        if (wanted.isPresent()) {
            Optional<String> trouble = awaitTest(WhatsAppClient.testConnection(wanted.get()));
            if (trouble.isPresent()) {
                throw new WhatsAppMdException("session " + sessionId() + " cannot connect to "
                        + wanted.get().serverUrl() + ": " + trouble.get()
                        + "; without testConnectionOnStartup the route would start all the same");
            }
        }
    }

    /** It ends by itself within connectTimeout; and when nobody wants the start any more. */
    private Optional<String> awaitTest(CompletableFuture<Optional<String>> test) throws InterruptedException {
        try {
            while (!getEndpoint().getCamelContext().isStopping()) {
                try {
                    return test.get(TEST_STEP_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    // Camel's stop waits for the start of this route, and tells nobody else.
                } catch (ExecutionException e) {
                    return Optional.of(e.getCause().toString());
                }
            }
            return Optional.of("Camel is being stopped");
        } finally {
            test.cancel(false);
        }
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        // Other routes may not be up yet.
    }

    @Override
    public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
        if (isRunAllowed() && !isSuspendingOrSuspended()) {
            connectOnce();
        }
    }

    /**
     * When all of Camel is up and this consumer too, whichever is later: routes that are started by a supervisor, or that a
     * cluster hands over, start beside Camel's own start.
     */
    private void connectOnce() {
        if (ready && connected.compareAndSet(false, true)) {
            member.open(executor);
            session.start(member);
        }
    }

    @Override
    protected void doSuspend() throws Exception {
        member.shut();
        session.suspend(member);
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        member.open(executor);
        session.start(member);
    }

    @Override
    protected void doStop() throws Exception {
        FullStop.run(this::leave);
        super.doStop();
    }

    private void leave() throws InterruptedException {
        ExecutorService threads = executor;
        if (threads == null) {
            return;
        }
        executor = null;
        component().wrapped().hide(this);
        ready = false;
        connected.set(false);
        try {
            if (session.leave(member)) {
                // The last that there is to tell is that the session was closed; a suspended consumer does not hear it.
                member.awaitIdle(manager().getShutdownAwaitTermination());
            }
        } finally {
            member.shut();
            manager().shutdownGraceful(threads);
            if (!session.isRunning()) {
                // What is pending waits for the next start only as long as the session lives.
                member.clear();
            }
        }
    }

    @Override
    protected void doShutdown() throws Exception {
        SharedSession left = session;
        SessionMember place = member;
        if (left != null && place != null && place.consumer() == this) {
            left.forget(place);
            place.clear();
        }
        component().sessions().tidy(sessionId());
        super.doShutdown();
    }

    private WhatsAppMdComponent component() {
        return getEndpoint().getComponent();
    }

    private ExecutorServiceManager manager() {
        return getEndpoint().getCamelContext().getExecutorServiceManager();
    }

    private String sessionId() {
        return getEndpoint().getSessionId();
    }

    private Optional<SessionStatus> status() {
        SharedSession joined = session;
        return joined == null ? Optional.empty() : joined.status();
    }

    @ManagedAttribute(description = "Session id")
    public String getSessionId() {
        return sessionId();
    }

    @ManagedAttribute(description = "State of the connection: connecting, open or close")
    public @Nullable String getConnectionState() {
        return status().map(SessionStatus::connection).map(Object::toString).orElse(null);
    }

    @ManagedAttribute(description = "Finer state of the session, such as waiting, parked or halted")
    public @Nullable String getPhase() {
        return status().map(SessionStatus::phase).orElse(null);
    }

    @ManagedAttribute(description = "Number of connections since the session was started")
    public long getGeneration() {
        return status().map(SessionStatus::generation).orElse(0L);
    }

    @ManagedAttribute(description = "Status code of the last end of a connection; 0 when none has ended")
    public int getDisconnectCode() {
        return status().map(SessionStatus::lastDisconnect)
                .map(LastDisconnect::error)
                .map(error -> error.output().statusCode())
                .orElse(0);
    }

    @ManagedOperation(description = "Ends a wait, a park or a stop of the session now")
    public void reconnect() {
        SharedSession joined = session;
        if (joined != null) {
            joined.running().ifPresent(running -> running.client().reconnect());
        }
    }

    @ManagedOperation(description = "Opens a new pairing window, for a device that is not linked or not any more")
    public void relink() throws InterruptedException {
        WhatsAppClient client = Optional.ofNullable(session)
                .flatMap(SharedSession::running)
                .map(SharedSession.Running::client)
                .orElseThrow(() -> new IllegalStateException("session " + sessionId() + " is not running"));
        try {
            client.relink().get(RELINK_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            // Not the cause itself: whoever manages this from afar may not have its class.
            throw new IllegalStateException(
                    "session " + sessionId() + ": " + e.getCause().getMessage());
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "session " + sessionId() + " did not begin to link within " + RELINK_SECONDS + " s");
        }
    }
}
