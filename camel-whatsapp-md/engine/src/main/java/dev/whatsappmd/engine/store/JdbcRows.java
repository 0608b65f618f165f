package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.ChangeSet.Change;
import dev.whatsappmd.engine.store.Snapshot.Row;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One session's rows in the table {@code entry}, values encrypted or not, within the caller's transaction. */
final class JdbcRows {
    /** Rows that the driver keeps in memory while all of them are read. */
    private static final int FETCH = 500;

    private final String table;
    private final String sessionId;
    private final RowCipher cipher;
    private final JdbcTrouble trouble;

    JdbcRows(String schema, String sessionId, RowCipher cipher, JdbcTrouble trouble) {
        this.table = schema + ".entry";
        this.sessionId = sessionId;
        this.cipher = cipher;
        this.trouble = trouble;
    }

    /** Is told of a row. */
    @FunctionalInterface
    interface RowVisitor {
        void row(Place place, Stored stored);
    }

    /** A value as it is stored. */
    record Stored(byte[] value, int checksum) {}

    /** Where a row is. */
    record Place(String kind, String key) {}

    /** What is to be in each place: the last change of it; null removes the row. */
    static Map<Place, byte @Nullable []> last(ChangeSet changes) {
        Map<Place, byte @Nullable []> last = new LinkedHashMap<>();
        for (Change change : changes.changes()) {
            if (change.key().indexOf('\0') >= 0) {
                throw new IllegalArgumentException(
                        "a key of " + change.table() + " has a NUL character, which PostgreSQL cannot store");
            }
            last.put(
                    new Place(change.table().name(), change.key()),
                    change.value().orElse(null));
        }
        return last;
    }

