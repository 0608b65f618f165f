package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.DeliveryRows;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a session reads from its store and writes to it, and what it has taken in and not written yet. Every method throws
 * {@link SessionStoreException}. Belongs to the session's thread.
 */
final class SessionStorage {
    private static final int PAGE = 200;

    private final StoredSession stored;
    private final Intake intake;

    SessionStorage(StoredSession stored, Intake intake) {
        this.stored = stored;
        this.intake = intake;
    }

    /** See {@link StoredSession#fencingToken()}. */
    long owner() {
        return stored.fencingToken();
    }

    /** The device's identity; one that has none yet gets one, and it is durable when this returns. */
    Credentials loadOrBegin(RandomGenerator random) {
        try (Snapshot snapshot = stored.snapshot()) {
            Optional<Credentials> known = SessionRows.credentials(snapshot);
            if (known.isPresent()) {
                return known.get();
            }
        }
        Credentials fresh = NewCredentials.generate(random);
        stored.commit(SessionRows.putCredentials(new ChangeSet(), fresh));
        return fresh;
    }

    void save(ChangeSet changes) {
        stored.commit(changes);
        intake.reread();
    }

    void replaceIdentity(Credentials fresh, Instant now) {
        intake.rollBack();
        ChangeSet changes = new ChangeSet();
        try (Snapshot snapshot = stored.snapshot()) {
            SessionRows.replaceIdentity(snapshot, changes, fresh, now);
        }
        stored.commit(changes);
        intake.reset();
    }

    Input.PreKeysLoaded loadPreKeys(long epoch) {
        try (Snapshot snapshot = stored.snapshot()) {
            return new Input.PreKeysLoaded(
                    epoch, SessionRows.preKeys(snapshot), SessionRows.newestPreKeyExists(snapshot));
        }
    }

    // ---- what was taken in

    Taken take(Node stanza, Self self) {
        return intake.take(stanza, self);
    }

    void forgetTaken() {
        intake.rollBack();
    }

    void saveTaken(Effect.SaveTaken save) {
        ChangeSet changes = new ChangeSet().addAll(save.changes());
        save.credentials().ifPresent(credentials -> SessionRows.putCredentials(changes, credentials));
        try {
            intake.addTo(changes);
            stored.commit(changes);
        } catch (RuntimeException e) {
            intake.rollBack();
            throw e;
        }
        intake.committed();
    }

    // ---- the log of pending deliveries

    Object event(PendingDelivery delivery) {
        return intake.event(delivery);
    }

    Input.DeliveriesLoaded loadDeliveries(Effect.LoadDeliveries load) {
        try (Snapshot snapshot = stored.snapshot()) {
            return new Input.DeliveriesLoaded(
                    DeliveryRows.pending(snapshot, load.after(), load.limit()),
                    DeliveryRows.firstKey(owner()),
                    snapshot.count(Table.PENDING_DELIVERIES),
                    snapshot.count(Table.FAILED_DELIVERIES));
        }
    }

    /** @return how many deliveries that were given up are pending again */
    long takeUp() {
        long count = 0;
        String after = "";
        DeliveryRows.Page page;
        do {
            try (Snapshot snapshot = stored.snapshot()) {
                page = DeliveryRows.failed(snapshot, after, PAGE);
            }
            ChangeSet changes = new ChangeSet();
            page.rows().forEach(delivery -> DeliveryRows.takeUp(changes, delivery));
            stored.commit(changes);
            count += page.rows().size();
            after = page.last();
        } while (page.full());
        return count;
    }

    // ---- owning it

    Optional<Duration> renewEvery() {
        return stored.renewEvery();
    }

    void renew() {
        stored.renew();
    }

    void close() {
        stored.close();
    }
}
