package dev.whatsappmd.engine.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Stores all values of a SQLite database in another way, within the caller's transaction. */
final class SqliteResealing {
    private SqliteResealing() {}

    private record Stored(String kind, String key, byte[] value) {}

    static void run(Connection connection, RowCipher from, RowCipher to) throws SQLException {
        List<Stored> rows = new ArrayList<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT kind, key, value FROM entry");
                ResultSet result = query.executeQuery()) {
            while (result.next()) {
                rows.add(new Stored(result.getString(1), result.getString(2), result.getBytes(3)));
            }
        }
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE entry SET value = ?, checksum = ? WHERE kind = ? AND key = ?")) {
            for (Stored row : rows) {
                byte[] value = to.seal(row.kind(), row.key(), from.open(row.kind(), row.key(), row.value()));
                update.setBytes(1, value);
                update.setInt(2, RowFormat.checksum(row.kind(), row.key(), value, 0));
                update.setString(3, row.kind());
                update.setString(4, row.key());
                update.addBatch();
            }
            update.executeBatch();
        }
    }
}
