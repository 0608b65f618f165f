package dev.whatsappmd.engine.store;

import java.util.List;
import java.util.Optional;

/**
 * A consistent view of one session's rows: later commits do not change it. Close it soon. For one thread.
 *
 * <p>Every method throws {@link SessionStoreException} when the store cannot be read.
 */
public interface Snapshot extends AutoCloseable {
    /** One row of a scan. */
    record Row(String key, byte[] value) {}

    Optional<byte[]> get(Table table, String key);

    /**
     * Rows in the order of their keys: by code point, which is also the order of their UTF-8 bytes.
     *
     * @param after only keys greater than this one; {@code ""} from the first
     * @param limit at most so many, at least 1
     */
    List<Row> scan(Table table, String after, int limit);

    /**
     * The keys of a scan without their values, so that a row which is damaged is in no other row's way. A store whose
     * {@link #scan} looks at the values overrides this.
     */
    default List<String> keys(Table table, String after, int limit) {
        return scan(table, after, limit).stream().map(Row::key).toList();
    }

    /**
     * What is stored as it is, whole or not, to be put aside. A store whose {@link #get} refuses damaged rows overrides
     * this.
     */
    default Optional<byte[]> raw(Table table, String key) {
        return get(table, key);
    }

    /** How many rows the table has for this session. */
    long count(Table table);

    @Override
    void close();
}
