package dev.whatsappmd.engine.migration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.migration.BaileysJson.Malformed;
import dev.whatsappmd.engine.proto.e2e.Message.AppStateSyncKeyFingerprint;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SignalRows;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Moves an account in from the folder of Baileys' {@code useMultiFileAuthState} (seen with 7.0.0-rc14), so that it goes on
 * here without a new scan: identity, account, pre-keys, Signal sessions, identities of others, sender keys, LIDs, keys of
 * the app state. All of it
 * is read and checked first and saved in one commit; the folder stays as it is.
 *
 * <p>Stop Baileys before and never start it on that folder again: two that write in the same Signal sessions lose
 * messages, and two connections of one device end each other.
 */
public final class BaileysImport {
    private static final String CREDENTIALS = "creds.json";
    private static final Pattern NAME = Pattern.compile("(pre-key|session|identity-key|sender-key-memory|sender-key"
            + "|lid-mapping|app-state-sync-key|app-state-sync-version|device-list|tctoken)-(.+)\\.json");
    private static final Pattern ADDRESS = Pattern.compile("[^./_]+(_[0-9]{1,3})?\\.[0-9]{1,5}");

    /** {@code group::user[_domain]::device}; a colon is written as {@code -}, a slash as {@code __}. */
    private static final Pattern SENDER_KEY = Pattern.compile("(.+@[a-z.]+)--([^./_]+(?:_[0-9]{1,3})?)--([0-9]{1,5})");

    private static final int APP_STATE_KEY_LENGTH = 32;

    private static final Pattern LID = Pattern.compile("([0-9]+)(_reverse)?");

    private final Path folder;
    private final ChangeSet changes = new ChangeSet();
    private final Set<String> identities = new TreeSet<>();
    private final TreeMap<String, byte[]> identitiesOfSessions = new TreeMap<>();
    private int preKeys;
    private int sessions;
    private int senderKeys;
    private int lidMappings;
    private int appStateKeys;
    private int leftBehind;

    private BaileysImport(Path folder) {
        this.folder = folder;
    }

    /**
     * What was moved in.
     *
     * @param leftBehind files of kinds that this version has no use for: device lists, tokens, versions of the app state
     */
    public record Result(
            int preKeys,
            int sessions,
            int identities,
            int senderKeys,
            int lidMappings,
            int appStateKeys,
            int leftBehind) {}

    /**
     * Reads the folder and saves the account as this session.
     *
     * @throws MigrationException the folder is not one of Baileys, not linked, or a file of it is damaged; or the session
     *     has credentials already. Nothing was imported
     * @throws dev.whatsappmd.engine.store.SessionStoreException the session could not be opened or saved
     */
    public static Result run(Path folder, SessionStore store, String sessionId) {
        BaileysImport reading = new BaileysImport(folder);
        reading.read();
        try (StoredSession session = store.open(sessionId)) {
            try (Snapshot snapshot = session.snapshot()) {
                if (SessionRows.credentials(snapshot).isPresent()) {
                    throw new MigrationException("session '" + sessionId
                            + "' has credentials already, which are not replaced: choose another name for it");
                }
            }
            session.commit(reading.changes);
        }
        return new Result(
                reading.preKeys,
                reading.sessions,
                reading.identities.size(),
                reading.senderKeys,
                reading.lidMappings,
                reading.appStateKeys,
                reading.leftBehind);
    }

    private void read() {
        Path credentialsFile = folder.resolve(CREDENTIALS);
        if (!Files.isRegularFile(credentialsFile)) {
            throw new MigrationException(folder + " is not an auth folder of Baileys: it has no " + CREDENTIALS
                    + ". Name the folder that was" + " given to useMultiFileAuthState");
        }
        try {
            JsonNode json = parse(CREDENTIALS);
            int firstNotUploaded = checked(CREDENTIALS, () -> {
                Instant since = Files.getLastModifiedTime(credentialsFile).toInstant();
                Credentials credentials = BaileysCredentials.read(json, since);
                SessionRows.putCredentials(changes, credentials);
                return BaileysCredentials.firstNotUploaded(json);
            });
            for (String name : names()) {
                Matcher parts = NAME.matcher(name);
                if (parts.matches()) {
                    checked(name, () -> read(name, parts.group(1), parts.group(2), firstNotUploaded));
                }
            }
        } catch (IOException e) {
            throw new MigrationException(
                    folder + " cannot be read (" + e.getClass().getSimpleName() + "): check the rights of this user");
        }
        identitiesOfSessions.forEach((address, identity) -> {
            if (identities.add(address)) {
                SignalRows.put(changes, Table.IDENTITIES, address, identity);
            }
        });
    }

