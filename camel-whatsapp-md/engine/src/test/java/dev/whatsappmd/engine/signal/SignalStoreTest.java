package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.store.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignalStoreTest {
    private static final Jid GROUP = Jid.parse("120363012345678901@g.us");

    private final Random random = new Random(7);
    private final Device bot = Device.random("4915550001234:7@s.whatsapp.net", 5, random);
    private final Device phone = Device.random("4915550009999@s.whatsapp.net", 5, random);

    private Encrypted firstMessage(Device from, Device to, int preKey, String text) throws SignalException {
        PreKey key = to.preKeys().stream()
                .filter(of -> of.id() == preKey)
                .findFirst()
                .orElseThrow();
        from.cipher.processBundle(to.address, to.bundle(Optional.of(key)));
        return message(from, to, text);
    }

    private static Encrypted message(Device from, Device to, String text) throws SignalException {
        return from.cipher.encrypt(to.address, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String read(Device to, Device from, Encrypted message) throws SignalException {
        return new String(to.decrypt(from.address, message).plaintext(), StandardCharsets.UTF_8);
    }

    private static Reason refusal(Device to, Device from, Encrypted message) {
        return catchThrowableOfType(SignalException.class, () -> to.decrypt(from.address, message))
                .reason();
    }

    @Test
    void writesManyMessagesInOneChange() throws Exception {
        Encrypted first = firstMessage(phone, bot, 1, "one");
        Encrypted second = message(phone, bot, "two");
        assertThat(read(bot, phone, first)).isEqualTo("one");
        assertThat(read(bot, phone, second)).isEqualTo("two");
        ChangeSet changes = bot.store.drainTo(new ChangeSet());
        assertThat(changes.changes())
                .extracting(change -> change.table() + (change.value().isPresent() ? "" : " deleted"))
                .containsExactlyInAnyOrder("SESSIONS", "IDENTITIES", "PRE_KEYS deleted");
        assertThat(changes.toString() + changes.changes()).doesNotContain(phone.jid.user());
        bot.rows.commit(changes);
        bot.store.committed();
        assertThat(bot.store.hasChanges()).isFalse();
        assertThat(bot.store.drainTo(new ChangeSet()).isEmpty()).isTrue();
    }

    @Test
    void forgetsWhatWasNotCommitted() throws Exception {
        Encrypted first = firstMessage(phone, bot, 1, "one");
        assertThat(read(bot, phone, first)).isEqualTo("one");
        bot.rows.failNextCommit();
        ChangeSet changes = bot.store.drainTo(new ChangeSet());
        assertThatThrownBy(() -> bot.rows.commit(changes)).isInstanceOf(SessionStoreException.class);
        bot.store.rollBack();
        assertThat(bot.store.hasSession(phone.address)).isFalse();
        assertThat(bot.store.identity(phone.address)).isEmpty();
        assertThat(read(bot, phone, first)).as("its pre-key is there again").isEqualTo("one");
        bot.commit();
        assertThat(refusal(bot, phone, first)).isEqualTo(Reason.DUPLICATE_OR_OLD_COUNTER);
        Encrypted second = message(phone, bot, "two");
        assertThat(read(bot, phone, second)).isEqualTo("two");
        bot.store.rollBack();
        assertThat(read(bot, phone, second))
                .as("the ratchet is not ahead of the store")
                .isEqualTo("two");
    }

    /** Between drain and commit more may come; a roll-back takes both back, a commit keeps what came later for the next. */
    @Test
    void keepsApartWhatWasDrainedAndWhatCameAfter() throws Exception {
        Encrypted first = firstMessage(phone, bot, 1, "one");
        Encrypted second = message(phone, bot, "two");
        read(bot, phone, first);
        ChangeSet changes = bot.store.drainTo(new ChangeSet());
        read(bot, phone, second);
        bot.rows.commit(changes);
        bot.store.committed();
        assertThat(bot.store.hasChanges()).isTrue();
        bot.store.rollBack();
        assertThat(refusal(bot, phone, first)).isEqualTo(Reason.DUPLICATE_OR_OLD_COUNTER);
        assertThat(read(bot, phone, second)).isEqualTo("two");
    }

    @Test
    void usesAOneTimePreKeyOnce() throws Exception {
        Device other = Device.random("4915550008888@s.whatsapp.net", 0, random);
        Encrypted first = firstMessage(phone, bot, 1, "one");
        Encrypted same = firstMessage(other, bot, 1, "the same pre-key");
        assertThat(bot.decrypt(phone.address, first).usedPreKey()).hasValue(1);
        assertThat(refusal(bot, other, same)).as("before the commit").isEqualTo(Reason.NO_PRE_KEY);
        bot.commit();
        assertThat(refusal(bot, other, same)).as("after the commit").isEqualTo(Reason.NO_PRE_KEY);
        bot.restart();
        assertThat(refusal(bot, other, same)).as("after a restart").isEqualTo(Reason.NO_PRE_KEY);
        assertThat(bot.preKeys()).extracting(PreKey::id).containsExactly(2, 3, 4, 5);
    }

    @Test
    void putsADamagedRowAsideForItsAddressOnly() throws Exception {
        Device friend = Device.random("4915550007777@s.whatsapp.net", 0, random);
        read(bot, phone, firstMessage(phone, bot, 1, "one"));
        read(bot, friend, firstMessage(friend, bot, 2, "one"));
        bot.commit();
        byte[] damaged = bot.rows.row(Table.SESSIONS, phone.address.toString()).orElseThrow();
        damaged[damaged.length / 2] ^= 1;
        bot.restart();

        assertThat(refusal(bot, phone, message(phone, bot, "two")))
                .as("for the session that is gone it is a first message again")
                .isEqualTo(Reason.NO_PRE_KEY);
        assertThat(read(bot, friend, message(friend, bot, "two"))).isEqualTo("two");
        assertThat(refusal(bot, phone, message(phone, bot, "three"))).isEqualTo(Reason.NO_PRE_KEY);
        assertThat(bot.damaged).as("told once").hasSize(1);
        assertThat(bot.damaged.get(0).shownKey()).isEqualTo("SESSIONS/…9999.0");
        assertThat(bot.damaged.get(0).why()).doesNotContain(phone.jid.user());

        assertThat(read(bot, phone, firstMessage(phone, bot, 3, "a new session")))
                .isEqualTo("a new session");
        bot.commit();
        bot.restart();
        assertThat(read(bot, phone, message(phone, bot, "four"))).isEqualTo("four");
        assertThat(bot.damaged).hasSize(1);
        String aside = "SESSIONS/" + phone.address;
        assertThat(bot.rows.row(Table.QUARANTINE, aside)).contains(damaged);
    }

    @Test
    void countsADamagedPreKeyAsUsed() throws Exception {
        Encrypted first = firstMessage(phone, bot, 1, "one");
        bot.rows.row(Table.PRE_KEYS, "00000001").orElseThrow()[9] ^= 1;
        assertThat(refusal(bot, phone, first)).isEqualTo(Reason.NO_PRE_KEY);
        assertThat(bot.damaged).extracting(DamagedRow::shownKey).containsExactly("PRE_KEYS/00000001");
        bot.commit();
        assertThat(bot.preKeys()).hasSize(4);
    }

    @Test
    void knowsTheIdentityOfADamagedRowFromTheSession() throws Exception {
        read(bot, phone, firstMessage(phone, bot, 1, "one"));
        bot.commit();
        bot.rows.row(Table.IDENTITIES, phone.address.toString()).orElseThrow()[7] ^= 1;
        bot.restart();
        Decrypted next = bot.decrypt(phone.address, firstMessage(phone, bot, 2, "two"));
        assertThat(next.identity()).isEqualTo(IdentityChange.UNCHANGED);
        bot.commit();
        bot.restart();
        assertThat(bot.store.identity(phone.address))
                .contains(phone.credentials().identityKey().publicKey());
    }

    @Test
    void leavesARowOfANewerVersionAlone() throws Exception {
        read(bot, phone, firstMessage(phone, bot, 1, "one"));
        bot.commit();
        String key = phone.address.toString();
        bot.rows.commit(new ChangeSet()
                .put(
                        Table.SESSIONS,
                        key,
                        RowVersions.withVersion(
                                Table.SESSIONS,
                                key,
                                bot.rows.row(Table.SESSIONS, key).orElseThrow(),
                                2)));
        bot.restart();
        assertThatThrownBy(() -> read(bot, phone, message(phone, bot, "two")))
                .isInstanceOfSatisfying(SessionStoreException.class, e -> {
                    assertThat(e.reason()).isEqualTo(SessionStoreException.Reason.NEWER);
                    assertThat(e).hasMessageContaining("SESSIONS/…9999.0").hasMessageNotContaining(phone.jid.user());
                });
        assertThat(bot.store.hasChanges()).isFalse();
        assertThat(bot.damaged).isEmpty();
    }

    @Test
    void readsOneSnapshotPerMessageAndClosesIt() throws Exception {
        Encrypted first = firstMessage(phone, bot, 1, "one");
        int before = bot.rows.snapshots;
        read(bot, phone, first);
        assertThat(bot.rows.snapshots - before).isEqualTo(1);
        read(bot, phone, message(phone, bot, "two"));
        assertThat(bot.rows.snapshots - before).as("nothing to read any more").isEqualTo(1);
        assertThat(bot.rows.openSnapshots).isZero();
    }

    @Test
    void keepsMemoryBoundedAndChangesUntilTheyAreCommitted() throws Exception {
        long bound = 100_000;
        List<DamagedRow> damaged = new ArrayList<>();
        SignalStore store = new SignalStore(bot.rows::snapshot, bot::credentials, damaged::add, bound);
        GroupCipher groups = new GroupCipher(store, random);
        byte[] skdm = phone.groups.createDistribution(GROUP, phone.address);
        int senders = 300;
        for (int i = 0; i < senders; i++) {
            groups.processDistribution(GROUP, new SignalAddress("4915550" + i, 0, 0), skdm);
        }
        assertThat(store.memory()).as("nothing that is not committed goes").isGreaterThan(bound);
        bot.rows.commit(store.drainTo(new ChangeSet()));
        store.committed();
        assertThat(store.memory()).isLessThanOrEqualTo(bound);
        byte[] message = phone.groups.encrypt(GROUP, phone.address, new byte[16]);
        for (int i = 0; i < senders; i++) {
            assertThat(groups.decrypt(GROUP, new SignalAddress("4915550" + i, 0, 0), message))
                    .hasSize(16);
            bot.rows.commit(store.drainTo(new ChangeSet()));
            store.committed();
            assertThat(store.memory()).isLessThanOrEqualTo(bound);
        }
        assertThat(damaged).isEmpty();
    }

    @Test
    void dropsAUserByNumberAndLid() throws Exception {
        Device second = Device.random("4915550009999:12@s.whatsapp.net", 0, random);
        Device stranger = Device.random("49155500099@s.whatsapp.net", 0, random);
        read(bot, phone, firstMessage(phone, bot, 1, "one"));
        read(bot, second, firstMessage(second, bot, 2, "one"));
        read(bot, stranger, firstMessage(stranger, bot, 3, "one"));
        bot.commit();
        assertThat(bot.store.deleteUser(phone.jid)).isEqualTo(4);
        bot.commit();
        assertThat(bot.rows.keys(Table.SESSIONS)).containsExactly(stranger.address.toString());
        assertThat(bot.rows.keys(Table.IDENTITIES)).containsExactly(stranger.address.toString());
        bot.store.learn("49155500099", "5550001");
        assertThat(bot.store.deleteUser(Jid.parse("49155500099@s.whatsapp.net")))
                .isEqualTo(2);
        bot.commit();
        assertThat(bot.rows.keys(Table.SESSIONS)).isEmpty();
    }

    @Test
    void forgetsEverythingWhenTheIdentityIsAnother() throws Exception {
        read(bot, phone, firstMessage(phone, bot, 1, "one"));
        bot.store.reset();
        assertThat(bot.store.hasChanges()).isFalse();
        assertThat(bot.store.memory()).isZero();
        assertThat(bot.store.hasSession(phone.address)).isFalse();
    }

    @Test
    void keepsItsKeysOutOfItsTexts() throws Exception {
        Decrypted read = bot.decrypt(phone.address, firstMessage(phone, bot, 1, "secret text"));
        assertThat(read.toString()).doesNotContain("secret").contains("11 bytes");
        assertThat(phone.address.toLogString()).isEqualTo("…9999.0");
    }
}
