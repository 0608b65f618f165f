package dev.whatsappmd.engine.pairing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.adv.ADVDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVEncryptionType;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentityHMAC;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.Account;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The server's message that a phone has linked this device, and the proof that it was the phone which saw our code: an
 * HMAC with the ADV secret of the code, and the phone's signature over our identity key (whatsmeow pair.go).
 */
public final class PairSuccess {
    private static final byte[] NO_PREFIX = {};
    private static final byte[] ACCOUNT_SIGNATURE_PREFIX = {6, 0};
    private static final byte[] DEVICE_SIGNATURE_PREFIX = {6, 1};
    private static final byte[] HOSTED_ACCOUNT_SIGNATURE_PREFIX = {6, 5};

    private static final int UNAUTHORIZED = 401;
    private static final int INTERNAL_ERROR = 500;

    private PairSuccess() {}

    /** What to do about it. */
    public sealed interface Result {}

    /**
     * Everything holds.
     *
     * @param updated the credentials with their account; keep them durably before the reply is sent
     * @param reply {@code pair-device-sign}; after it the server ends the stream with 515 or closes it
     */
    public record Accepted(Credentials updated, Node reply) implements Result {}

    /**
     * Something does not hold: nothing may be stored.
     *
     * @param code 401 when the proof fails, 500 when the message cannot be read
     * @param why what failed, without any secret
     * @param errorReply the iq error that answers the server
     */
    public record Refused(int code, String why, Node errorReply) implements Result {}

    /** Whether the stanza is one for {@link #verify}. */
    public static boolean matches(Node stanza) {
        return PairingStanza.body(stanza, "pair-success").isPresent();
    }

    /**
     * Checks the proof and, when it holds, signs this device's part.
     *
     * @param iq a stanza that {@link #matches}
     * @param credentials those of the code that was shown, not linked yet
     * @param now kept as the time of pairing
     * @param random a cryptographic one, for the signature
     */
    public static Result verify(Node iq, Credentials credentials, Instant now, RandomGenerator random) {
        try {
            return accept(iq, credentials, now, random);
        } catch (RefusedException e) {
            return new Refused(e.code, e.getMessage(), errorReply(iq, e.code, e.wireText));
        } catch (InvalidProtocolBufferException e) {
            String why = "the device identity in pair-success is not the protobuf message it should be";
            return new Refused(INTERNAL_ERROR, why, errorReply(iq, INTERNAL_ERROR, "internal-error"));
        }
    }

    private static Accepted accept(Node iq, Credentials credentials, Instant now, RandomGenerator random)
            throws RefusedException, InvalidProtocolBufferException {
        Node body = PairingStanza.body(iq, "pair-success")
                .orElseThrow(() -> unreadable("the stanza is not a pair-success of the server"));
        byte[] container = body.child("device-identity")
                .flatMap(Node::bytes)
                .orElseThrow(() -> unreadable("pair-success has no device identity"));
        Jid own = ownAddress(body);

        ADVSignedDeviceIdentity signed = verifiedHmac(ADVSignedDeviceIdentityHMAC.parseFrom(container), credentials);
        ADVDeviceIdentity details = ADVDeviceIdentity.parseFrom(signed.getDetails());
        verifyAccountSignature(signed, details, credentials);

        ADVSignedDeviceIdentity complete = signed.toBuilder()
                .setDeviceSignature(ByteString.copyFrom(deviceSignature(signed, credentials, random)))
                .build();
        Account account = new Account(
                own,
                body.child("device")
                        .flatMap(device -> Jid.tryParse(device.attribute("lid", "")))
                        .filter(Jid::isLid),
                Optional.empty(),
                name(body, "platform").orElse(""),
                name(body, "biz"),
                complete.toByteArray(),
                signed.getAccountSignatureKey().toByteArray(),
                now);
        return new Accepted(
                credentials.toBuilder().account(Optional.of(account)).build(),
                reply(iq, details.getKeyIndex(), complete));
    }

