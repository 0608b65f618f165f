package dev.whatsappmd.engine.migration;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Values as Baileys writes them. Bytes have four forms there: an object of the type {@code Buffer} with base64 or with
 * numbers (BufferJSON, and Node's own), base64 alone (libsignal, protobuf), and an object with a number for each index
 * (a {@code Uint8Array}).
 */
final class BaileysJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private BaileysJson() {}

    /** What does not make sense, without the value: it may be a key. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    static JsonNode parse(byte[] file) throws Malformed {
        if (file.length == 0) {
            throw new Malformed("it is empty, as after a write that was cut off");
        }
        try {
            JsonNode json = MAPPER.readTree(new String(file, StandardCharsets.UTF_8));
            if (json == null || json.isMissingNode()) {
                throw new Malformed("it holds nothing");
            }
            return json;
        } catch (JsonProcessingException e) {
            // Not as the cause: a parser quotes what it reads.
            throw new Malformed("it is not whole JSON, as after a write that was cut off");
        }
    }

    static byte[] bytes(JsonNode json, String what) throws Malformed {
        JsonNode value = json.path("type").asText().equals("Buffer") ? json.path("data") : json;
        if (value.isTextual()) {
            return base64(value.textValue(), what);
        }
        if ((value.isArray() || value.isObject()) && value.size() > 0) {
            byte[] bytes = new byte[value.size()];
            for (int i = 0; i < bytes.length; i++) {
                JsonNode one = value.isArray() ? value.get(i) : value.path(Integer.toString(i));
                if (!one.isInt() || one.intValue() < 0 || one.intValue() > 255) {
                    throw new Malformed(what + " is not bytes");
                }
                bytes[i] = (byte) one.intValue();
            }
            return bytes;
        }
        throw new Malformed(what + " is missing");
    }

    static byte[] base64(String text, String what) throws Malformed {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new Malformed(what + " is not base64");
        }
    }

    static byte[] bytes(JsonNode json, String what, int length) throws Malformed {
        byte[] bytes = bytes(json, what);
        if (bytes.length != length) {
            throw new Malformed(what + " has " + bytes.length + " bytes, not " + length);
        }
        return bytes;
    }

    /** 32 bytes, with or without the type byte in front. */
    static byte[] publicKey(JsonNode json, String what) throws Malformed {
        try {
            byte[] key = bytes(json, what);
            return key.length == Curve25519.KEY_LENGTH ? key : Curve25519.unprefixed(key);
        } catch (CryptoException e) {
            throw new Malformed(what + " is not a public key");
        }
    }

    /** Two halves that belong together. */
    static KeyPair keyPair(JsonNode privateKey, JsonNode publicKey, String what) throws Malformed {
        KeyPair pair = Curve25519.keyPairOf(bytes(privateKey, what + " (private)", Curve25519.KEY_LENGTH));
        if (!Arrays.equals(pair.publicKey(), publicKey(publicKey, what + " (public)"))) {
            throw new Malformed("the two halves of " + what + " do not belong together");
        }
        return pair;
    }

    static int number(JsonNode json, String what, int min, int max) throws Malformed {
        if (!json.isIntegralNumber() || !json.canConvertToInt() || json.intValue() < min || json.intValue() > max) {
            throw new Malformed(what + " is not a number from " + min + " to " + max);
        }
        return json.intValue();
    }

    static long counter(JsonNode json, String what) throws Malformed {
        if (!json.isIntegralNumber() || json.longValue() < -1 || json.longValue() > 0xFFFF_FFFFL) {
            throw new Malformed(what + " is not a counter");
        }
        return json.longValue();
    }

    static String text(JsonNode json, String what) throws Malformed {
        if (!json.isTextual() || json.textValue().isEmpty()) {
            throw new Malformed(what + " is missing");
        }
        return json.textValue();
    }
}
