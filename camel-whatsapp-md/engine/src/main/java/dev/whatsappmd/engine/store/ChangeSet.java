package dev.whatsappmd.engine.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes that become durable together or not at all. Later changes of the same row win. For one thread.
 */
public final class ChangeSet {
    private final List<Change> changes = new ArrayList<>();

    /** One row's new value, or its removal. */
    public record Change(Table table, String key, Optional<byte[]> value) {
        public Change {
            Objects.requireNonNull(table, "table");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(value, "value");
            if (key.isEmpty()) {
                throw new IllegalArgumentException("a row of " + table + " needs a key that is not empty");
            }
        }

        /** Never the value: it holds keys. */
        @Override
        public String toString() {
            return (value.isPresent() ? "put " : "delete ") + table.shown(key);
        }
    }

    public ChangeSet put(Table table, String key, byte[] value) {
        changes.add(new Change(table, key, Optional.of(value)));
        return this;
    }

    public ChangeSet delete(Table table, String key) {
        changes.add(new Change(table, key, Optional.empty()));
        return this;
    }

    /** Adds all changes of another set behind those of this one. */
    public ChangeSet addAll(ChangeSet other) {
        changes.addAll(other.changes);
        return this;
    }

    /** In the order they were added. */
    public List<Change> changes() {
        return List.copyOf(changes);
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }
}
