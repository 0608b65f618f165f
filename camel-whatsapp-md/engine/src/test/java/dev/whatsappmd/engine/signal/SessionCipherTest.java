package dev.whatsappmd.engine.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionCipherTest {
    private static final byte[] TEXT = {1, 2, 3, 4};

    private final Random random = new Random(11);
    private final Device left = Device.random("4915550001234:7@s.whatsapp.net", 60, random);
    private final Device right = Device.random("98765432101234@lid", 60, random);

    private void open(Device from, Device to, int preKey) throws SignalException {
        Optional<PreKey> key =
                to.preKeys().stream().filter(of -> of.id() == preKey).findFirst();
        assertThat(from.cipher.processBundle(to.address, to.bundle(key))).isNotNull();
    }

    private static Encrypted write(Device from, Device to) throws SignalException {
        return from.cipher.encrypt(to.address, TEXT);
    }

    private static void read(Device to, Device from, Encrypted message) throws SignalException {
        assertThat(to.decrypt(from.address, message).plaintext()).isEqualTo(TEXT);
    }

    private static Reason refusal(Device to, Device from, Encrypted message) {
        return catchThrowableOfType(SignalException.class, () -> to.decrypt(from.address, message))
                .reason();
    }

    @Test
    void writesPreKeyMessagesUntilItIsAnswered() throws Exception {
        open(left, right, 1);
        assertThat(left.store.remoteRegistrationId(right.address))
                .hasValue(right.credentials().registrationId());
        for (int i = 0; i < 3; i++) {
            Encrypted message = write(left, right);
            assertThat(message.type()).isEqualTo("pkmsg");
            Decrypted read = right.decrypt(left.address, message);
            assertThat(read.newSession()).isEqualTo(i == 0);
            assertThat(read.identity()).isEqualTo(i == 0 ? IdentityChange.NEW : IdentityChange.UNCHANGED);
        }
        Encrypted answer = write(right, left);
        assertThat(answer.type()).isEqualTo("msg");
        read(left, right, answer);
        assertThat(write(left, right).type()).isEqualTo("msg");
    }

    /** Both pick up a bundle of the other before either has read anything. */
    @Test
    void bothMayOpenASessionAtTheSameTime() throws Exception {
        open(left, right, 1);
        open(right, left, 1);
        Encrypted fromLeft = write(left, right);
        Encrypted fromRight = write(right, left);
        read(right, left, fromLeft);
        read(left, right, fromRight);
        for (int i = 0; i < 10; i++) {
            Encrypted one = write(left, right);
            Encrypted other = write(right, left);
            assertThat(one.type()).isEqualTo("msg");
            read(right, left, one);
            read(left, right, other);
        }
    }

    @Test
    void refusesABundleWhoseSignatureIsNotItsOwners() {
        PreKeyBundle good = right.bundle(Optional.empty());
        byte[] altered = good.signature().clone();
        altered[3] ^= 1;
        for (PreKeyBundle bad : List.of(
                new PreKeyBundle(1, good.identityKey(), good.signedPreKey(), altered, Optional.empty()),
                new PreKeyBundle(1, good.identityKey(), good.signedPreKey(), new byte[3], Optional.empty()),
                new PreKeyBundle(
                        1,
                        left.credentials().identityKey().publicKey(),
                        good.signedPreKey(),
                        good.signature(),
                        Optional.empty()))) {
            SignalException e =
                    catchThrowableOfType(SignalException.class, () -> left.cipher.processBundle(right.address, bad));
            assertThat(e.reason()).isEqualTo(Reason.BAD_SIGNATURE);
        }
        PreKeyBundle lowOrder = new PreKeyBundle(
                1,
                good.identityKey(),
                good.signedPreKey(),
                good.signature(),
                Optional.of(new PreKeyBundle.Key(5, new byte[32])));
        assertThat(catchThrowableOfType(SignalException.class, () -> left.cipher.processBundle(right.address, lowOrder))
                        .reason())
                .isEqualTo(Reason.INVALID_KEY);
        assertThat(left.store.hasChanges()).isFalse();
    }

    @Test
    void saysWhenABundleHasANewIdentityAndDropsTheOldSession() throws Exception {
        open(left, right, 1);
        read(right, left, write(left, right));
        Encrypted late = write(right, left);
        Device anew = Device.random("98765432101234@lid", 3, random);
        assertThat(left.cipher.processBundle(anew.address, anew.bundle(Optional.empty())))
                .isEqualTo(IdentityChange.CHANGED);
        assertThat(refusal(left, right, late)).isEqualTo(Reason.BAD_MAC);
        read(anew, left, write(left, anew));
    }

    @Test
    void writesNothingWithoutASession() {
        SignalException e = catchThrowableOfType(SignalException.class, () -> write(left, right));
        assertThat(e.reason()).isEqualTo(Reason.NO_SESSION);
        assertThat(e).hasMessageNotContaining(right.jid.user());
    }

    @Test
    void keepsFortyEarlierSessions() throws Exception {
        List<Encrypted> late = new ArrayList<>();
        for (int i = 1; i <= SessionRecord.ARCHIVED_MAX + 2; i++) {
            open(left, right, i);
            read(right, left, write(left, right));
            late.add(write(left, right));
        }
        right.commit();
        right.restart();
        assertThat(right.store.session(left.address).archived()).hasSize(SessionRecord.ARCHIVED_MAX);
        assertThat(refusal(right, left, late.get(0)))
                .as("its session was given up")
                .isEqualTo(Reason.NO_PRE_KEY);
        for (Encrypted message : late.subList(1, late.size())) {
            read(right, left, message);
        }
    }

    @Test
    void keepsASessionInWhichMessagesStillCome() throws Exception {
        open(left, right, 1);
        List<Encrypted> first = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            first.add(write(left, right));
        }
        read(right, left, first.get(0));
        for (int i = 2; i <= 55; i++) {
            open(left, right, i);
            read(right, left, write(left, right));
            read(right, left, first.get(i));
        }
    }

    @Test
    void boundsOvertakenMessagesOverAllSessions() throws Exception {
        for (int session = 1; session <= 4; session++) {
            open(left, right, session);
            read(right, left, write(left, right));
            Encrypted last = write(left, right);
            for (int i = 0; i < 1_500; i++) {
                last = write(left, right);
            }
            read(right, left, last);
            assertThat(right.store.session(left.address).skipped()).isLessThanOrEqualTo(SessionRecord.SKIPPED_MAX);
        }
        right.commit();
        assertThat(right.rows.row(Table.SESSIONS, left.address.toString()).orElseThrow())
                .hasSizeLessThan(200_000);
        SessionRecord record = right.store.session(left.address);
        assertThat(record.skipped()).isEqualTo(SessionRecord.SKIPPED_MAX);
        assertThat(record.current().skipped()).as("the newest go last").isEqualTo(1_500);
    }

    @Test
    void readsTheLastCounterItMayAndNotTheNext() throws Exception {
        open(left, right, 1);
        List<Encrypted> messages = new ArrayList<>();
        for (int i = 0; i <= MessageChain.JUMP_MAX + 1; i++) {
            messages.add(write(left, right));
        }
        assertThat(refusal(right, left, messages.get(MessageChain.JUMP_MAX + 1)))
                .isEqualTo(Reason.TOO_FAR_AHEAD);
        read(right, left, messages.get(MessageChain.JUMP_MAX));
        read(right, left, messages.get(0));
        read(right, left, messages.get(MessageChain.JUMP_MAX + 1));
    }

    /** What is outside the MAC is told by nobody but the sender; it must not change what is remembered of a session. */
    @Test
    void aFailedFirstMessageLeavesNothing() throws Exception {
        open(left, right, 1);
        Encrypted good = write(left, right);
        byte[] bad = good.bytes().clone();
        bad[bad.length - 20] ^= 1;
        assertThat(refusal(right, left, new Encrypted(true, bad))).isEqualTo(Reason.BAD_MAC);
        assertThat(right.store.hasChanges()).isFalse();
        assertThat(right.store.identity(left.address)).isEmpty();
        read(right, left, good);
    }

    @Test
    void addressesAreWrittenAsTheFieldWritesThem() {
        assertThat(SignalAddress.of(Jid.parse("123:4@s.whatsapp.net"))).hasToString("123.4");
        assertThat(SignalAddress.of(Jid.parse("123@s.whatsapp.net"))).hasToString("123.0");
        assertThat(SignalAddress.of(Jid.parse("123:4@lid"))).hasToString("123_1.4");
        assertThat(SignalAddress.of(Jid.parse("123:99@hosted"))).hasToString("123_128.99");
        assertThat(SignalAddress.of(Jid.parse("123:99@hosted.lid"))).hasToString("123_129.99");
    }

    @Test
    void ratchetKeysAreDrawnOnlyForWhatIsWritten() throws Exception {
        open(left, right, 1);
        read(right, left, write(left, right));
        SessionState state = right.store.session(left.address).current();
        assertThat(state.sending()).isNull();
        byte[] before = state.ratchet().publicKey();
        write(right, left);
        assertThat(state.ratchet().publicKey()).isNotEqualTo(before);
        assertThat(Curve25519.keyPairOf(state.ratchet().privateKey())).isEqualTo(state.ratchet());
        assertThat(Arrays.equals(
                        before, right.credentials().signedPreKey().keyPair().publicKey()))
                .as("the signed pre-key was the first one")
                .isTrue();
    }
}
