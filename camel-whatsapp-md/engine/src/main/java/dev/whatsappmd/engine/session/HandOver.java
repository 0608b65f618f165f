package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.SessionListener;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands durable events to the listeners that want them, and finds out what came of each: it is completed when all of them
 * are done with it. One that failed gets it again, the others do not. Belongs to the session's thread; receipts may come
 * from any.
 */
final class HandOver {
    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);

    private final String sessionId;
    private final List<SessionListener> listeners;
    private final Executor executor;
    private final Consumer<Input> inputs;
    private final Map<String, Given> given = new HashMap<>();

    /** One event on its way. */
    private static final class Given {
        private final Set<SessionListener> waiting = new HashSet<>();
        private final Set<SessionListener> done = new HashSet<>();
        private Optional<String> failure = Optional.empty();
    }

    /**
     * @param listeners all there are, those that come later too; safe for use by several threads
     * @param executor the session's
     */
    HandOver(String sessionId, List<SessionListener> listeners, Executor executor, Consumer<Input> inputs) {
        this.sessionId = sessionId;
        this.listeners = listeners;
        this.executor = executor;
        this.inputs = inputs;
    }

    /** What all of them want together, kept by the log or not. */
    Set<EventKind> wanted() {
        Set<EventKind> kinds = EnumSet.noneOf(EventKind.class);
        listeners.forEach(listener -> kinds.addAll(listener.wantedEvents()));
        return kinds;
    }

    /** @param event makes the event; fails for content that makes no sense */
    void give(Effect.Deliver deliver, Supplier<Object> event) {
        String key = deliver.delivery().key();
        EventKind kind = deliver.delivery().kind();
        Given present = given.computeIfAbsent(key, any -> new Given());
        List<SessionListener> takers = listeners.stream()
                .filter(listener -> listener.wantedEvents().contains(kind) && !present.done.contains(listener))
                .toList();
        present.failure = Optional.empty();
        if (takers.isEmpty()) {
            settle(key, present);
            return;
        }
        Delivery delivery;
        try {
            delivery = new Delivery(
                    deliver.delivery().deliveryId(), kind, deliver.redelivered(), deliver.attempt(), event.get());
        } catch (RuntimeException e) {
            LOG.error("session {}: a pending {} cannot be read again", sessionId, kind, e);
            present.failure = Optional.of(e.getClass().getName());
            settle(key, present);
            return;
        }
        present.waiting.addAll(takers);
        takers.forEach(taker -> give(delivery, key, present, taker));
    }

    private void give(Delivery delivery, String key, Given present, SessionListener taker) {
        SessionListener.DeliveryReceipt receipt = new Receipt(key, present, taker);
        try {
            taker.onDelivery(delivery, receipt);
        } catch (RuntimeException | Error e) {
            // Foreign code: whatever it throws, the session goes on.
            LOG.error("session {}: a listener failed", sessionId, e);
            receipt.failed(e);
        }
    }

    /** The listener is gone: what it has not said so far it will not say. */
    void gone(SessionListener listener) {
        for (Map.Entry<String, Given> entry : List.copyOf(given.entrySet())) {
            if (entry.getValue().waiting.remove(listener)) {
                settleIfAll(entry.getKey(), entry.getValue());
            }
        }
    }

    private void said(String key, Given present, SessionListener listener, Runnable what) {
        if (present.waiting.remove(listener)) {
            what.run();
            settleIfAll(key, present);
        }
    }

    private void settleIfAll(String key, Given present) {
        if (present.waiting.isEmpty()) {
            settle(key, present);
        }
    }

    private void settle(String key, Given present) {
        if (present.failure.isPresent()) {
            inputs.accept(new Input.Delivered(key, Input.Delivered.Outcome.FAILED, present.failure.get()));
            return;
        }
        given.remove(key);
        inputs.accept(new Input.Delivered(
                key,
                present.done.isEmpty() ? Input.Delivered.Outcome.RETURNED : Input.Delivered.Outcome.COMPLETED,
                ""));
    }

    /** One listener's word on one event. */
    private final class Receipt implements SessionListener.DeliveryReceipt {
        private final String key;
        private final Given present;
        private final SessionListener listener;
        private final AtomicBoolean said = new AtomicBoolean();

        private Receipt(String key, Given present, SessionListener listener) {
            this.key = key;
            this.present = present;
            this.listener = listener;
        }

        @Override
        public void completed() {
            say(() -> present.done.add(listener));
        }

        @Override
        public void failed(Throwable why) {
            String failure = why.getClass().getName();
            say(() -> present.failure = Optional.of(failure));
        }

        @Override
        public void returned() {
            say(() -> {});
        }

        private void say(Runnable what) {
            if (!said.compareAndSet(false, true)) {
                return;
            }
            try {
                executor.execute(() -> HandOver.this.said(key, present, listener, what));
            } catch (RejectedExecutionException e) {
                LOG.debug("session {}: its threads are gone; a delivery comes again at its next start", sessionId);
            }
        }
    }
}
