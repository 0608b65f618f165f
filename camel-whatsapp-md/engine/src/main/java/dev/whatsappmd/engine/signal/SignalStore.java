package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.Snapshot;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.store.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, identities, sender keys, pre-keys and LIDs of one stored session: read from its rows when needed, kept decoded in
 * bounded memory, written behind. Many messages can share one commit:
 *
 * <pre>{@code
 * try (SignalStore.Reading reading = signal.reading()) {
 *     … decrypt many …
 * }
 * signal.drainTo(changes);
 * try {
 *     stored.commit(changes);
 *     signal.committed();
 * } catch (RuntimeException e) {
 *     signal.rollBack();   // what was decrypted counts as not received
 *     throw e;
 * }
 * }</pre>
 *
 * <p>What was encrypted may be sent only after its commit, else its counter is used again after a crash.
 *
 * <p>Not safe for use by several threads: belongs to the session's. Reading throws
 * {@link dev.whatsappmd.engine.store.SessionStoreException} when the store as a whole cannot be read, or a row is of a newer
 * version; a single damaged row is put aside and counts as not there.
 */
public final class SignalStore {
    /** Memory for decoded values that are not changed, in bytes, roughly: about 3000 sessions and as many sender keys. */
    public static final long MEMORY_DEFAULT = 12L << 20;

    /** Users whose rows were looked through since the start. */
    private static final int MIGRATED_MAX = 10_000;

    private final Supplier<Credentials> credentials;
    private final RowReader rows;
    private final Quarantine quarantine;
    private final CachedTable<SessionRecord> sessions;
    private final CachedTable<byte[]> identities;
    private final CachedTable<SenderKeys> senderKeys;
    private final CachedTable<String> lidRows;
    private final UsedPreKeys preKeys;
    private final LidMappings lids;
    private final LidMigration migration;
    private final Set<String> migrated = new HashSet<>();

    /** While it is open, all reads share one snapshot. They nest. */
    public interface Reading extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * @param snapshots opens one; {@link StoredSession#snapshot}
     * @param credentials who we are now, with keys that never change while this object is in use
     * @param onDamage is told of a damaged row, once
     */
    public SignalStore(Supplier<Snapshot> snapshots, Supplier<Credentials> credentials, Consumer<DamagedRow> onDamage) {
        this(snapshots, credentials, onDamage, MEMORY_DEFAULT);
    }

    /** @param memoryMax instead of {@link #MEMORY_DEFAULT} */
    public SignalStore(
            Supplier<Snapshot> snapshots,
            Supplier<Credentials> credentials,
            Consumer<DamagedRow> onDamage,
            long memoryMax) {
        this.credentials = Objects.requireNonNull(credentials, "credentials");
        this.rows = new RowReader(Objects.requireNonNull(snapshots, "snapshots"));
        this.quarantine = new Quarantine(Objects.requireNonNull(onDamage, "onDamage"));
        sessions = new CachedTable<>(Table.SESSIONS, new SessionCodec(), rows, quarantine, memoryMax / 2);
        senderKeys = new CachedTable<>(Table.SENDER_KEYS, new SenderKeyCodec(), rows, quarantine, memoryMax / 4);
        identities = new CachedTable<>(Table.IDENTITIES, new IdentityCodec(), rows, quarantine, memoryMax / 8);
        lidRows = new CachedTable<>(Table.LID_MAPPINGS, new LidMappings.Codec(), rows, quarantine, memoryMax / 8);
        preKeys = new UsedPreKeys(rows, quarantine);
        lids = new LidMappings(lidRows);
        migration = new LidMigration(sessions, identities, senderKeys);
    }

    /** Begins a piece of work that reads; optional, and faster for several messages. */
    public Reading reading() {
        return rows.scope();
    }

    // Addresses.

