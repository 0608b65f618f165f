package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.postgres.Postgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbcStorePassphraseTest extends StorePassphraseContract {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    private String schema;

    @BeforeEach
    void choosePlace() {
        schema = POSTGRES.newSchema();
    }

    @Override
    SessionStore newStore(Optional<Passphrase> passphrase) {
        return new JdbcSessionStore(POSTGRES.dataSource(), schema, Duration.ofMinutes(5), passphrase);
    }

    @Override
    void change(Optional<Passphrase> from, Optional<Passphrase> to) {
        try (JdbcSessionStore store = (JdbcSessionStore) newStore(from)) {
            store.changePassphrase("shop", to);
        }
    }

    @Override
    List<byte[]> stolen() throws Exception {
        List<byte[]> values = new ArrayList<>();
        try (Connection connection = POSTGRES.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT value FROM " + schema + ".entry ORDER BY kind, key")) {
            while (result.next()) {
                values.add(result.getBytes(1));
            }
        }
        return values;
    }

    @Override
    void swap(String from, String to) throws Exception {
        try (Connection connection = POSTGRES.dataSource().getConnection();
                var query = connection.prepareStatement("SELECT value FROM " + schema + ".entry WHERE key = ?");
                var update = connection.prepareStatement(
                        "UPDATE " + schema + ".entry SET value = ?, checksum = ? WHERE key = ?")) {
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
