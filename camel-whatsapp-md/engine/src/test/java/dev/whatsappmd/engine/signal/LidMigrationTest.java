package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** PROTOCOL 3: the LID is the address when it is known; what was kept under the number moves there in one change. */
class LidMigrationTest {
    private static final String NUMBER = "4915550009999";
    private static final String LID = "98765432101234";
    private static final Jid GROUP = Jid.parse("120363012345678901@g.us");
    private static final Jid OTHER_GROUP = Jid.parse("120363012345678902@g.us");
    private static final byte[] TEXT = {1, 2, 3};

    private final Random random = new Random(7);
    private final Device bot = Device.random("4915550001234:7@s.whatsapp.net", 9, random);
    private final Device phone = Device.random(NUMBER + "@s.whatsapp.net", 0, random);
    private final Device desktop = Device.random(NUMBER + ":12@s.whatsapp.net", 0, random);
    private final Device hosted = Device.random(NUMBER + ":99@hosted", 0, random);
    private int nextPreKey = 1;

    private Encrypted opened(Device from) throws SignalException {
        PreKey key = bot.preKeys().stream()
                .filter(of -> of.id() == nextPreKey)
                .findFirst()
                .orElseThrow();
        nextPreKey++;
        from.cipher.processBundle(bot.address, bot.bundle(Optional.of(key)));
        return from.cipher.encrypt(bot.address, TEXT);
    }

    private SignalAddress lid(int domain, int device) {
        return new SignalAddress(LID, domain, device);
    }

    @Test
    void prefersTheLidOnceItIsKnown() {
        Jid device = Jid.parse(NUMBER + ":12@s.whatsapp.net");
        assertThat(bot.store.address(device)).hasToString(NUMBER + ".12");
        assertThat(bot.store.learn(NUMBER, LID)).isTrue();
        assertThat(bot.store.address(device)).hasToString(LID + "_1.12");
        assertThat(bot.store.address(Jid.parse(NUMBER + ":99@hosted"))).hasToString(LID + "_129.99");
        assertThat(bot.store.address(Jid.parse(LID + ":12@lid"))).hasToString(LID + "_1.12");
        assertThat(bot.store.learn(NUMBER, LID)).isFalse();
        bot.commit();
        bot.restart();
        assertThat(bot.store.address(device)).hasToString(LID + "_1.12");
        assertThat(bot.store.numberOf(LID)).contains(NUMBER);
    }

    @Test
    void leavesBotsAlone() {
        bot.store.learn("13135550002", "777");
        assertThat(bot.store.address(Jid.parse("13135550002@c.us"))).hasToString("13135550002.0");
        assertThat(bot.store.address(Jid.parse("13135550002@s.whatsapp.net"))).hasToString("13135550002.0");
        assertThat(bot.store.address(Jid.parse("867051314767696@bot"))).hasToString("867051314767696.0");
    }

    @Test
    void knowsItsOwnAccount() {
        Credentials own = bot.credentials().toBuilder()
                .account(Optional.of(new Credentials.Account(
                        Jid.parse("4915550001234:7@s.whatsapp.net"),
                        Optional.of(Jid.parse("11122233344455:7@lid")),
                        Optional.empty(),
                        "android",
                        Optional.empty(),
                        new byte[0],
                        new byte[32],
                        Instant.EPOCH)))
                .build();
        SignalStore store = new SignalStore(bot.rows::snapshot, () -> own, row -> {});
        assertThat(store.address(Jid.parse("4915550001234@s.whatsapp.net"))).hasToString("11122233344455_1.0");
        assertThat(store.numberOf("11122233344455")).contains("4915550001234");
    }

    @Test
    void movesSessionsIdentitiesAndSenderKeysOfAllDevices() throws Exception {
        for (Device device : List.of(phone, desktop, hosted)) {
            bot.decrypt(device.address, opened(device));
            for (Jid group : List.of(GROUP, OTHER_GROUP)) {
                bot.groups.processDistribution(
                        group, device.address, device.groups.createDistribution(group, device.address));
            }
        }
        bot.commit();
        bot.restart();
        assertThat(bot.store.learn(NUMBER, LID)).isTrue();
        bot.commit();

        assertThat(bot.rows.keys(Table.SESSIONS))
                .containsExactlyInAnyOrder(LID + "_1.0", LID + "_1.12", LID + "_129.99");
        assertThat(bot.rows.keys(Table.IDENTITIES))
                .containsExactlyInAnyOrder(LID + "_1.0", LID + "_1.12", LID + "_129.99");
        assertThat(bot.rows.keys(Table.SENDER_KEYS)).hasSize(6).allMatch(key -> key.startsWith(LID + "_"));
        bot.restart();
        assertThat(bot.decrypt(lid(1, 0), phone.cipher.encrypt(bot.address, TEXT))
                        .plaintext())
                .isEqualTo(TEXT);
        assertThat(bot.decrypt(lid(129, 99), hosted.cipher.encrypt(bot.address, TEXT))
                        .plaintext())
                .isEqualTo(TEXT);
        assertThat(bot.groups.decrypt(
                        OTHER_GROUP, lid(1, 12), desktop.groups.encrypt(OTHER_GROUP, desktop.address, TEXT)))
                .isEqualTo(TEXT);

        bot.commit();
        assertThat(bot.store.migrate(NUMBER, LID)).as("again").isZero();
        assertThat(bot.store.hasChanges()).isFalse();
    }

