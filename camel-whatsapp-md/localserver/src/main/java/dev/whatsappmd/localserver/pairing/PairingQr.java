package dev.whatsappmd.localserver.pairing;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a linking QR code says: {@code [https://wa.me/settings/linked_devices#]ref,noise,identity,adv,platform} (Baileys
 * Utils/qr.ts, whatsmeow pair.go).
 *
 * @param ref one of the server's refs
 * @param noiseKey the companion's Noise key, 32 bytes
 * @param identityKey the companion's Signal identity, 32 bytes
 * @param advSecret secret of the companion and whoever sees the code, 32 bytes
 * @param platformId what the companion calls its platform, empty when it says none
 */
public record PairingQr(String ref, byte[] noiseKey, byte[] identityKey, byte[] advSecret, String platformId) {
    private static final int KEY_LENGTH = 32;
    /** A code somewhere in a line, e.g. of a log: three keys of 32 bytes in Base64 stand behind the ref. */
    private static final Pattern IN_TEXT = Pattern.compile(
            "(?:https://wa\\.me/settings/linked_devices#)?[^\\s,#\"']+(?:,[A-Za-z0-9+/]{43}=){3}(?:,[A-Za-z0-9]+)?");

    /**
     * Reads the text of a code.
     *
     * @throws IllegalArgumentException when it is none; the message says what is wrong and shows no key
     */
    public static PairingQr parse(String text) {
        String parts = text.strip();
        int hash = parts.indexOf('#');
        if (hash >= 0) {
            parts = parts.substring(hash + 1);
        }
        List<String> fields = List.of(parts.split(",", -1));
        if (fields.size() < 4 || fields.size() > 5 || fields.get(0).isEmpty()) {
            throw new IllegalArgumentException("not the text of a linking QR code: it has " + fields.size()
                    + " parts between commas, not ref,noise,identity,adv,platform");
        }
        return new PairingQr(
                fields.get(0),
                key(fields.get(1), "Noise key"),
                key(fields.get(2), "identity key"),
                key(fields.get(3), "ADV secret"),
                fields.size() == 5 ? fields.get(4) : "");
    }

    /** The first text of a code in a line, such as a line of a log. */
    public static Optional<String> find(String line) {
        Matcher matcher = IN_TEXT.matcher(line);
        return matcher.find() ? Optional.of(matcher.group()) : Optional.empty();
    }

    private static byte[] key(String base64, String what) {
        byte[] key;
        try {
            key = Base64.getDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the " + what + " of the QR code is not Base64");
        }
        if (key.length != KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "the " + what + " of the QR code has " + key.length + " bytes, not " + KEY_LENGTH);
        }
        return key;
    }

    @Override
    public String toString() {
        return "QR code with ref …" + ref.substring(Math.max(0, ref.length() - 4));
    }
}
