package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every store does with a passphrase. */
abstract class StorePassphraseContract {
    private static final Optional<Passphrase> NONE = Optional.empty();
    private static final Optional<Passphrase> FIRST = Optional.of(Passphrase.of("correct horse"));
    private static final Optional<Passphrase> SECOND = Optional.of(Passphrase.of("battery staple"));
    private static final byte[] SECRET = "a secret that must not be found".getBytes(StandardCharsets.UTF_8);

    private final Credentials linked = TestCredentials.linked(new Random(5));

    abstract SessionStore newStore(Optional<Passphrase> passphrase);

    abstract void change(Optional<Passphrase> from, Optional<Passphrase> to);

    /** All that is stored, row by row, as somebody who has stolen the database sees it. */
    abstract List<byte[]> stolen() throws Exception;

    /** Puts the stored value of one key of {@link Table#PRE_KEYS} in the place of another's, checksum and all. */
    abstract void swap(String from, String to) throws Exception;

    @Test
    void storesNothingThatCanBeRead() throws Exception {
        save(FIRST);
        assertThat(stolen()).isNotEmpty().noneSatisfy(value -> assertThat(contains(value, SECRET))
                .isTrue());
        assertThat(stolen()).noneSatisfy(value -> assertThat(
                        contains(value, linked.identityKey().privateKey()))
                .isTrue());
        assertHasTheSession(FIRST);
    }

    @Test
    void showsThatWithoutOneItCouldBeRead() throws Exception {
        save(NONE);
        assertThat(stolen())
                .anySatisfy(value -> assertThat(contains(value, SECRET)).isTrue());
    }

    @Test
    void refusesAWrongOneAndChangesNothing() throws Exception {
        save(FIRST);
        assertRefused(
                SECOND, "the passphrase is not the one it was encrypted with: give that one; nothing was changed");
        assertHasTheSession(FIRST);
    }

    @Test
    void refusesToGoWithoutAndChangesNothing() throws Exception {
        save(FIRST);
        assertRefused(NONE, "its values are encrypted: give the passphrase it was encrypted with; nothing was changed");
        assertHasTheSession(FIRST);
    }

    @Test
    void refusesOneForASessionThatIsNotEncrypted() throws Exception {
        save(NONE);
        assertRefused(
                FIRST,
                "its values are not encrypted, but a passphrase was given: leave the passphrase out, or have the session"
                        + " encrypted first (StoreTool passphrase); nothing was changed");
        assertHasTheSession(NONE);
    }

    @Test
    void takesAnyForASessionInWhichNothingIsSaved() {
        for (Optional<Passphrase> passphrase : List.of(FIRST, SECOND, NONE, FIRST)) {
            try (SessionStore store = newStore(passphrase)) {
                store.open("shop").close();
            }
        }
        save(FIRST);
        assertHasTheSession(FIRST);
    }

    @Test
    void encryptsASessionThatIsThere() throws Exception {
        save(NONE);
        change(NONE, FIRST);
        assertThat(stolen())
                .noneSatisfy(value -> assertThat(contains(value, SECRET)).isTrue());
        assertHasTheSession(FIRST);
        assertRefused(NONE, "its values are encrypted: give the passphrase it was encrypted with; nothing was changed");
    }

    @Test
    void changesThePassphraseWithoutTouchingTheValues() throws Exception {
        save(FIRST);
        List<byte[]> before = stolen();
        change(FIRST, SECOND);
        assertThat(stolen()).usingRecursiveComparison().isEqualTo(before);
        assertHasTheSession(SECOND);
        assertRefused(FIRST, "the passphrase is not the one it was encrypted with: give that one; nothing was changed");
    }

    @Test
    void endsTheEncryption() throws Exception {
        save(FIRST);
        change(FIRST, NONE);
        assertThat(stolen())
                .anySatisfy(value -> assertThat(contains(value, SECRET)).isTrue());
        assertHasTheSession(NONE);
    }

    @Test
    void changesNothingForAWrongPassphraseOrAnEmptySession() {
        save(FIRST);
        assertTrouble(Reason.PASSPHRASE, () -> change(SECOND, NONE));
        assertTrouble(Reason.PASSPHRASE, () -> change(NONE, SECOND));
        assertHasTheSession(FIRST);
    }

    @Test
    void hasNothingToEncryptInASessionInWhichNothingIsSaved() {
        assertTrouble(Reason.MISSING, () -> change(NONE, FIRST));
    }

    @Test
    void refusesAValueInAPlaceItWasNotEncryptedFor() throws Exception {
        save(FIRST);
        swap("secret", "other");
        try (SessionStore store = newStore(FIRST);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThatExceptionOfType(SessionStoreException.class)
                    .isThrownBy(() -> snapshot.get(Table.PRE_KEYS, "other"))
                    .withMessageContaining(
                            "the row PRE_KEYS/other cannot be read (it was not encrypted for this place with"
                                    + " this session's key)")
                    .extracting(SessionStoreException::reason)
                    .isEqualTo(Reason.CORRUPT);
        }
    }

    private void save(Optional<Passphrase> passphrase) {
        try (SessionStore store = newStore(passphrase);
                StoredSession session = store.open("shop")) {
            session.commit(SessionRows.putCredentials(new ChangeSet(), linked)
                    .put(Table.PRE_KEYS, "secret", SECRET)
                    .put(Table.PRE_KEYS, "other", new byte[0]));
        }
    }

    private void assertHasTheSession(Optional<Passphrase> passphrase) {
        try (SessionStore store = newStore(passphrase);
                StoredSession session = store.open("shop");
                Snapshot snapshot = session.snapshot()) {
            assertThat(SessionRows.credentials(snapshot).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(linked);
            assertThat(snapshot.get(Table.PRE_KEYS, "secret")).contains(SECRET);
            assertThat(snapshot.scan(Table.PRE_KEYS, "", 9))
                    .extracting(Snapshot.Row::key)
                    .containsExactly("other", "secret");
            assertThat(snapshot.raw(Table.PRE_KEYS, "secret")).contains(SECRET);
        }
    }

    private void assertRefused(Optional<Passphrase> passphrase, String message) throws Exception {
        List<byte[]> before = stolen();
        try (SessionStore store = newStore(passphrase)) {
            assertThatExceptionOfType(SessionStoreException.class)
                    .isThrownBy(() -> store.open("shop"))
                    .withMessageEndingWith(message)
                    .extracting(SessionStoreException::reason)
                    .isEqualTo(Reason.PASSPHRASE);
        }
        assertThat(stolen()).usingRecursiveComparison().isEqualTo(before);
    }

    private static void assertTrouble(Reason reason, ThrowingCallable call) {
        SessionStoreContract.assertTrouble(reason, call);
    }

    private static boolean contains(byte[] value, byte[] part) {
        for (int at = 0; at + part.length <= value.length; at++) {
            if (Arrays.equals(value, at, at + part.length, part, 0, part.length)) {
                return true;
            }
        }
        return false;
    }
}