    /**
     * The address under which a device's sessions are kept: its LID when that is known, else its number. Bots are left as
     * they are.
     *
     * @throws IllegalArgumentException when the user part cannot be one of a Signal address
     */
    public SignalAddress address(Jid device) {
        boolean number =
                device.isPhoneNumber() || device.isHosted() || device.server().equals(JidServer.LEGACY_USER);
        if (!number || isBot(device)) {
            return SignalAddress.of(device);
        }
        int domain = device.isHosted() ? JidServer.DOMAIN_HOSTED_LID : JidServer.DOMAIN_LID;
        SignalAddress plain = SignalAddress.of(device);
        return lidOf(device.user()).map(lid -> plain.withUser(lid, domain)).orElse(plain);
    }

    private static boolean isBot(Jid device) {
        return Jid.of(device.user(), JidServer.LEGACY_USER).isBotNumber();
    }

    /** The user part of the LID of a phone number's user part, our own account's included. */
    public Optional<String> lidOf(String pnUser) {
        return own(account -> account.id().user().equals(pnUser) ? account.lid() : Optional.empty())
                .or(() -> lids.lidOf(pnUser));
    }

    /** The user part of the phone number of a LID's user part, our own account's included. */
    public Optional<String> numberOf(String lidUser) {
        return own(account ->
                        account.lid().filter(lid -> lid.user().equals(lidUser)).map(lid -> account.id()))
                .or(() -> lids.numberOf(lidUser));
    }

    private Optional<String> own(Function<Credentials.Account, Optional<Jid>> part) {
        return credentials.get().account().flatMap(part).map(Jid::user);
    }

    /**
     * Remembers that a number and a LID are the same person, and moves what is kept under the number. Cheap when it is
     * known already. Call it before decrypting a message that tells both.
     *
     * @param pnUser user part of a phone number, without server and device
     * @param lidUser user part of a LID; another one than before takes its place
     * @return whether anything has changed
     * @throws IllegalArgumentException when either cannot be the user part of a Signal address
     */
    public boolean learn(String pnUser, String lidUser) {
        new SignalAddress(pnUser, JidServer.DOMAIN_USER, 0);
        new SignalAddress(lidUser, JidServer.DOMAIN_LID, 0);
        try (Reading ignored = reading()) {
            boolean news = lids.put(pnUser, lidUser);
            if (!news && migrated.contains(pnUser)) {
                return false;
            }
            return migrate(pnUser, lidUser) > 0 || news;
        }
    }

    /**
     * Moves sessions, identities and sender keys of all devices from a number to a LID. What is under the LID already
     * stays the first choice. Doing it again does nothing.
     *
     * @return how many rows were moved
     */
    public int migrate(String pnUser, String lidUser) {
        try (Reading ignored = reading()) {
            int moved = migration.migrate(pnUser, lidUser);
            if (migrated.size() >= MIGRATED_MAX) {
                migrated.clear();
            }
            migrated.add(pnUser);
            return moved;
        }
    }

    // Sessions and identities.

    /** Whether a message can be written to this device without a bundle. */
    public boolean hasSession(SignalAddress address) {
        SessionRecord record = session(address);
        return record != null && record.current() != null;
    }

    /** The other device's registration id as its messages or bundle told it. */
    public OptionalInt remoteRegistrationId(SignalAddress address) {
        SessionRecord record = session(address);
        SessionState current = record == null ? null : record.current();
        return current == null ? OptionalInt.empty() : OptionalInt.of(current.remoteRegistrationId());
    }

    /** The 32 bytes of the other device's identity key. */
    public Optional<byte[]> identity(SignalAddress address) {
        return Optional.ofNullable(identityKey(address)).map(byte[]::clone);
    }

    /** Forgets all sessions with this device; its identity stays known. */
    public void deleteSession(SignalAddress address) {
        if (session(address) != null) {
            sessions.delete(address.toString());
        }
    }

