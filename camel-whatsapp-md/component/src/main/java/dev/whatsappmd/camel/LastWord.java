package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.SessionListener.Receipt;
import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.SynchronizationAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a route says about a close, when the exchange's unit of work is done: behind a {@code seda} that is when the
 * route there has ended.
 */
final class LastWord extends SynchronizationAdapter {
    private static final String HEADER = WhatsAppMdConstants.RECONNECT_ACTION;

    private final Receipt receipt;
    private final Consumer<IllegalArgumentException> refused;
    private final AtomicBoolean given = new AtomicBoolean();
    private @Nullable String told;

    /** @param refused is told of a word that is no action; what the options decide stands then */
    LastWord(Receipt receipt, Consumer<IllegalArgumentException> refused) {
        this.receipt = receipt;
        this.refused = refused;
    }

    /** To be called when the headers are set, before the exchange is processed. */
    void listenTo(Exchange exchange) {
        Message message = exchange.getMessage();
        String action = message.getHeader(HEADER, String.class);
        if (action != null) {
            // An own instance, known again by its identity: a route that sets the very word it was told means it too.
            // "park" from a policy that parks for 30 s is not the "park" of a route that waits to be asked.
            told = new String(action);
            message.setHeader(HEADER, told);
        }
        exchange.getExchangeExtension().addOnCompletion(this);
    }

    /** The route is not asked any more. */
    void none() {
        give(Optional.empty());
    }

    @Override
    public void onDone(Exchange exchange) {
        Object word = exchange.getMessage().getHeader(HEADER);
        if (word == null || word == told) {
            none();
            return;
        }
        ReconnectDirective directive;
        try {
            directive = ReconnectDirective.parse(HEADER, word.toString());
        } catch (IllegalArgumentException e) {
            none();
            refused.accept(e);
            return;
        }
        give(Optional.of(directive));
    }

    private void give(Optional<ReconnectDirective> word) {
        if (given.compareAndSet(false, true)) {
            receipt.complete(word);
        }
    }
}
