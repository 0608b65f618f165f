package dev.whatsappmd.localserver.pairing;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.engine.proto.payload.ClientPayload.DevicePairingRegistrationData;
import dev.whatsappmd.localserver.account.CompanionKeys;
import dev.whatsappmd.localserver.account.SignedPreKey;
import java.math.BigInteger;

/** Reads the keys of a registration (Baileys Utils/validate-connection.ts, generateRegistrationNode). */
final class RegistrationPayload {
    private static final int REGISTRATION_ID_LENGTH = 4;
    private static final int KEY_ID_LENGTH = 3;
    private static final int SIGNATURE_LENGTH = 64;

    private RegistrationPayload() {}

    /** @throws IllegalArgumentException says which part is missing or does not hold */
    static CompanionKeys keys(byte[] noiseKey, ClientPayload payload) {
        DevicePairingRegistrationData data = payload.getDevicePairingData();
        byte[] keyType = bytes(data.getEKeytype(), 1, "key type");
        if (keyType[0] != Curve25519.PREFIX) {
            throw new IllegalArgumentException("registration with key type " + keyType[0] + ", not 5");
        }
        byte[] identity = bytes(data.getEIdent(), Curve25519.KEY_LENGTH, "identity key");
        SignedPreKey signedPreKey = new SignedPreKey(
                number(bytes(data.getESkeyId(), KEY_ID_LENGTH, "signed pre-key id")),
                bytes(data.getESkeyVal(), Curve25519.KEY_LENGTH, "signed pre-key"),
                bytes(data.getESkeySig(), SIGNATURE_LENGTH, "signed pre-key's signature"));
        if (!signedPreKey.isSignedBy(identity)) {
            throw new IllegalArgumentException("registration with a signed pre-key that its identity did not sign");
        }
        return new CompanionKeys(
                noiseKey,
                identity,
                number(bytes(data.getERegid(), REGISTRATION_ID_LENGTH, "registration id")),
                signedPreKey,
                data.getDeviceProps().toByteArray());
    }

    private static byte[] bytes(ByteString value, int length, String what) {
        if (value.size() != length) {
            throw new IllegalArgumentException(
                    "registration with a " + what + " of " + value.size() + " bytes, not " + length);
        }
        return value.toByteArray();
    }

    private static int number(byte[] bigEndian) {
        return new BigInteger(1, bigEndian).intValue();
    }
}
