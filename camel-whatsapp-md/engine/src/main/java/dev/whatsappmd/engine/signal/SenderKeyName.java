package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.jid.Jid;
import java.util.Objects;

/** One device's key for one group (or {@code status@broadcast}). */
record SenderKeyName(Jid group, SignalAddress sender) {
    SenderKeyName {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(sender, "sender");
    }

    /** The key of its row: all of one user's stand together, so that they move together. */
    String rowKey() {
        return sender + "/" + group;
    }
}
