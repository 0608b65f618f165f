package dev.whatsappmd.localserver.pairing;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.proto.adv.ADVDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVEncryptionType;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentityHMAC;
import dev.whatsappmd.localserver.account.Account;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The phone's signed statement that a companion belongs to the account, and the check of the companion's own signature
 * under it (whatsmeow pair.go, Baileys Utils/validate-connection.ts).
 */
final class DeviceIdentity {
    private static final byte[] ACCOUNT_SIGNATURE = {6, 0};
    private static final byte[] DEVICE_SIGNATURE = {6, 1};
    private static final byte[] HOSTED_ACCOUNT_SIGNATURE = {6, 5};
    private static final byte[] NONE = {};

    private final Account account;
    private final byte[] companionIdentity;
    private final int keyIndex;
    private final ByteString details;
    private final byte[] accountSignature;

    private DeviceIdentity(
            Account account, byte[] companionIdentity, int keyIndex, Instant at, RandomGenerator random) {
        this.account = account;
        this.companionIdentity = companionIdentity;
        this.keyIndex = keyIndex;
        ADVDeviceIdentity.Builder identity = ADVDeviceIdentity.newBuilder()
                .setRawId(account.rawId())
                .setTimestamp(at.getEpochSecond())
                .setKeyIndex(keyIndex);
        if (account.profile().hosted()) {
            identity.setAccountType(ADVEncryptionType.HOSTED);
        }
        if (account.profile().hostedDevice()) {
            identity.setDeviceType(ADVEncryptionType.HOSTED);
        }
        details = identity.build().toByteString();
        byte[] prefix = account.profile().hostedDevice() ? HOSTED_ACCOUNT_SIGNATURE : ACCOUNT_SIGNATURE;
        accountSignature = XEdDsa.sign(
                account.identity().privateKey(), join(prefix, details.toByteArray(), companionIdentity), random);
    }

    /** Signs the companion's identity for the next key index of the account. */
    static DeviceIdentity issue(Account account, byte[] companionIdentity, Instant at, RandomGenerator random) {
        return new DeviceIdentity(account, companionIdentity, account.nextKeyIndex(), at, random);
    }

    int keyIndex() {
        return keyIndex;
    }

    /** The content of pair-success for the companion that has this secret: ADVSignedDeviceIdentityHMAC. */
    byte[] sealed(byte[] advSecret) {
        byte[] signed = signed().build().toByteArray();
        boolean hosted = account.profile().hosted();
        ADVSignedDeviceIdentityHMAC.Builder sealed = ADVSignedDeviceIdentityHMAC.newBuilder()
                .setDetails(ByteString.copyFrom(signed))
                .setHmac(ByteString.copyFrom(Hmac.sha256(advSecret, hosted ? HOSTED_ACCOUNT_SIGNATURE : NONE, signed)));
        if (hosted) {
            sealed.setAccountType(ADVEncryptionType.HOSTED);
        }
        return sealed.build().toByteArray();
    }

    /**
     * Checks what the companion sends back in pair-device-sign.
     *
     * @param answer ADVSignedDeviceIdentity, without the account's key
     * @return what is wrong, empty when the companion's signature is good
     */
    Optional<String> refuse(byte[] answer) {
        ADVSignedDeviceIdentity signed;
        try {
            signed = ADVSignedDeviceIdentity.parseFrom(answer);
        } catch (InvalidProtocolBufferException e) {
            return Optional.of("its device-identity cannot be read");
        }
        if (!signed.getDetails().equals(details)) {
            return Optional.of("its device-identity holds other details than it was given");
        }
        if (!signed.getAccountSignature().equals(ByteString.copyFrom(accountSignature))) {
            return Optional.of("its device-identity holds another account signature than it was given");
        }
        if (signed.hasAccountSignatureKey() && !signed.getAccountSignatureKey().isEmpty()) {
            return Optional.of("its device-identity still holds the account's key");
        }
        byte[] message = join(
                DEVICE_SIGNATURE,
                details.toByteArray(),
                companionIdentity,
                account.identity().publicKey());
        return XEdDsa.verify(
                        companionIdentity, message, signed.getDeviceSignature().toByteArray())
                ? Optional.empty()
                : Optional.of("its device signature does not verify under the identity key it registered with");
    }

    private ADVSignedDeviceIdentity.Builder signed() {
        return ADVSignedDeviceIdentity.newBuilder()
                .setDetails(details)
                .setAccountSignatureKey(ByteString.copyFrom(account.identity().publicKey()))
                .setAccountSignature(ByteString.copyFrom(accountSignature));
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
