package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.time.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * Does something with a session that a consumer of the same Camel context runs. It never starts one. Nothing here blocks:
 * what takes its time completes the exchange later, on a thread of Camel's.
 */
public class WhatsAppMdProducer extends DefaultAsyncProducer {
    private boolean joined;

    public WhatsAppMdProducer(WhatsAppMdEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    public WhatsAppMdEndpoint getEndpoint() {
        return (WhatsAppMdEndpoint) super.getEndpoint();
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        // Options of the session that stand in a producer's URI are part of its options; without any it only borrows.
        if (!getEndpoint().getConfiguration().explicit().isEmpty()) {
            sessions().enter(sessionId(), session -> session.addEndpoint(getEndpoint()));
            joined = true;
        }
    }

    @Override
    protected void doStop() throws Exception {
        if (joined) {
            joined = false;
            sessions().find(sessionId()).ifPresent(session -> session.removeEndpoint(getEndpoint()));
            sessions().tidy(sessionId());
        }
        super.doStop();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Operation operation = operation(exchange);
            SharedSession.Running session =
                    sessions().find(sessionId()).flatMap(SharedSession::running).orElseThrow(this::notRunning);
            Operation.Call call = operation.read(exchange.getMessage(), session.options());
            CompletableFuture<?> result = operation.needsOpen()
                    ? whenOpen(session).thenCompose(open -> call.on(session.client()))
                    : call.on(session.client());
            if (!result.isDone()) {
                result.whenComplete((done, failure) ->
                        handOver(session.pools().routing(), () -> end(exchange, failure, callback, false)));
                return false;
            }
            end(exchange, result.handle((done, failure) -> failure).join(), callback, true);
        } catch (RuntimeException e) {
            end(exchange, e, callback, true);
        }
        return true;
    }

    private void end(Exchange exchange, @Nullable Throwable failure, AsyncCallback callback, boolean sync) {
        if (failure != null) {
            exchange.setException(told(failure));
        }
        callback.done(sync);
    }

    private Operation operation(Exchange exchange) {
        String header = exchange.getMessage().getHeader(WhatsAppMdConstants.OPERATION, String.class);
        if (header != null) {
            return Operation.parse(WhatsAppMdConstants.OPERATION, header);
        }
        String option = getEndpoint().getOperation();
        if (option == null) {
            throw new IllegalArgumentException("no operation is given: set the option operation or the header "
                    + WhatsAppMdConstants.OPERATION + " to one of " + Operation.list());
        }
        return Operation.parse("operation", option);
    }

    private CompletableFuture<Void> whenOpen(SharedSession.Running session) {
        CompletableFuture<Void> open = session.watch().whenOpen();
        Duration timeout = getEndpoint().getOperationTimeout();
        if (open.isDone()) {
            return open;
        }
        if (timeout.isZero()) {
            open.completeExceptionally(notOpen(session.client(), ""));
        } else {
            String waited = " within " + timeout.toMillis() + " ms";
            Timers.Timer limit = session.pools()
                    .timers()
                    .schedule(timeout.toMillis(), () -> open.completeExceptionally(notOpen(session.client(), waited)));
            open.whenComplete((done, failure) -> limit.cancel());
        }
        return open;
    }

    /** The session's thread and the timers are not for routes. */
    private static void handOver(Executor routing, Runnable task) {
        try {
            routing.execute(task);
        } catch (RejectedExecutionException e) {
            // The last consumer has just been stopped: the exchange has to end all the same.
            task.run();
        }
    }

    /** What the session or the server would not do is an exception of this component, which says in which session. */
    private Throwable told(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof IllegalStateException refused
                ? new WhatsAppMdException("session " + sessionId() + ": " + refused.getMessage(), refused)
                : cause;
    }

    private SessionNotRunningException notRunning() {
        return new SessionNotRunningException(
                sessionId(),
                "session " + sessionId()
                        + " is not running: only a consumer starts a session, so a route from whatsappmd:" + sessionId()
                        + " has to be started in this Camel context");
    }

    private SessionNotRunningException notOpen(WhatsAppClient client, String waited) {
        return new SessionNotRunningException(
                sessionId(),
                "session " + sessionId() + " was not open" + waited + ", it is "
                        + client.status().phase() + ": wait for the connection state open, or set operationTimeout");
    }

    private SessionRegistry sessions() {
        return getEndpoint().getComponent().sessions();
    }

    private String sessionId() {
        return getEndpoint().getSessionId();
    }
}
