package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.message.MessageIntake;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.message.StoredMessage;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.DamagedRow;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.StoredSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server sends, read with the Signal keys of a stored session. */
final class StoreIntake implements Intake {
    private static final Logger LOG = LoggerFactory.getLogger(StoreIntake.class);

    private final StoredSession stored;
    private final SignalStore signal;
    private @Nullable MessageIntake messages;
    private SignalStore.@Nullable Reading reading;
    private @Nullable Credentials credentials;

    StoreIntake(StoredSession stored) {
        this.stored = stored;
        this.signal = new SignalStore(stored::snapshot, this::present, this::damaged);
    }

    private Credentials present() {
        if (credentials == null) {
            throw new IllegalStateException("nothing was taken in yet");
        }
        return credentials;
    }

    private void damaged(DamagedRow row) {
        LOG.warn(
                "session {}: the row {} of the store cannot be read and is put aside: {}",
                stored.sessionId(),
                row.shownKey(),
                row.why());
    }

    /** All stanzas of one commit share one view of the store. */
    @Override
    public Taken take(Node stanza, Self self) {
        credentials = self.credentials();
        if (reading == null) {
            reading = signal.reading();
        }
        if (messages == null) {
            messages = new MessageIntake(signal, stored::snapshot);
        }
        Taken taken = messages.take(stanza, self);
        credentials = taken.credentials().orElse(credentials);
        return taken;
    }

    @Override
    public void addTo(ChangeSet changes) {
        signal.drainTo(changes);
    }

    @Override
    public void committed() {
        signal.committed();
        reread();
    }

    @Override
    public void rollBack() {
        // What it remembers beside the store may be ahead of it.
        messages = null;
        signal.rollBack();
        reread();
    }

    @Override
    public void reset() {
        messages = null;
        signal.reset();
        reread();
    }

    @Override
    public void reread() {
        if (reading != null) {
            reading.close();
            reading = null;
        }
    }

    @Override
    public Object event(PendingDelivery delivery) {
        return switch (delivery.kind()) {
            case MESSAGE -> StoredMessage.decode(delivery.content()).toEvent();
            case CONNECTION, HISTORY, RECEIPT, PRESENCE, CALL ->
                throw new IllegalArgumentException("nothing of the kind " + delivery.kind() + " is kept");
        };
    }
}
