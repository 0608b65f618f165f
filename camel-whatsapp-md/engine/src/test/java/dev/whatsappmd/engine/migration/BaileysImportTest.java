package dev.whatsappmd.engine.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.GroupCipher;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.Passphrase;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that Baileys made, whole and damaged. */
class BaileysImportTest {
    private static final Path MADE = Path.of("src", "test", "resources", "baileys");

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void copyTheFolder() throws IOException {
        folder = Files.createDirectory(temporary.resolve("auth"));
        try (Stream<Path> files = Files.list(MADE.resolve("auth"))) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
    }

    @Test
    void movesTheAccountIn() throws Exception {
        JsonNode creds = json(folder.resolve("creds.json"));
        try (SessionStore store = newStore()) {
            assertThat(BaileysImport.run(folder, store, "moved"))
                    .isEqualTo(new BaileysImport.Result(9, 3, 3, 2, 2, 1, 1));
            try (StoredSession session = store.open("moved");
                    Snapshot snapshot = session.snapshot()) {
                Credentials moved = SessionRows.credentials(snapshot).orElseThrow();
                assertThat(moved.registered()).isTrue();
                Credentials.Account account = moved.account().orElseThrow();
                assertThat(account.id())
                        .isEqualTo(Jid.parse(creds.path("me").path("id").asText()));
                assertThat(account.lid())
                        .contains(Jid.parse(creds.path("me").path("lid").asText()));
                assertThat(account.platform()).isEqualTo("android");
                assertThat(account.primaryIdentityKey())
                        .isEqualTo(b64(creds.path("account")
                                .path("accountSignatureKey")
                                .asText()));
                assertThat(moved.identityKey().publicKey())
                        .isEqualTo(b64(creds.path("signedIdentityKey")
                                .path("public")
                                .path("data")
                                .asText()));
                assertThat(moved.registrationId())
                        .isEqualTo(creds.path("registrationId").asInt());
                assertThat(moved.nextPreKeyId()).isEqualTo(813);
                assertThat(SessionRows.preKeys(snapshot))
                        .extracting(PreKey::id, PreKey::uploaded)
                        .contains(tuple(12, true))
                        .hasSize(9);
                MessageRows.AppStateKey key = MessageRows.appStateKey(
                                snapshot, new byte[] {0, 0, (byte) 255, (byte) 255, 15, (byte) 254})
                        .orElseThrow();
                assertThat(key.keyData()).hasSize(32).containsOnly(9);
                // As Baileys encodes it.
                assertThat(key.fingerprint()).isEqualTo(b64("CIG8wZYLEAIaBAABrAI="));
                assertThat(key.timestamp()).isEqualTo(1796075670977L);
            }
        }
    }

    @Test
    void readsWhatWasWrittenToItAfterwards() throws Exception {
        try (SessionStore store =
                new SqliteSessionStore(temporary.resolve("store"), Optional.of(Passphrase.of("x y")))) {
            BaileysImport.run(folder, store, "moved");
            try (StoredSession session = store.open("moved")) {
                Credentials self;
                try (Snapshot snapshot = session.snapshot()) {
                    self = SessionRows.credentials(snapshot).orElseThrow();
                }
                SignalStore signal = new SignalStore(session::snapshot, () -> self, damage -> {});
                for (JsonNode message : json(MADE.resolve("later.json"))) {
                    assertThat(decrypt(signal, message))
                            .isEqualTo(message.path("text").asText());
                }
                assertThat(signal.lidOf("4915100000088")).contains("100000000000088");
                assertThat(signal.numberOf("100000000000088")).contains("4915100000088");
                SignalAddress silent = new SignalAddress("4915100000099", 0, 0);
                assertThat(signal.identity(silent)).isPresent();
                assertThat(new SessionCipher(signal, new SecureRandom())
                                .encrypt(silent, new byte[] {1})
                                .preKeyMessage())
                        .as("nobody has answered there")
                        .isTrue();
            }
        }
    }

    @Test
    void refusesASessionThatIsThere() {
        try (SessionStore store = newStore()) {
            BaileysImport.run(folder, store, "moved");
            assertThatExceptionOfType(MigrationException.class)
                    .isThrownBy(() -> BaileysImport.run(folder, store, "moved"))
                    .withMessage(
                            "session 'moved' has credentials already, which are not replaced: choose another name for"
                                    + " it; nothing was imported");
        }
    }

    @Test
    void refusesAFolderThatIsNotBaileys() throws IOException {
        Path other = Files.createDirectory(temporary.resolve("photos"));
        assertRefused(
                other,
                other + " is not an auth folder of Baileys: it has no creds.json. Name the folder that was"
                        + " given to useMultiFileAuthState; nothing was imported");
        Files.writeString(other.resolve("creds.json"), "{\"user\": 1}");
        assertRefused(
                other,
                other.resolve("creds.json")
                        + " cannot be used: signedIdentityKey (private) is missing: put back a whole"
                        + " copy of the folder; nothing was imported");
    }

