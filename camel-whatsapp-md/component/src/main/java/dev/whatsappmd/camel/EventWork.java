package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.SessionListener.DeliveryReceipt;
import org.apache.camel.Exchange;
import org.apache.camel.RollbackExchangeException;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * One event as one exchange. A durable one is done with when its unit of work is, and neither failed nor was rolled back:
 * behind a {@code seda} that is when the route there has ended.
 */
final class EventWork implements ExchangeLane.Work {
    private final SessionMember member;
    private final EventKind kind;
    private final Object body;
    private final @Nullable Delivery delivery;
    private final @Nullable DeliveryReceipt receipt;

    private EventWork(
            SessionMember member,
            EventKind kind,
            Object body,
            @Nullable Delivery delivery,
            @Nullable DeliveryReceipt receipt) {
        this.member = member;
        this.kind = kind;
        this.body = body;
        this.delivery = delivery;
        this.receipt = receipt;
    }

    /** An event that stays in the session's log until the receipt says that it is done with. */
    static EventWork durable(SessionMember member, Delivery delivery, DeliveryReceipt receipt) {
        return new EventWork(member, delivery.kind(), delivery.body(), delivery, receipt);
    }

    /** An event that nobody keeps. */
    static EventWork passing(SessionMember member, EventKind kind, Object body) {
        return new EventWork(member, kind, body, null, null);
    }

    @Override
    public void run(Runnable done) {
        WhatsAppMdConsumer consumer = member.consumer();
        // See ConnectionWork: all exchanges of a consumer are made in this one way.
        Exchange exchange = consumer.createExchange(true);
        exchange.getMessage().setBody(body);
        EventHeaders.set(exchange.getMessage(), member, kind, body);
        if (delivery != null && receipt != null) {
            EventHeaders.set(exchange.getMessage(), delivery);
            exchange.getExchangeExtension().addOnCompletion(new Completion(member, receipt));
        }
        consumer.getAsyncProcessor().process(exchange, doneSync -> {
            try {
                if (receipt == null && exchange.getException() != null && !member.isTurnedAway(exchange)) {
                    consumer.getExceptionHandler()
                            .handleException("A route failed on a " + kind, exchange, exchange.getException());
                }
            } finally {
                done.run();
            }
        });
    }

    /** Nobody will have a look at it. */
    @Override
    public void dropped() {
        if (receipt != null) {
            receipt.returned();
        }
    }

    /** What came of the unit of work. */
    private static final class Completion extends SynchronizationAdapter {
        private final SessionMember member;
        private final DeliveryReceipt receipt;

        private Completion(SessionMember member, DeliveryReceipt receipt) {
            this.member = member;
            this.receipt = receipt;
        }

        @Override
        public void onDone(Exchange exchange) {
            // A rollback that was only marked is no failure for Camel.
            boolean rolledBack = exchange.isRollbackOnly() || exchange.isRollbackOnlyLast();
            if (member.isTurnedAway(exchange)) {
                receipt.returned();
            } else if (exchange.getException() != null) {
                receipt.failed(exchange.getException());
            } else if (rolledBack || exchange.isFailed()) {
                receipt.failed(new RollbackExchangeException(exchange));
            } else {
                receipt.completed();
            }
        }
    }
}