    /**
     * Forgets sessions and identities of all of a user's devices, under number and LID: what a notification about a new
     * identity asks for.
     *
     * @return how many rows went
     */
    public int deleteUser(Jid user) {
        try (Reading ignored = reading()) {
            Set<String> prefixes = new HashSet<>();
            boolean lid = user.isLid() || user.isHostedLid();
            Optional<String> numberPart = lid ? numberOf(user.user()) : Optional.of(user.user());
            Optional<String> lidPart = lid ? Optional.of(user.user()) : lidOf(user.user());
            numberPart.ifPresent(number -> List.of(JidServer.DOMAIN_USER, JidServer.DOMAIN_HOSTED)
                    .forEach(domain -> prefixes.add(new SignalAddress(number, domain, 0).prefix())));
            lidPart.ifPresent(part -> List.of(JidServer.DOMAIN_LID, JidServer.DOMAIN_HOSTED_LID)
                    .forEach(domain -> prefixes.add(new SignalAddress(part, domain, 0).prefix())));
            int gone = 0;
            for (String prefix : prefixes) {
                gone += deleteAll(sessions, prefix) + deleteAll(identities, prefix);
            }
            return gone;
        }
    }

    private static int deleteAll(CachedTable<?> table, String prefix) {
        Set<String> keys = table.keys(prefix);
        keys.forEach(table::delete);
        return keys.size();
    }

    // Writing behind.

    /** Whether there is anything to commit. */
    public boolean hasChanges() {
        return sessions.isDirty()
                || identities.isDirty()
                || senderKeys.isDirty()
                || lidRows.isDirty()
                || preKeys.isDirty()
                || !quarantine.isEmpty();
    }

    /** Adds all that has changed since the last time, used pre-keys included, and returns the change set. */
    public ChangeSet drainTo(ChangeSet changes) {
        quarantine.addTo(changes);
        sessions.drainTo(changes);
        identities.drainTo(changes);
        senderKeys.drainTo(changes);
        lidRows.drainTo(changes);
        preKeys.drainTo(changes);
        return changes;
    }

    /** All that was drained is durable. */
    public void committed() {
        rows.closeSnapshot();
        quarantine.committed();
        sessions.committed();
        identities.committed();
        senderKeys.committed();
        lidRows.committed();
        preKeys.committed();
    }

    /**
     * Forgets all that is not known to be committed, drained or not: the next read sees the store. Also right when a commit
     * failed and it is not known whether it was made.
     */
    public void rollBack() {
        rows.closeSnapshot();
        migrated.clear();
        sessions.rollBack();
        identities.rollBack();
        senderKeys.rollBack();
        lidRows.rollBack();
        preKeys.rollBack();
    }

    /** Forgets everything that is in memory: another identity has taken the place of this one. */
    public void reset() {
        rollBack();
        quarantine.committed();
        sessions.clear();
        identities.clear();
        senderKeys.clear();
        lidRows.clear();
    }

    /** Roughly the bytes that decoded values take; beyond the bound only by what is not committed. */
    public long memory() {
        return sessions.weight() + identities.weight() + senderKeys.weight() + lidRows.weight();
    }

    // For the ciphers.

    Credentials credentials() {
        return credentials.get();
    }

    @Nullable
    SessionRecord session(SignalAddress address) {
        return sessions.get(address.toString());
    }

    void putSession(SignalAddress address, SessionRecord session) {
        sessions.put(address.toString(), session);
    }

    byte @Nullable [] identityKey(SignalAddress address) {
        return identities.get(address.toString());
    }

    void putIdentity(SignalAddress address, byte[] identityKey) {
        identities.put(address.toString(), identityKey);
    }

    @Nullable
    SenderKeys senderKeys(SenderKeyName name) {
        return senderKeys.get(name.rowKey());
    }

    void putSenderKeys(SenderKeyName name, SenderKeys keys) {
        senderKeys.put(name.rowKey(), keys);
    }

    Optional<PreKey> preKey(long id) {
        return preKeys.get(id);
    }

    void usePreKey(int id) {
        preKeys.use(id);
    }
}
