package dev.whatsappmd.engine.migration;

import static dev.whatsappmd.engine.migration.BaileysJson.bytes;
import static dev.whatsappmd.engine.migration.BaileysJson.keyPair;
import static dev.whatsappmd.engine.migration.BaileysJson.number;
import static dev.whatsappmd.engine.migration.BaileysJson.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.migration.BaileysJson.Malformed;
import dev.whatsappmd.engine.proto.adv.ADVSignedDeviceIdentity;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.Credentials.Account;
import dev.whatsappmd.engine.store.Credentials.SignedPreKey;
import dev.whatsappmd.engine.store.PreKey;
import java.time.Instant;
import java.util.Optional;

/** {@code creds.json} (Baileys Types/Auth.ts, {@code AuthenticationCreds}) as {@link Credentials}. */
final class BaileysCredentials {
    private static final int MAX_REGISTRATION_ID = 0x3FFF;

    private BaileysCredentials() {}

    /** @param since when the account was linked, as far as is known */
    static Credentials read(JsonNode json, Instant since) throws Malformed {
        KeyPair identity = pair(json, "signedIdentityKey");
        Credentials.Builder credentials = Credentials.builder()
                .noiseKey(pair(json, "noiseKey"))
                .identityKey(identity)
                .signedPreKey(signedPreKey(json.path("signedPreKey"), identity))
                .registrationId(number(json.path("registrationId"), "registrationId", 1, MAX_REGISTRATION_ID))
                .advSecret(bytes(json.path("advSecretKey"), "advSecretKey", 32))
                .nextPreKeyId(number(json.path("nextPreKeyId"), "nextPreKeyId", 1, PreKey.MAX_ID));
        if (!json.hasNonNull("me") || !json.hasNonNull("account")) {
            throw new Malformed("it is not linked to an account (me and account are missing)");
        }
        credentials.account(Optional.of(account(json, since)));
        if (json.hasNonNull("routingInfo")) {
            credentials.routingInfo(Optional.of(bytes(json.path("routingInfo"), "routingInfo")));
        }
        return credentials.build();
    }

    /** Pre-keys below this number were uploaded. */
    static int firstNotUploaded(JsonNode json) throws Malformed {
        return number(json.path("firstUnuploadedPreKeyId"), "firstUnuploadedPreKeyId", 1, PreKey.MAX_ID);
    }

    private static KeyPair pair(JsonNode json, String name) throws Malformed {
        return keyPair(json.path(name).path("private"), json.path(name).path("public"), name);
    }

    private static SignedPreKey signedPreKey(JsonNode json, KeyPair identity) throws Malformed {
        KeyPair pair = pair(json, "keyPair");
        byte[] signature = bytes(json.path("signature"), "signedPreKey.signature", XEdDsa.SIGNATURE_LENGTH);
        try {
            if (!XEdDsa.verify(identity.publicKey(), Curve25519.prefixed(pair.publicKey()), signature)) {
                throw new Malformed("the signature of signedPreKey was not made with signedIdentityKey");
            }
        } catch (CryptoException e) {
            throw new Malformed("signedPreKey is not a public key");
        }
        return new SignedPreKey(number(json.path("keyId"), "signedPreKey.keyId", 0, PreKey.MAX_ID), pair, signature);
    }

    private static Account account(JsonNode json, Instant since) throws Malformed {
        JsonNode me = json.path("me");
        JsonNode account = json.path("account");
        byte[] phone = bytes(account.path("accountSignatureKey"), "account.accountSignatureKey", Curve25519.KEY_LENGTH);
        ADVSignedDeviceIdentity signed = ADVSignedDeviceIdentity.newBuilder()
                .setDetails(ByteString.copyFrom(bytes(account.path("details"), "account.details")))
                .setAccountSignatureKey(ByteString.copyFrom(phone))
                .setAccountSignature(ByteString.copyFrom(
                        bytes(account.path("accountSignature"), "account.accountSignature", XEdDsa.SIGNATURE_LENGTH)))
                .setDeviceSignature(ByteString.copyFrom(
                        bytes(account.path("deviceSignature"), "account.deviceSignature", XEdDsa.SIGNATURE_LENGTH)))
                .build();
        return new Account(
                jid(text(me.path("id"), "me.id"), "me.id"),
                me.hasNonNull("lid") ? Optional.of(jid(text(me.path("lid"), "me.lid"), "me.lid")) : Optional.empty(),
                Optional.of(me.path("name").asText()).filter(name -> !name.isBlank() && !name.equals("~")),
                json.path("platform").asText(),
                Optional.empty(),
                signed.toByteArray(),
                phone,
                since);
    }

    private static Jid jid(String text, String what) throws Malformed {
        try {
            return Jid.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Malformed(what + " is not an address");
        }
    }
}