    @Test
    void movesWhatIsNotCommittedYet() throws Exception {
        bot.decrypt(phone.address, opened(phone));
        bot.store.learn(NUMBER, LID);
        bot.commit();
        assertThat(bot.rows.keys(Table.SESSIONS)).containsExactly(LID + "_1.0");
        assertThat(bot.rows.keys(Table.IDENTITIES)).containsExactly(LID + "_1.0");
    }

    @Test
    void takesItAllBackWhenTheCommitFails() throws Exception {
        bot.decrypt(phone.address, opened(phone));
        bot.commit();
        bot.store.learn(NUMBER, LID);
        bot.store.drainTo(new ChangeSet());
        bot.store.rollBack();
        assertThat(bot.store.address(phone.jid)).isEqualTo(phone.address);
        assertThat(bot.store.hasSession(phone.address)).isTrue();
        assertThat(bot.store.learn(NUMBER, LID)).isTrue();
        bot.commit();
        assertThat(bot.rows.keys(Table.SESSIONS)).containsExactly(LID + "_1.0");
    }

    /** Messages in the session of the number and in that of the LID can both still come. */
    @Test
    void keepsBothSessionsWhenTheLidHasOneAlready() throws Exception {
        Encrypted early = opened(phone);
        Encrypted late = phone.cipher.encrypt(bot.address, TEXT);
        bot.decrypt(phone.address, early);
        bot.commit();
        Encrypted another = opened(phone);
        bot.decrypt(lid(1, 0), another);
        bot.store.learn(NUMBER, LID);
        bot.commit();
        bot.restart();
        assertThat(bot.store.session(lid(1, 0)).states()).hasSize(2);
        assertThat(bot.decrypt(lid(1, 0), late).plaintext()).isEqualTo(TEXT);
        assertThat(bot.decrypt(lid(1, 0), phone.cipher.encrypt(bot.address, TEXT))
                        .plaintext())
                .isEqualTo(TEXT);
    }

    @Test
    void leavesSessionsOfAnotherIdentityBehind() throws Exception {
        Device before = Device.random(NUMBER + "@s.whatsapp.net", 0, random);
        bot.decrypt(before.address, opened(before));
        bot.decrypt(lid(1, 0), opened(phone));
        bot.store.learn(NUMBER, LID);
        bot.commit();
        bot.restart();
        assertThat(bot.store.session(lid(1, 0)).states()).hasSize(1);
        assertThat(bot.store.identity(lid(1, 0)))
                .contains(phone.credentials().identityKey().publicKey());
        assertThat(bot.rows.keys(Table.IDENTITIES)).containsExactly(LID + "_1.0");
    }

    @Test
    void takesALaterLidAndALaterNumber() {
        bot.store.learn(NUMBER, LID);
        bot.commit();
        assertThat(bot.store.learn(NUMBER, "555")).isTrue();
        bot.commit();
        bot.restart();
        assertThat(bot.store.lidOf(NUMBER)).contains("555");
        assertThat(bot.store.numberOf("555")).contains(NUMBER);
        assertThat(bot.store.numberOf(LID)).as("the old LID").isEmpty();
        assertThat(bot.store.learn("4366000", "555")).isTrue();
        bot.commit();
        assertThat(bot.store.lidOf(NUMBER)).as("the old number").isEmpty();
        assertThat(bot.store.numberOf("555")).contains("4366000");
        assertThat(bot.rows.keys(Table.LID_MAPPINGS)).containsExactlyInAnyOrder("pn:4366000", "lid:555");
    }

    @Test
    void refusesUsersThatAreNone() {
        assertThatThrownBy(() -> bot.store.learn("", LID)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> bot.store.learn(NUMBER, "a.b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(bot.store.hasChanges()).isFalse();
    }

    /** "4915550009999" must not take along what belongs to "491555000999912". */
    @Test
    void movesNobodyElse() throws Exception {
        Device similar = Device.random(NUMBER + "12@s.whatsapp.net", 0, random);
        bot.decrypt(similar.address, opened(similar));
        bot.decrypt(phone.address, opened(phone));
        bot.store.learn(NUMBER, LID);
        bot.commit();
        assertThat(bot.rows.keys(Table.SESSIONS)).containsExactlyInAnyOrder(similar.address.toString(), LID + "_1.0");
    }
}