    private static Jid ownAddress(Node body) throws RefusedException {
        Jid own = body.child("device")
                .flatMap(device -> Jid.tryParse(device.attribute("jid", "")))
                .orElseThrow(() -> unreadable("pair-success does not say which address this device got"));
        boolean number = !own.user().isEmpty() && own.user().chars().allMatch(c -> c >= '0' && c <= '9');
        if (!own.isPhoneNumber() || !number || own.deviceOrPhone() == 0) {
            throw unreadable("pair-success gives this device an address that is not a phone number with a device");
        }
        return own;
    }

    private static Optional<String> name(Node body, String tag) {
        return body.child(tag).flatMap(child -> child.attribute("name")).filter(name -> !name.isEmpty());
    }

    /** Only who knows the ADV secret can have made this: the phone that scanned our code. */
    private static ADVSignedDeviceIdentity verifiedHmac(ADVSignedDeviceIdentityHMAC container, Credentials credentials)
            throws RefusedException, InvalidProtocolBufferException {
        boolean hosted = container.getAccountType() == ADVEncryptionType.HOSTED;
        byte[] expected = Hmac.sha256(
                credentials.advSecret(),
                hosted ? HOSTED_ACCOUNT_SIGNATURE_PREFIX : NO_PREFIX,
                container.getDetails().toByteArray());
        if (!Hmac.matches(expected, container.getHmac().toByteArray())) {
            throw new RefusedException(
                    UNAUTHORIZED,
                    "hmac-mismatch",
                    "the HMAC in pair-success was not made with the secret of the code that was shown");
        }
        return ADVSignedDeviceIdentity.parseFrom(container.getDetails());
    }

    private static void verifyAccountSignature(
            ADVSignedDeviceIdentity signed, ADVDeviceIdentity details, Credentials credentials)
            throws RefusedException {
        boolean hosted = details.getDeviceType() == ADVEncryptionType.HOSTED;
        byte[] accountKey = signed.getAccountSignatureKey().toByteArray();
        byte[] message = Bytes.concat(
                hosted ? HOSTED_ACCOUNT_SIGNATURE_PREFIX : ACCOUNT_SIGNATURE_PREFIX,
                signed.getDetails().toByteArray(),
                credentials.identityKey().publicKey());
        // The key is what is kept as the phone's identity: 32 bytes and nothing in front.
        if (accountKey.length != 32
                || !XEdDsa.verify(
                        accountKey, message, signed.getAccountSignature().toByteArray())) {
            throw new RefusedException(
                    UNAUTHORIZED,
                    "signature-mismatch",
                    "the account signature in pair-success is not the phone's over this device's identity");
        }
    }

    /** The same prefix for hosted accounts: what is hosted is the account, not this device. */
    private static byte[] deviceSignature(
            ADVSignedDeviceIdentity signed, Credentials credentials, RandomGenerator random) {
        byte[] message = Bytes.concat(
                DEVICE_SIGNATURE_PREFIX,
                signed.getDetails().toByteArray(),
                credentials.identityKey().publicKey(),
                signed.getAccountSignatureKey().toByteArray());
        return XEdDsa.sign(credentials.identityKey().privateKey(), message, random);
    }

    private static Node reply(Node iq, int keyIndex, ADVSignedDeviceIdentity complete) {
        byte[] identity =
                complete.toBuilder().clearAccountSignatureKey().build().toByteArray();
        return Node.builder("iq")
                .attribute("to", Jid.SERVER.toString())
                .attribute("type", "result")
                .attribute("id", iq.attribute("id"))
                .child(Node.builder("pair-device-sign")
                        .child(Node.builder("device-identity")
                                .attribute("key-index", Integer.toUnsignedString(keyIndex))
                                .bytes(identity)
                                .build())
                        .build())
                .build();
    }

    private static Node errorReply(Node iq, int code, String text) {
        return Node.builder("iq")
                .attribute("to", Jid.SERVER.toString())
                .attribute("type", "error")
                .attribute("id", iq.attribute("id"))
                .child(Node.builder("error")
                        .attribute("code", Integer.toString(code))
                        .attribute("text", text)
                        .build())
                .build();
    }

    private static RefusedException unreadable(String why) {
        return new RefusedException(INTERNAL_ERROR, "internal-error", why);
    }

    /** Leaves the check at the first thing that does not hold. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;
        private final String wireText;

        RefusedException(int code, String wireText, String why) {
            super(why);
            this.code = code;
            this.wireText = wireText;
        }
    }
}
