package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.store.Snapshot;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Opens a snapshot when a row has to be read, one for all reads of a piece of work. */
final class RowReader {
    private final Supplier<Snapshot> snapshots;
    private int depth;
    private @Nullable Snapshot open;

    RowReader(Supplier<Snapshot> snapshots) {
        this.snapshots = snapshots;
    }

    /** The reads until it is closed share one snapshot, which is opened at the first of them. */
    SignalStore.Reading scope() {
        depth++;
        return () -> {
            if (--depth == 0) {
                closeSnapshot();
            }
        };
    }

    <T> T read(Function<Snapshot, T> reading) {
        try (SignalStore.Reading ignored = scope()) {
            if (open == null) {
                open = snapshots.get();
            }
            return reading.apply(open);
        }
    }

    /** The next read sees what was committed meanwhile. */
    void closeSnapshot() {
        Snapshot snapshot = open;
        open = null;
        if (snapshot != null) {
            snapshot.close();
        }
    }
}
