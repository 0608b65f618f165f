package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorePassphraseTest extends StorePassphraseContract {
    @TempDir
    Path directory;

    @Override
    SessionStore newStore(Optional<Passphrase> passphrase) {
        return new SqliteSessionStore(directory, passphrase);
    }

    @Override
    void change(Optional<Passphrase> from, Optional<Passphrase> to) {
        try (SqliteSessionStore store = new SqliteSessionStore(directory, from)) {
            store.changePassphrase("shop", to);
        }
    }

    @Override
    List<byte[]> stolen() throws Exception {
        List<byte[]> values = new ArrayList<>();
        try (Connection connection = SqliteConnections.reader(directory.resolve("shop.db"));
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT value FROM entry ORDER BY kind, key")) {
            while (result.next()) {
                values.add(result.getBytes(1));
            }
        }
        return values;
    }

    @Override
    void swap(String from, String to) throws Exception {
        try (Connection connection = SqliteConnections.writer(directory.resolve("shop.db"));
                var query = connection.prepareStatement("SELECT value FROM entry WHERE key = ?");
                var update = connection.prepareStatement("UPDATE entry SET value = ?, checksum = ? WHERE key = ?")) {
            query.setString(1, from);
            byte[] value;
            try (ResultSet result = query.executeQuery()) {
                result.next();
                value = result.getBytes(1);
            }
            update.setBytes(1, value);
            update.setInt(2, RowFormat.checksum(Table.PRE_KEYS.name(), to, value, 0));
            update.setString(3, to);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }
}
