package dev.whatsappmd.camel;

import static java.util.Comparator.comparing;

import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The store of the session {@code sales} while nobody has it open: copied, aged and looked into. */
final class StoredLink {
    private final Path directory;

    StoredLink(Path directory) {
        this.directory = directory;
    }

    /** Who a stored device is: what must be the same before and after whatever happens. */
    record Identity(String noiseKey, String identityKey, int registrationId, String signedPreKey, String account) {
        static Identity of(Credentials credentials) {
            HexFormat hex = HexFormat.of();
            return new Identity(
                    hex.formatHex(credentials.noiseKey().publicKey()),
                    hex.formatHex(credentials.identityKey().publicKey()),
                    credentials.registrationId(),
                    hex.formatHex(credentials.signedPreKey().signature()),
                    credentials
                            .account()
                            .map(account -> account.id().toString())
                            .orElse("none"));
        }
    }

    Path directory() {
        return directory;
    }

    /** A closed session is its files, so a copy of them is the same linked device. */
    StoredLink copyTo(Path target) throws IOException {
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted(comparing(Path::toString)).toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return new StoredLink(target);
    }

    /** Makes it a link of another age: one of less than three minutes is still on trial. */
    StoredLink pairedAt(Instant when) {
        return with(session -> {
            Credentials known = credentials(session);
            Credentials.Account account = known.account().orElseThrow();
            Credentials aged = known.toBuilder()
                    .account(Optional.of(new Credentials.Account(
                            account.id(),
                            account.lid(),
                            account.pushName(),
                            account.platform(),
                            account.businessName(),
                            account.signedDeviceIdentity(),
                            account.primaryIdentityKey(),
                            when)))
                    .build();
            session.commit(SessionRows.putCredentials(new ChangeSet(), aged));
            return this;
        });
    }

    Credentials credentials() {
        return with(StoredLink::credentials);
    }

    Identity identity() {
        return Identity.of(credentials());
    }

    /** The database file. */
    Path database() {
        return directory.resolve("sales.db");
    }

    private <T> T with(Function<StoredSession, T> work) {
        try (SessionStore store = new SqliteSessionStore(directory);
                StoredSession session = store.open("sales")) {
            return work.apply(session);
        }
    }

    private static Credentials credentials(StoredSession session) {
        try (Snapshot snapshot = session.snapshot()) {
            return SessionRows.credentials(snapshot).orElseThrow();
        }
    }

    /** What a code shows of a stored device. */
    static List<String> keysForQr(Credentials credentials) {
        Base64.Encoder base64 = Base64.getEncoder();
        return List.of(
                base64.encodeToString(credentials.noiseKey().publicKey()),
                base64.encodeToString(credentials.identityKey().publicKey()),
                base64.encodeToString(credentials.advSecret()));
    }

    /** The keys in a QR code's text: ref, noise key, identity key, secret, platform. */
    static List<String> keysOfQr(String qr) {
        String[] parts = qr.substring(qr.indexOf('#') + 1).split(",");
        return List.of(parts[1], parts[2], parts[3]);
    }
}
