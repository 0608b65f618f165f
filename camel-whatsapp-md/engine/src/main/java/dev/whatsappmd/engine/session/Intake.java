package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.ChangeSet;

/**
 * Reads what the server sends, with the keys that the store has. What it changes is remembered until it is durable or
 * forgotten. Belongs to the session's thread.
 */
interface Intake {
    /**
     * Reads one stanza. What follows sees what this one changed, durable or not.
     *
     * @throws dev.whatsappmd.engine.store.SessionStoreException the store cannot be read
     */
    Taken take(Node stanza, Self self);

    /** Adds all that was changed and is not durable yet. */
    void addTo(ChangeSet changes);

    /** What was added is durable. */
    void committed();

    /** What is not durable counts as not taken; the next stanza sees the store as it is. */
    void rollBack();

    /** The store was written to by others of this session: the next stanza is read with what it has now. */
    void reread();

    /** Another identity is in the store: nothing that was read before counts. */
    void reset();

    /**
     * What a listener gets of a pending delivery.
     *
     * @throws IllegalArgumentException its content makes no sense
     */
    Object event(PendingDelivery delivery);
}
