package dev.whatsappmd.engine.prekey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.prekey.KeyBundleDigest.Result;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyBundleDigestTest {
    /** SHA-1, computed elsewhere, over 32 bytes 01, 32 bytes 02, 64 bytes 03, 32 bytes 0a, 32 bytes 0b. */
    private static final byte[] HASH = HexFormat.of().parseHex("4f294abc2495b52f85cecdc910594cf33252e640");
    /** The same without the last two. */
    private static final byte[] HASH_WITHOUT_PRE_KEYS =
            HexFormat.of().parseHex("d3cbdce98e6f71fc557487685a17f13a4524861f");

    private static final Credentials OWN = NewCredentials.generate(new SplittableRandom(1)).toBuilder()
            .registrationId(0x1234)
            .identityKey(pair(1))
            .signedPreKey(new Credentials.SignedPreKey(7, pair(2), filled(64, 3)))
            .build();
    private static final Map<Integer, PreKey> STORED =
            Map.of(0x10000a, new PreKey(0x10000a, pair(10), true), 11, new PreKey(11, pair(11), true));
    private static final IntFunction<Optional<PreKey>> PRE_KEYS = id -> Optional.ofNullable(STORED.get(id));

    @Test
    void matchesWhatTheServerHashed() {
        assertThat(compare(answer(new Bundle()))).isEqualTo(Result.MATCHES);
    }

    @Test
    void matchesWithoutAnyPreKeyLeft() {
        Bundle bundle = new Bundle();
        bundle.preKeyIds = new byte[][] {};
        bundle.hash = HASH_WITHOUT_PRE_KEYS;
        assertThat(compare(answer(bundle))).isEqualTo(Result.MATCHES);
    }

    @Test
    void matchesTheBeginningOfTheHash() {
        Bundle bundle = new Bundle();
        bundle.hash = Arrays.copyOf(HASH, 8);
        assertThat(compare(answer(bundle))).isEqualTo(Result.MATCHES);
    }

    @Test
    void seesThatTheOrderOfPreKeysDiffers() {
        Bundle bundle = new Bundle();
        bundle.preKeyIds = new byte[][] {{0, 0, 11}, {0x10, 0, 10}};
        assertThat(compare(answer(bundle))).isEqualTo(Result.HASH_DIFFERS);
    }

    @Test
    void seesAHashThatIsTooLong() {
        Bundle bundle = new Bundle();
        bundle.hash = Arrays.copyOf(HASH, 21);
        assertThat(compare(answer(bundle))).isEqualTo(Result.HASH_DIFFERS);
    }

    @Test
    void seesAPreKeyWeHaveNoMore() {
        Bundle bundle = new Bundle();
        bundle.preKeyIds = new byte[][] {{0x10, 0, 10}, {0, 0, 12}};
        assertThat(compare(answer(bundle))).isEqualTo(Result.PRE_KEY_MISSING_HERE);
        bundle.preKeyIds = new byte[][] {{0, 0, 0}};
        assertThat(compare(answer(bundle))).isEqualTo(Result.PRE_KEY_MISSING_HERE);
        bundle.preKeyIds = new byte[][] {{11}};
        assertThat(compare(answer(bundle))).isEqualTo(Result.PRE_KEY_MISSING_HERE);
    }

    @Test
    void seesAnotherRegistrationId() {
        Bundle bundle = new Bundle();
        bundle.registration = new byte[] {0, 0, 0x12, 0x35};
        assertThat(compare(answer(bundle))).isEqualTo(Result.REGISTRATION_ID_DIFFERS);
        bundle.registration = new byte[] {0x12, 0x34};
        assertThat(compare(answer(bundle))).isEqualTo(Result.REGISTRATION_ID_DIFFERS);
    }

    @Test
    void seesAnotherIdentity() {
        Bundle bundle = new Bundle();
        bundle.identity = filled(32, 9);
        assertThat(compare(answer(bundle))).isEqualTo(Result.IDENTITY_DIFFERS);
    }

    @Test
    void seesAnotherSignedPreKey() {
        Bundle bundle = new Bundle();
        bundle.signedId = new byte[] {0, 0, 8};
        assertThat(compare(answer(bundle))).isEqualTo(Result.SIGNED_PRE_KEY_DIFFERS);
        bundle = new Bundle();
        bundle.signedValue = filled(32, 9);
        assertThat(compare(answer(bundle))).isEqualTo(Result.SIGNED_PRE_KEY_DIFFERS);
        bundle = new Bundle();
        bundle.signature = filled(64, 9);
        assertThat(compare(answer(bundle))).isEqualTo(Result.SIGNED_PRE_KEY_DIFFERS);
    }

    @Test
    void seesAnotherKindOfKeys() {
        Bundle bundle = new Bundle();
        bundle.type = new byte[] {6};
        assertThat(compare(answer(bundle))).isEqualTo(Result.OTHER_KEY_TYPE);
    }

    @Test
    void seesThatTheServerHasNothing() {
        assertThat(compare(iq("result").build())).isEqualTo(Result.NOT_ON_SERVER);
        assertThat(compare(error("404"))).isEqualTo(Result.NOT_ON_SERVER);
    }

    @Test
    void concludesNothingFromOtherErrors() {
        assertThat(compare(error("500"))).isEqualTo(Result.UNREADABLE);
        assertThat(compare(iq("error").build())).isEqualTo(Result.UNREADABLE);
        assertThat(compare(Node.of("iq"))).isEqualTo(Result.UNREADABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"type", "skey", "list", "hash"})
    void concludesNothingFromAnAnswerWithAHole(String missing) {
        Node digest = answer(new Bundle()).child("digest").orElseThrow();
        Node.Builder holed = Node.builder("digest");
        digest.children().stream().filter(child -> !child.is(missing)).forEach(holed::child);
        assertThat(compare(iq("result").child(holed.build()).build())).isEqualTo(Result.UNREADABLE);
    }

    @Test
    void concludesNothingFromAnEmptyHash() {
        Bundle bundle = new Bundle();
        bundle.hash = new byte[0];
        assertThat(compare(answer(bundle))).isEqualTo(Result.UNREADABLE);
    }

    @ParameterizedTest
    @EnumSource(Result.class)
    void uploadsWhereverNewKeysHelp(Result result) {
        boolean helps =
                switch (result) {
                    case MATCHES, OTHER_KEY_TYPE, UNREADABLE -> false;
                    case NOT_ON_SERVER,
                            REGISTRATION_ID_DIFFERS,
                            IDENTITY_DIFFERS,
                            SIGNED_PRE_KEY_DIFFERS,
                            PRE_KEY_MISSING_HERE,
                            HASH_DIFFERS -> true;
                };
        assertThat(result.mustUpload()).isEqualTo(helps);
    }

    private static Result compare(Node answer) {
        return KeyBundleDigest.compare(answer, OWN, PRE_KEYS);
    }

    /** What a server says that has the same as {@link #OWN} and {@link #STORED}. */
    private static final class Bundle {
        private byte[] registration = {0, 0, 0x12, 0x34};
        private byte[] type = {5};
        private byte[] identity = filled(32, 1);
        private byte[] signedId = {0, 0, 7};
        private byte[] signedValue = filled(32, 2);
        private byte[] signature = filled(64, 3);
        private byte[][] preKeyIds = {{0x10, 0, 10}, {0, 0, 11}};
        private byte[] hash = HASH;
    }

    private static Node answer(Bundle bundle) {
        Node.Builder list = Node.builder("list");
        Arrays.stream(bundle.preKeyIds).forEach(id -> list.child(leaf("id", id)));
        Node skey = Node.builder("skey")
                .child(leaf("id", bundle.signedId))
                .child(leaf("value", bundle.signedValue))
                .child(leaf("signature", bundle.signature))
                .build();
        Node digest = Node.builder("digest")
                .child(leaf("registration", bundle.registration))
                .child(leaf("type", bundle.type))
                .child(leaf("identity", bundle.identity))
                .child(skey)
                .child(list.build())
                .child(leaf("hash", bundle.hash))
                .build();
        return iq("result").child(digest).build();
    }

    private static Node error(String code) {
        return iq("error")
                .child(Node.builder("error").attribute("code", code).build())
                .build();
    }

    private static Node.Builder iq(String type) {
        return Node.builder("iq").attribute("from", "s.whatsapp.net").attribute("type", type);
    }

    private static Node leaf(String tag, byte[] content) {
        return Node.builder(tag).bytes(content).build();
    }

    private static KeyPair pair(int fill) {
        return new KeyPair(new byte[32], filled(32, fill));
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