    /** In a fixed order, so that the same folder gives the same rows. */
    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals(CREDENTIALS))
                    .sorted()
                    .toList();
        }
    }

    private boolean read(String file, String kind, String id, int firstNotUploaded) throws Malformed, IOException {
        switch (kind) {
            case "pre-key" -> preKey(parse(file), id, firstNotUploaded);
            case "session" -> session(parse(file), address(id));
            case "identity-key" -> {
                byte[] identity = BaileysJson.publicKey(parse(file), "the identity key");
                SignalRows.put(changes, Table.IDENTITIES, address(id), identity);
                identities.add(id);
            }
            case "sender-key" -> senderKey(parse(file), id);
            case "lid-mapping" -> lidMapping(parse(file), id);
            case "app-state-sync-key" -> appStateKey(parse(file), id);
            default -> leftBehind++;
        }
        return true;
    }

    private void preKey(JsonNode json, String id, int firstNotUploaded) throws Malformed {
        if (!id.matches("[0-9]{1,8}") || Integer.parseInt(id) < 1 || Integer.parseInt(id) > PreKey.MAX_ID) {
            throw new Malformed("its name has no number of a pre-key");
        }
        int number = Integer.parseInt(id);
        PreKey preKey = new PreKey(
                number,
                BaileysJson.keyPair(json.path("private"), json.path("public"), "the pre-key"),
                number < firstNotUploaded);
        SessionRows.putPreKeys(changes, List.of(preKey));
        preKeys++;
    }

    private void session(JsonNode json, String address) throws Malformed {
        SignalRows.put(changes, Table.SESSIONS, address, BaileysSessions.session(json));
        byte[] identity = BaileysSessions.remoteIdentity(json);
        if (identity.length > 0) {
            identitiesOfSessions.put(address, identity);
        }
        sessions++;
    }

    private void senderKey(JsonNode json, String id) throws Malformed {
        Matcher name = SENDER_KEY.matcher(id);
        if (!name.matches()) {
            throw new Malformed("its name has no group and sender");
        }
        // A text of JSON inside the JSON.
        byte[] states = BaileysJson.bytes(json, "the record");
        String address = name.group(2) + '.' + name.group(3);
        String key = address(address) + '/' + name.group(1);
        SignalRows.put(changes, Table.SENDER_KEYS, key, BaileysSessions.senderKeys(BaileysJson.parse(states)));
        senderKeys++;
    }

    private void lidMapping(JsonNode json, String id) throws Malformed {
        Matcher name = LID.matcher(id);
        String user = BaileysJson.text(json, "the user");
        if (!name.matches() || !user.matches("[0-9]+")) {
            throw new Malformed("it does not pair two users");
        }
        boolean ofLid = name.group(2) != null;
        String key = (ofLid ? "lid:" : "pn:") + name.group(1);
        SignalRows.put(changes, Table.LID_MAPPINGS, key, user.getBytes(StandardCharsets.UTF_8));
        lidMappings += ofLid ? 0 : 1;
    }

    /** Named by its id as base64; a slash is written as {@code __}. */
    private void appStateKey(JsonNode json, String name) throws Malformed {
        byte[] id = BaileysJson.base64(name.replace("__", "/"), "the id in its name");
        JsonNode print = json.path("fingerprint");
        AppStateSyncKeyFingerprint.Builder fingerprint = AppStateSyncKeyFingerprint.newBuilder()
                .setRawId((int) BaileysJson.counter(print.path("rawId"), "rawId"))
                .setCurrentIndex((int) BaileysJson.counter(print.path("currentIndex"), "currentIndex"));
        for (JsonNode index : print.path("deviceIndexes")) {
            fingerprint.addDeviceIndexes((int) BaileysJson.counter(index, "deviceIndexes"));
        }
        MessageRows.putAppStateKey(
                changes,
                new MessageRows.AppStateKey(
                        id,
                        BaileysJson.bytes(json.path("keyData"), "keyData", APP_STATE_KEY_LENGTH),
                        fingerprint.build().toByteArray(),
                        // A 64-bit number, which protobuf writes as text.
                        json.path("timestamp").asLong()));
        appStateKeys++;
    }

    private static String address(String id) throws Malformed {
        if (!ADDRESS.matcher(id).matches()) {
            throw new Malformed("its name has no address of a device");
        }
        return id;
    }

    private JsonNode parse(String file) throws IOException {
        return checked(file, () -> BaileysJson.parse(Files.readAllBytes(folder.resolve(file))));
    }

    private interface Reading<T> {
        T run() throws Malformed, IOException;
    }

    private <T> T checked(String file, Reading<T> reading) throws IOException {
        try {
            return reading.run();
        } catch (Malformed e) {
            throw new MigrationException(folder.resolve(shown(file)) + " cannot be used: " + e.getMessage()
                    + ": put back a whole copy of the folder");
        }
    }

    /** The numbers of people in the names of files stay out of messages. */
    private static String shown(String file) {
        return file.startsWith("pre-key") ? file : file.replaceAll("\\d+(?=\\d{4})", "…");
    }
}
