package dev.whatsappmd.engine.pairing;

import static dev.whatsappmd.engine.Vectors.b64;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.store.Credentials;

/** The credentials that a vector states. */
public final class VectorCredentials {
    private VectorCredentials() {}

    /** From the field {@code creds} of a case. */
    public static Credentials of(JsonNode creds) {
        JsonNode signedPreKey = creds.path("signedPreKey");
        return Credentials.builder()
                .noiseKey(keyPair(creds.path("noiseKey")))
                .identityKey(keyPair(creds.path("signedIdentityKey")))
                .signedPreKey(new Credentials.SignedPreKey(
                        signedPreKey.path("keyId").asInt(), keyPair(signedPreKey), b64(signedPreKey.path("signature"))))
                .registrationId(creds.path("registrationId").asInt())
                .advSecret(b64(creds.path("advSecretKey")))
                .build();
    }

    private static KeyPair keyPair(JsonNode json) {
        return new KeyPair(b64(json.path("private")), b64(json.path("public")));
    }
}