    Optional<byte[]> get(Connection connection, Table kind, String key) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT value, checksum FROM " + table + " WHERE session = ? AND kind = ? AND key = ?")) {
            query.setString(1, sessionId);
            query.setString(2, kind.name());
            query.setString(3, key);
            try (ResultSet result = query.executeQuery()) {
                return result.next()
                        ? Optional.of(
                                value(new Place(kind.name(), key), new Stored(result.getBytes(1), result.getInt(2))))
                        : Optional.empty();
            }
        }
    }

    /** What these places hold now, damaged or not; those that hold nothing are not in the map. */
    Map<Place, Stored> stored(Connection connection, Collection<Place> places) throws SQLException {
        Map<Place, Stored> found = new HashMap<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT e.kind, e.key, e.value, e.checksum FROM "
                + table + " e JOIN unnest(?, ?) AS wanted (kind, key) ON e.kind = wanted.kind AND e.key = wanted.key"
                + " WHERE e.session = ?")) {
            query.setArray(1, connection.createArrayOf("text", kinds(places)));
            query.setArray(2, connection.createArrayOf("text", keys(places)));
            query.setString(3, sessionId);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    found.put(
                            new Place(result.getString(1), result.getString(2)),
                            new Stored(result.getBytes(3), result.getInt(4)));
                }
            }
        }
        return found;
    }

    /** @param changes what is to be in each place; null removes the row */
    void write(Connection connection, Map<Place, byte @Nullable []> changes) throws SQLException {
        Map<Place, @Nullable Stored> sealed = new LinkedHashMap<>();
        changes.forEach((place, value) -> sealed.put(place, value == null ? null : seal(place, value)));
        store(connection, sealed);
    }

    private Stored seal(Place place, byte[] value) {
        byte[] stored = cipher.seal(place.kind(), place.key(), value);
        return new Stored(stored, RowFormat.checksum(place.kind(), place.key(), stored, 0));
    }

    /** One statement for all that is put and one for all that is removed. */
    void store(Connection connection, Map<Place, @Nullable Stored> changes) throws SQLException {
        List<Place> gone = new ArrayList<>();
        List<Place> put = new ArrayList<>();
        List<byte[]> values = new ArrayList<>();
        List<Integer> checksums = new ArrayList<>();
        changes.forEach((place, stored) -> {
            if (stored == null) {
                gone.add(place);
            } else {
                put.add(place);
                values.add(stored.value());
                checksums.add(stored.checksum());
            }
        });
        if (!gone.isEmpty()) {
            try (PreparedStatement delete = connection.prepareStatement("DELETE FROM " + table
                    + " e USING unnest(?, ?) AS gone (kind, key)"
                    + " WHERE e.session = ? AND e.kind = gone.kind AND e.key = gone.key")) {
                delete.setArray(1, connection.createArrayOf("text", kinds(gone)));
                delete.setArray(2, connection.createArrayOf("text", keys(gone)));
                delete.setString(3, sessionId);
                delete.executeUpdate();
            }
        }
        if (!put.isEmpty()) {
            try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO " + table
                    + " (session, kind, key, value, checksum) SELECT ?, fresh.* FROM unnest(?, ?, ?, ?) AS fresh"
                    + " ON CONFLICT (session, kind, key) DO UPDATE"
                    + " SET value = excluded.value, checksum = excluded.checksum")) {
                upsert.setString(1, sessionId);
                upsert.setArray(2, connection.createArrayOf("text", kinds(put)));
                upsert.setArray(3, connection.createArrayOf("text", keys(put)));
                upsert.setArray(4, connection.createArrayOf("bytea", values.toArray(byte[][]::new)));
                upsert.setArray(5, connection.createArrayOf("int4", checksums.toArray()));
                upsert.executeUpdate();
            }
        }
    }

    /** What can still be had of a row, whole or not. */
    Optional<byte[]> raw(Connection connection, Table kind, String key) throws SQLException {
        Place place = new Place(kind.name(), key);
        return Optional.ofNullable(stored(connection, List.of(place)).get(place))
                .map(stored -> cipher.openOrKeep(place.kind(), key, stored.value()));
    }

    List<String> keys(Connection connection, Table kind, String after, int limit) throws SQLException {
        List<String> keys = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT key FROM " + table + " WHERE session = ? AND kind = ? AND key > ? ORDER BY key LIMIT ?")) {
            query.setString(1, sessionId);
            query.setString(2, kind.name());
            query.setString(3, after);
            query.setInt(4, limit);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    keys.add(result.getString(1));
                }
            }
        }
        return keys;
    }

    List<Row> scan(Connection connection, Table kind, String after, int limit) throws SQLException {
        List<Row> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT key, value, checksum FROM " + table
                + " WHERE session = ? AND kind = ? AND key > ? ORDER BY key LIMIT ?")) {
            query.setString(1, sessionId);
            query.setString(2, kind.name());
            query.setString(3, after);
            query.setInt(4, limit);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    Place place = new Place(kind.name(), result.getString(1));
                    rows.add(new Row(place.key(), value(place, new Stored(result.getBytes(2), result.getInt(3)))));
                }
            }
        }
        return rows;
    }

    long count(Connection connection, Table kind) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT count(*) FROM " + table + " WHERE session = ? AND kind = ?")) {
            query.setString(1, sessionId);
            query.setString(2, kind.name());
            try (ResultSet result = query.executeQuery()) {
                return result.next() ? result.getLong(1) : 0;
            }
        }
    }

    boolean any(Connection connection) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT FROM " + table + " WHERE session = ? LIMIT 1")) {
            query.setString(1, sessionId);
            try (ResultSet result = query.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Tells of every row of the session, with its value as it is stored. */
    void forEachStored(Connection connection, RowVisitor visitor) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT kind, key, value, checksum FROM " + table + " WHERE session = ? ORDER BY kind, key")) {
            query.setFetchSize(FETCH);
            query.setString(1, sessionId);
            try (ResultSet result = query.executeQuery()) {
                while (result.next()) {
                    Place place = new Place(result.getString(1), result.getString(2));
                    visitor.row(place, new Stored(result.getBytes(3), result.getInt(4)));
                }
            }
        }
    }

    /** @throws SessionStoreException {@code CORRUPT}, {@code NEWER} */
    byte[] value(Place place, Stored stored) {
        byte[] intact = intact(place, stored);
        try {
            return cipher.open(place.kind(), place.key(), intact);
        } catch (SessionStoreException e) {
            throw trouble.of(e);
        }
    }

    /** @throws SessionStoreException {@code CORRUPT} */
    byte[] intact(Place place, Stored stored) {
        if (RowFormat.checksum(place.kind(), place.key(), stored.value(), 0) != stored.checksum()) {
            throw trouble.corrupt(
                    "the checksum of the row " + Table.shown(place.kind(), place.key()) + " does not match");
        }
        return stored.value();
    }

    private static Object[] kinds(Collection<Place> places) {
        return places.stream().map(Place::kind).toArray();
    }

    private static Object[] keys(Collection<Place> places) {
        return places.stream().map(Place::key).toArray();
    }
}
