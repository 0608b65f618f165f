package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener.Receipt;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/** One update as one exchange. */
final class ConnectionWork implements ExchangeLane.Work {
    private final SessionMember member;
    private final ConnectionUpdate update;
    private final @Nullable LastWord lastWord;

    ConnectionWork(SessionMember member, ConnectionUpdate update, Receipt receipt) {
        this.member = member;
        this.update = update;
        this.lastWord = update.closes() ? new LastWord(receipt, this::refused) : null;
    }

    @Override
    public void run(Runnable done) {
        WhatsAppMdConsumer consumer = member.consumer();
        // Released by Camel when the unit of work is done. All exchanges of a consumer have to be made in this one
        // way: the pool would take one that was made in the other way back twice.
        Exchange exchange = consumer.createExchange(true);
        exchange.getMessage().setBody(update);
        ConnectionHeaders.set(exchange.getMessage(), update);
        if (lastWord != null) {
            lastWord.listenTo(exchange);
        }
        AsyncCallback after = isBridged() ? bridge(exchange) : consumer.defaultConsumerCallback(exchange, true);
        consumer.getAsyncProcessor().process(exchange, doneSync -> {
            try {
                if (member.isTurnedAway(exchange)) {
                    exchange.setException(null);
                }
                after.done(doneSync);
            } finally {
                done.run();
            }
        });
    }

    @Override
    public void postponed() {
        if (lastWord != null) {
            lastWord.none();
        }
    }

    /** Only an end that nobody planned is an error. */
    private boolean isBridged() {
        return update.closes()
                && update.lastDisconnect() != null
                && !update.lastDisconnect().kind().planned()
                && member.endpoint().isBridgeErrorHandler();
    }

    private void refused(IllegalArgumentException e) {
        member.consumer()
                .getExceptionHandler()
                .handleException("A route's last word is ignored, what the options decide stands", e);
    }

    /**
     * Gives this very exchange to the route's error handler. Camel's own bridge gives it a copy with another body, and what
     * a handler says there never comes back.
     */
    private AsyncCallback bridge(Exchange exchange) {
        exchange.setException(DisconnectedException.of(update));
        exchange.setProperty(ExchangePropertyKey.ERRORHANDLER_BRIDGE, true);
        exchange.getExchangeExtension().setRedeliveryExhausted(true);
        // Nothing more after it: where the error handler leaves the exception on the exchange it has said so itself.
        return doneSync -> {};
    }
}
