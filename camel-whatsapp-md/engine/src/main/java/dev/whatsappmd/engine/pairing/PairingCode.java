package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.Crockford;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Linking with a code of eight characters that a person types into the phone, in place of a QR code (Baileys
 * Socket/socket.ts and Socket/messages-recv.ts, whatsmeow pair-code.go).
 *
 * <p>{@link #create}, send {@link #hello}, show {@link #code}; when the phone's notification {@link #isPrimaryHello
 * comes}, {@link #finish}; the server then sends pair-success as it does after a QR code. Each attempt has an ephemeral
 * key of its own that lives in this object only. Nothing here marks the credentials as linked: only {@link PairSuccess}
 * does.
 *
 * <p>Immutable. {@link #hello} and {@link #finish} derive a key from the code on purpose slowly, some ten milliseconds.
 */
public final class PairingCode {
    /** How long the server takes a code (zapo). */
    public static final Duration LIFETIME = Duration.ofSeconds(180);
    /** How often a phone may begin again with one code (zapo). */
    public static final int MAX_PRIMARY_HELLOS = 3;

    private static final int CODE_LENGTH = 8;
    private static final int CODE_BYTES = 5;
    private static final int SALT_LENGTH = 32;
    private static final int SECRET_LENGTH = 32;
    private static final byte[] NOTHING = {};
    private static final byte[] BUNDLE_INFO =
            "link_code_pairing_key_bundle_encryption_key".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADV_INFO = "adv_secret".getBytes(StandardCharsets.US_ASCII);
    private static final String BODY = "link_code_companion_reg";
    private static final String REF = "link_code_pairing_ref";

    private final String code;
    private final Jid phone;
    private final KeyPair ephemeral;
    private final Optional<byte[]> ref;

    private PairingCode(String code, Jid phone, KeyPair ephemeral, Optional<byte[]> ref) {
        this.code = code;
        this.phone = phone;
        this.ephemeral = ephemeral;
        this.ref = ref;
    }

    /** What the phone's notification leads to. */
    public sealed interface Result {}

    /**
     * The phone has our code.
     *
     * @param updated the credentials with the ADV secret that both sides now know; keep them durably before the request
     *     is sent
     * @param request an iq without an id
     */
    public record Finished(Credentials updated, Node request) implements Result {}

    /**
     * The notification belongs to another code or makes no sense: nothing may be stored, it is acknowledged all the same.
     *
     * @param why what is wrong, without any secret
     */
    public record Refused(String why) implements Result {}

    /**
     * Begins an attempt.
     *
     * @param phoneNumber of the account, with its country code; digits, and between them what people write there
     * @param ownCode a code to use in place of a random one: eight letters or digits, a dash between does not matter
     * @param random a cryptographic one
     * @throws IllegalArgumentException when the number or the code is none
     */
    public static PairingCode create(String phoneNumber, Optional<String> ownCode, RandomGenerator random) {
        Jid phone = Jid.of(digits(phoneNumber), JidServer.USER);
        Optional<String> own = ownCode.map(PairingCode::normalized);
        KeyPair ephemeral = Curve25519.generateKeyPair(random);
        String code = own.orElseGet(() -> Crockford.encode(Bytes.drawn(CODE_BYTES, random)));
        return new PairingCode(code, phone, ephemeral, Optional.empty());
    }

    static String digits(String phoneNumber) {
        String digits = phoneNumber.replaceAll("[+ ().\\-/]", "");
        if (!digits.matches("[1-9]\\d{6,14}")) {
            throw new IllegalArgumentException("the phone number is not 7 to 15 digits that begin with a country code"
                    + " (no leading 0); write it like 491234567890");
        }
        return digits;
    }

    static String normalized(String ownCode) {
        String code = ownCode.replace("-", "").toUpperCase(Locale.ROOT);
        if (!code.matches("[0-9A-Z]{" + CODE_LENGTH + "}")) {
            throw new IllegalArgumentException(
                    "an own pairing code is exactly 8 letters A to Z or digits, which this one is not");
        }
        return code;
    }

    /** Eight capital letters and digits, for the person at the phone. */
    public String code() {
        return code;
    }

    /** Tells the server which phone to ask: an iq without an id. */
    public Node hello(Credentials credentials, DeviceProfile device, RandomGenerator random) {
        byte[] wrapped = PairingCodeCipher.wrap(code, ephemeral.publicKey(), random);
        return request(body("companion_hello")
                .attribute("should_show_push_notification", "true")
                .child(bytes("link_code_pairing_wrapped_companion_ephemeral_pub", wrapped))
                .child(bytes(
                        "companion_server_auth_key_pub", credentials.noiseKey().publicKey()))
                .child(text("companion_platform_id", device.companionPlatformId()))
                .child(text("companion_platform_display", device.pairingDisplay()))
                .child(text("link_code_pairing_nonce", "0")));
    }

    /** This attempt with the reference of the server's answer, which the phone's notification has to repeat. */
    public PairingCode answered(Node answer) {
        Optional<byte[]> told =
                answer.child(BODY).flatMap(body -> body.child(REF)).flatMap(Node::bytes);
        return new PairingCode(code, phone, ephemeral, told);
    }

    /** Whether the stanza is the phone's turn: somebody typed a code into it. */
    public static boolean isPrimaryHello(Node stanza) {
        return isNotice(stanza, "primary_hello");
    }

    /** Whether the stanza asks for another code: this one is not taken any more. */
    public boolean isRefresh(Node stanza) {
        return isNotice(stanza, "refresh_code") && isMeantBy(stanza);
    }

    /** Whether a person has to ask for that other code: a program that goes on by itself was told to stop (WA Web). */
    public static boolean isRefreshByHand(Node stanza) {
        return isNotice(stanza, "refresh_code")
                && stanza.child(BODY)
                        .filter(body -> body.hasAttribute("force_manual_refresh", "true"))
                        .isPresent();
    }

    private static boolean isNotice(Node stanza, String stage) {
        return stanza.is("notification")
                && PairingStanza.isFromServer(stanza)
                && stanza.child(BODY)
                        .filter(body -> body.hasAttribute("stage", stage))
                        .isPresent();
    }

    /** Whether the stanza is about this code, as its reference says, and not about an earlier one. */
    public boolean isMeantBy(Node stanza) {
        return ref.isEmpty()
                || field(stanza, REF)
                        .filter(told -> Arrays.equals(told, ref.get()))
                        .isPresent();
    }

    /**
     * Answers the phone.
     *
     * @param notification one that {@link #isPrimaryHello}
     * @param random a cryptographic one
     */
    public Result finish(Node notification, Credentials credentials, RandomGenerator random) {
        Optional<byte[]> wrapped = field(notification, "link_code_pairing_wrapped_primary_ephemeral_pub");
        Optional<byte[]> identity = field(notification, "primary_identity_pub");
        Optional<byte[]> told = field(notification, REF);
        if (wrapped.isEmpty() || identity.isEmpty() || told.isEmpty()) {
            return new Refused("the phone's answer to the pairing code lacks a key or the reference");
        }
        if (identity.get().length != Curve25519.KEY_LENGTH) {
            return new Refused("the phone's identity key in its answer to the pairing code is not 32 bytes");
        }
        if (!isMeantBy(notification)) {
            return new Refused("the phone's answer is for another pairing code than the present one");
        }
        try {
            return finish(wrapped.get(), identity.get(), told.get(), credentials, random);
        } catch (CryptoException e) {
            return new Refused("the phone's answer to the pairing code does not hold: " + e.getMessage());
        }
    }

    private Finished finish(
            byte[] wrapped, byte[] primaryIdentity, byte[] told, Credentials credentials, RandomGenerator random)
            throws CryptoException {
        byte[] primaryEphemeral = PairingCodeCipher.unwrap(code, wrapped);
        byte[] ephemeralShared = Curve25519.agree(ephemeral.privateKey(), primaryEphemeral);
        byte[] identityShared = Curve25519.agree(credentials.identityKey().privateKey(), primaryIdentity);
        byte[] companionIdentity = credentials.identityKey().publicKey();
        byte[] secret = Bytes.drawn(SECRET_LENGTH, random);
        byte[] salt = Bytes.drawn(SALT_LENGTH, random);
        byte[] iv = Bytes.drawn(AesGcm.IV_LENGTH, random);

        byte[] bundleKey = Hkdf.sha256(ephemeralShared, salt, BUNDLE_INFO, SECRET_LENGTH);
        byte[] bundle = Bytes.concat(companionIdentity, primaryIdentity, secret);
        byte[] encrypted = new AesGcm(bundleKey).encrypt(iv, NOTHING, bundle);
        byte[] advSecret =
                Hkdf.sha256(Bytes.concat(ephemeralShared, identityShared, secret), null, ADV_INFO, SECRET_LENGTH);
        return new Finished(
                credentials.toBuilder().advSecret(advSecret).build(),
                request(body("companion_finish")
                        .child(bytes("link_code_pairing_wrapped_key_bundle", Bytes.concat(salt, iv, encrypted)))
                        .child(bytes("companion_identity_public", companionIdentity))
                        .child(bytes(REF, told))));
    }

    private static Optional<byte[]> field(Node notification, String tag) {
        return notification.child(BODY).flatMap(body -> body.child(tag)).flatMap(Node::bytes);
    }

    private Node.Builder body(String stage) {
        return Node.builder(BODY).attribute("jid", phone.toString()).attribute("stage", stage);
    }

    private static Node request(Node.Builder body) {
        return Node.builder("iq")
                .attribute("to", Jid.SERVER.toString())
                .attribute("type", "set")
                .attribute("xmlns", "md")
                .child(body.build())
                .build();
    }

    private static Node bytes(String tag, byte[] content) {
        return Node.builder(tag).bytes(content).build();
    }

    private static Node text(String tag, String content) {
        return Node.builder(tag).text(content).build();
    }

    /** Never the code or the number. */
    @Override
    public String toString() {
        return "PairingCode[…]";
    }
}