    @Test
    void refusesAnAccountThatIsNotLinked() throws IOException {
        Path creds = folder.resolve("creds.json");
        Files.writeString(creds, Files.readString(creds).replace("\"me\":", "\"you\":"));
        assertRefused(
                folder,
                creds
                        + " cannot be used: it is not linked to an account (me and account are missing): put back a whole copy"
                        + " of the folder; nothing was imported");
    }

    @Test
    void refusesEveryFileThatIsHalfWritten() throws IOException {
        for (Path file : files()) {
            String name = file.getFileName().toString();
            if (name.startsWith("device-list")) {
                continue;
            }
            byte[] whole = Files.readAllBytes(file);
            for (int length : new int[] {0, whole.length / 2, whole.length - 1}) {
                Files.write(file, Arrays.copyOf(whole, length));
                assertThatExceptionOfType(MigrationException.class)
                        .as("%s cut to %d", name, length)
                        .isThrownBy(() -> BaileysImport.run(folder, newStore(), "moved"))
                        .withMessageContaining("as after a write that was cut off")
                        .withMessageEndingWith("; nothing was imported")
                        .withMessageNotContainingAny("4915100000", "10000000000008");
            }
            Files.write(file, whole);
        }
        assertNothingImported();
    }

    @Test
    void refusesKeysThatDoNotBelongTogether() throws IOException {
        Path one = folder.resolve("pre-key-1.json");
        Files.copy(folder.resolve("pre-key-2.json"), temporary.resolve("other.json"));
        String mine = Files.readString(one);
        String other = Files.readString(temporary.resolve("other.json"));
        Files.writeString(
                one, mine.substring(0, mine.indexOf("\"public\"")) + other.substring(other.indexOf("\"public\"")));
        assertRefused(
                folder,
                one
                        + " cannot be used: the two halves of the pre-key do not belong together: put back a whole copy of the"
                        + " folder; nothing was imported");
    }

    @Test
    void refusesASignedPreKeyOfAnotherIdentity() throws IOException {
        Path creds = folder.resolve("creds.json");
        String text = Files.readString(creds);
        String signature =
                json(creds).path("signedPreKey").path("signature").path("data").asText();
        byte[] changed = b64(signature);
        changed[3] ^= 1;
        Files.writeString(creds, text.replace(signature, Base64.getEncoder().encodeToString(changed)));
        assertRefused(
                folder,
                creds
                        + " cannot be used: the signature of signedPreKey was not made with signedIdentityKey: put back a whole"
                        + " copy of the folder; nothing was imported");
    }

    @Test
    void readsBytesInAllTheirForms() throws Exception {
        byte[] expected = {1, (byte) 200, 3};
        for (String form : List.of(
                "{\"type\":\"Buffer\",\"data\":\"AcgD\"}",
                "{\"type\":\"Buffer\",\"data\":[1,200,3]}",
                "{\"0\":1,\"1\":200,\"2\":3}",
                "\"AcgD\"")) {
            assertThat(BaileysJson.bytes(new ObjectMapper().readTree(form), "x"))
                    .isEqualTo(expected);
        }
        for (String form : List.of("{}", "7", "null", "[1,256]", "\"?\"", "{\"0\":1,\"2\":3}")) {
            assertThatExceptionOfType(BaileysJson.Malformed.class)
                    .isThrownBy(() -> BaileysJson.bytes(new ObjectMapper().readTree(form), "x"));
        }
    }

    private static String decrypt(SignalStore signal, JsonNode message) throws Exception {
        String[] name = message.path("from").asText().split("[_.]");
        SignalAddress from = new SignalAddress(
                name[0], name.length == 3 ? Integer.parseInt(name[1]) : 0, Integer.parseInt(name[name.length - 1]));
        byte[] bytes = b64(message.path("ciphertext").asText());
        byte[] plaintext = message.path("type").asText().equals("skmsg")
                ? new GroupCipher(signal, new SecureRandom())
                        .decrypt(Jid.parse(message.path("group").asText()), from, bytes)
                : new SessionCipher(signal, new SecureRandom())
                        .decryptMessage(from, bytes)
                        .plaintext();
        return new String(plaintext, StandardCharsets.UTF_8);
    }

    private void assertRefused(Path from, String message) {
        try (SessionStore store = newStore()) {
            assertThatExceptionOfType(MigrationException.class)
                    .isThrownBy(() -> BaileysImport.run(from, store, "moved"))
                    .withMessage(message);
        }
        assertNothingImported();
    }

    private void assertNothingImported() {
        try (SessionStore store = newStore();
                StoredSession session = store.open("moved");
                Snapshot snapshot = session.snapshot()) {
            for (Table table : Table.values()) {
                assertThat(snapshot.count(table)).as(table.name()).isZero();
            }
        }
    }

    private SessionStore newStore() {
        return new SqliteSessionStore(temporary.resolve("store"));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readString(file));
    }

    private static byte[] b64(String text) {
        return Base64.getDecoder().decode(text);
    }
}
