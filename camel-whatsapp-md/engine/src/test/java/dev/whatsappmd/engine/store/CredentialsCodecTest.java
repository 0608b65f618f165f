package dev.whatsappmd.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.proto.store.StoredCredentials;
import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsCodecTest {
    private static final String SELF = SessionRows.SELF;
    private static final int VERSION_OFFSET = 4;

    private final Credentials linked = TestCredentials.linked(new Random(1));

    static Stream<Credentials> credentials() {
        Random random = new Random(2);
        Credentials linked = TestCredentials.linked(random);
        Credentials bare = linked.toBuilder()
                .account(linked.account()
                        .map(account -> new Credentials.Account(
                                account.id(),
                                Optional.empty(),
                                Optional.empty(),
                                "",
                                Optional.empty(),
                                new byte[0],
                                new byte[0],
                                account.pairedAt())))
                .routingInfo(Optional.of(new byte[0]))
                .nextPreKeyId(PreKey.MAX_ID)
                .build();
        return Stream.of(TestCredentials.fresh(random), linked, bare, TestCredentials.revoked(linked));
    }

    @ParameterizedTest
    @MethodSource("credentials")
    void readsBackWhatItWrote(Credentials credentials) {
        byte[] row = CredentialsCodec.encode(SELF, credentials);
        assertThat(CredentialsCodec.decodeCredentials(SELF, row))
                .usingRecursiveComparison()
                .isEqualTo(credentials);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsBackPreKeys(boolean uploaded) {
        PreKey made = TestCredentials.preKeys(new Random(3), 812, 1).get(0);
        PreKey preKey = new PreKey(made.id(), made.keyPair(), uploaded);
        byte[] row = CredentialsCodec.encode("00000812", preKey);
        assertThat(CredentialsCodec.decodePreKey("00000812", row)).isEqualTo(preKey);
    }

    @Test
    void refusesEveryFlippedBitAsCorrupt() {
        byte[] row = CredentialsCodec.encode(SELF, linked);
        for (int bit = 0; bit < row.length * 8; bit++) {
            byte[] damaged = row.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertReason(Reason.CORRUPT, damaged);
        }
    }

    @Test
    void refusesEveryTruncationAsCorrupt() {
        byte[] row = CredentialsCodec.encode(SELF, linked);
        for (int length = 0; length < row.length; length++) {
            assertReason(Reason.CORRUPT, Arrays.copyOf(row, length));
        }
        assertReason(Reason.CORRUPT, Arrays.copyOf(row, row.length + 1));
    }

    @Test
    void refusesARowOfAnotherKey() {
        byte[] row = CredentialsCodec.encode("revoked-1", linked);
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(() -> CredentialsCodec.decodeCredentials(SELF, row))
                .withMessage("the row CREDENTIALS/self cannot be read (its checksum does not match):"
                        + " put back a backup of the store");
    }

    @Test
    void refusesANewerFormat() {
        byte[] row = RowFormat.seal(Table.CREDENTIALS, SELF, 2, new byte[] {1, 2, 3});
        assertThat(row[VERSION_OFFSET]).isEqualTo((byte) 2);
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(() -> CredentialsCodec.decodeCredentials(SELF, row))
                .withMessage("the row CREDENTIALS/self has format version 2, this version reads up to 1:"
                        + " run the newer version again")
                .extracting(SessionStoreException::reason)
                .isEqualTo(Reason.NEWER);
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertReason(Reason.CORRUPT, seal(new byte[] {(byte) 0xFF, (byte) 0xFF, 1}));
    }

    @Test
    void refusesMessagesThatMakeNoCredentials() {
        StoredCredentials good = stored();
        assertReason(Reason.CORRUPT, seal(new byte[0]));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().clearNoiseKey()));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().clearIdentityKey()));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().clearSignedPreKey()));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().setRegistrationId(0)));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().setRegistrationId(0x4000)));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().setAdvSecret(ByteString.EMPTY)));
        assertReason(Reason.CORRUPT, seal(good.toBuilder().setNextPreKeyId(-1)));
        StoredCredentials.Builder badAddress = good.toBuilder();
        badAddress.getAccountBuilder().setId("");
        assertReason(Reason.CORRUPT, seal(badAddress));
        StoredCredentials.Builder badTime = good.toBuilder();
        badTime.getAccountBuilder().getPairedAtBuilder().setSeconds(Long.MAX_VALUE);
        assertReason(Reason.CORRUPT, seal(badTime));
        badTime.getAccountBuilder()
                .getPairedAtBuilder()
                .setSeconds(Long.MIN_VALUE)
                .setNanos(-1);
        assertReason(Reason.CORRUPT, seal(badTime));
    }

    @Test
    void tellsNothingOfTheRowInItsErrors() {
        StoredCredentials.Builder badAddress = stored().toBuilder();
        badAddress.getAccountBuilder().setId("15550100:x@s.whatsapp.net");
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(() -> CredentialsCodec.decodeCredentials(SELF, seal(badAddress)))
                .withNoCause()
                .withMessage("the row CREDENTIALS/self cannot be read (its fields do not make credentials):"
                        + " put back a backup of the store");
    }

    private StoredCredentials stored() {
        try {
            byte[] row = CredentialsCodec.encode(SELF, linked);
            return StoredCredentials.parseFrom(RowFormat.open(Table.CREDENTIALS, SELF, 1, row));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] seal(StoredCredentials.Builder stored) {
        return seal(stored.build().toByteArray());
    }

    private static byte[] seal(byte[] payload) {
        return RowFormat.seal(Table.CREDENTIALS, SELF, 1, payload);
    }

    private static void assertReason(Reason reason, byte[] row) {
        assertThatExceptionOfType(SessionStoreException.class)
                .isThrownBy(() -> CredentialsCodec.decodeCredentials(SELF, row))
                .extracting(SessionStoreException::reason)
                .isEqualTo(reason);
    }
}
