package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.MessageRows.Retry;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How often each message that could not be read has been asked for again. Kept in the store, so that a restart does not
 * begin to count anew; bounded, the one asked for longest ago is forgotten first.
 */
final class Retries {
    /** How often a message is asked for again (Baileys {@code maxMsgRetryCount}). */
    static final int LIMIT = 5;
    /** How many messages are remembered. */
    static final int MAX_REMEMBERED = 1000;

    /** The one asked for longest ago first. */
    private final Map<String, Retry> retries = new LinkedHashMap<>();

    Retries(Snapshot stored) {
        MessageRows.retries(stored).stream()
                .sorted(Comparator.comparing(Retry::at))
                .forEach(retry -> retries.put(retry.message(), retry));
    }

    /** The message in the store: a hash, as it would name the chat and the sender. */
    private static String name(Envelope envelope) {
        return DeliveryIds.of(
                DeliveryIds.part("retry"),
                DeliveryIds.part(envelope.chat().toString()),
                DeliveryIds.part(envelope.sender().toString()),
                DeliveryIds.part(envelope.id()));
    }

    /**
     * Counts one more.
     *
     * @param said how often the sender says that it was encrypted before; counts when it is more than is known here
     * @return from 1 to {@link #LIMIT}, or empty when it was asked for often enough
     */
    OptionalInt next(Envelope envelope, OptionalInt said, Self self, ChangeSet changes) {
        String name = name(envelope);
        int before = Math.max(
                said.orElse(0), retries.containsKey(name) ? retries.get(name).count() : 0);
        if (before >= LIMIT) {
            return OptionalInt.empty();
        }
        Retry next = new Retry(name, before + 1, self.now());
        retries.remove(name);
        retries.put(name, next);
        MessageRows.putRetry(changes, next);
        for (Iterator<String> oldest = retries.keySet().iterator(); retries.size() > MAX_REMEMBERED; ) {
            MessageRows.deleteRetry(changes, oldest.next());
            oldest.remove();
        }
        return OptionalInt.of(next.count());
    }

    /** It was read at last. */
    void done(Envelope envelope, ChangeSet changes) {
        String name = name(envelope);
        if (retries.remove(name) != null) {
            MessageRows.deleteRetry(changes, name);
        }
    }

    int remembered() {
        return retries.size();
    }
}
