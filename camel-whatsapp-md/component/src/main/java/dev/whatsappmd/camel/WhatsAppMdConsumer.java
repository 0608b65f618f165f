package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
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
    private final ExchangeLane connectionLane;
    private final AtomicBoolean connected = new AtomicBoolean();
    private final SessionMember member = new Member();
    private volatile @Nullable SharedSession session;
    private volatile @Nullable ExecutorService executor;

    public WhatsAppMdConsumer(WhatsAppMdEndpoint endpoint, Processor processor) {
        super(endpoint, processor);
        this.connectionLane = new ExchangeLane("session " + endpoint.getSessionId() + ", connection exchanges");
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
        session = sessions.enter(sessionId(), shared -> shared.join(member));
        executor = sessions.threads().newLaneExecutor(this, sessionId());
        if (getEndpoint().getCamelContext().isStarted()) {
            try {
                connectOnce();
            } catch (RuntimeException e) {
                leave();
                throw e;
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
            connectionLane.open(executor);
            session.start(member);
        }
    }

    @Override
    protected void doSuspend() throws Exception {
        connectionLane.shut();
        session.suspend(member);
        super.doSuspend();
    }

    @Override
    protected void doResume() throws Exception {
        super.doResume();
        connectionLane.open(executor);
        session.start(member);
    }

    @Override
    protected void doStop() throws Exception {
        leave();
        super.doStop();
    }

    private void leave() throws InterruptedException {
        SharedSession left = session;
        ExecutorService threads = executor;
        if (left == null || threads == null) {
            return;
        }
        connected.set(false);
        boolean ended = left.leave(member);
        if (ended) {
            // The last word of the session is that it was closed; a consumer that is not suspended tells it.
            connectionLane.awaitIdle(manager().getShutdownAwaitTermination());
        }
        connectionLane.shut();
        manager().shutdownGraceful(threads);
        executor = null;
        if (ended) {
            connectionLane.clear();
        }
    }

    @Override
    protected void doShutdown() throws Exception {
        SharedSession left = session;
        if (left != null) {
            left.forget(member);
            getEndpoint().getComponent().sessions().tidy(sessionId());
            session = null;
        }
        connectionLane.clear();
        super.doShutdown();
    }

    private ExecutorServiceManager manager() {
        return getEndpoint().getCamelContext().getExecutorServiceManager();
    }

    void refusedLastWord(IllegalArgumentException e) {
        handleException("A route's last word is ignored, what the options decide stands", e);
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

    /** Hears the session, on the session's thread: only hands over. */
    private final class Member implements SessionMember {
        @Override
        public WhatsAppMdEndpoint endpoint() {
            return getEndpoint();
        }

        @Override
        public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
            if (!update.closes()) {
                receipt.complete(Optional.empty());
            }
            if (getEndpoint().wanted().contains(SessionEvent.CONNECTION)) {
                connectionLane.offer(new ConnectionWork(WhatsAppMdConsumer.this, update, receipt));
            } else {
                receipt.complete(Optional.empty());
            }
        }

        @Override
        public void onError(String message, Throwable cause) {
            connectionLane.offer(done -> {
                try {
                    handleException(message, cause);
                } finally {
                    done.run();
                }
            });
        }

        @Override
        public boolean awaitIdle(long millis) throws InterruptedException {
            return connectionLane.awaitIdle(millis);
        }

        @Override
        public void sessionEnded() {
            connectionLane.clear();
        }
    }
}
