package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import java.util.Optional;
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

    private final AtomicBoolean connected = new AtomicBoolean();
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
        check.setEnabled(getEndpoint().getComponent().isHealthCheckConsumerEnabled());
        setHealthCheck(check);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        SessionRegistry sessions = getEndpoint().getComponent().sessions();
        session = sessions.enter(sessionId(), shared -> member = shared.join(this));
        executor = sessions.threads().newLaneExecutor(this, sessionId());
        try {
            testConnection();
            if (getEndpoint().getCamelContext().isStarted()) {
                connectOnce();
            }
        } catch (RuntimeException e) {
            leave();
            throw e;
        }
    }

    private void testConnection() {
        Optional<ClientOptions> wanted = session.optionsToTest();
        if (wanted.isPresent()) {
            // Ends by itself within connectTimeout.
            Optional<String> trouble =
                    WhatsAppClient.testConnection(wanted.get()).join();
            if (trouble.isPresent()) {
                throw new WhatsAppMdException("session " + sessionId() + " cannot connect to "
                        + wanted.get().serverUrl() + ": " + trouble.get()
                        + "; without testConnectionOnStartup the route would start all the same");
            }
        }
    }

    @Override
    public void onCamelContextStarted(CamelContext context, boolean alreadyStarted) {
        // Other routes may not be up yet.
    }

    @Override
    public void onCamelContextFullyStarted(CamelContext context, boolean alreadyStarted) {
        if (isRunAllowed()) {
            connectOnce();
        }
    }

    private void connectOnce() {
        if (connected.compareAndSet(false, true)) {
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
        leave();
        super.doStop();
    }

    private void leave() throws InterruptedException {
        ExecutorService threads = executor;
        if (threads == null) {
            return;
        }
        executor = null;
        connected.set(false);
        boolean ended = session.leave(member);
        if (ended) {
            // The last that there is to tell is that the session was closed; a suspended consumer does not hear it.
            member.awaitIdle(manager().getShutdownAwaitTermination());
        }
        member.shut();
        manager().shutdownGraceful(threads);
        if (ended) {
            member.clear();
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
        getEndpoint().getComponent().sessions().tidy(sessionId());
        super.doShutdown();
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
