package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.crypto.Md5;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of WhatsApp Web that this client says it is. The server refuses one that is too old with failure 405.
 *
 * @param primary first number, 0 or more; {@code 2} for years
 * @param secondary second number, 0 or more; {@code 3000} for years
 * @param tertiary third number, 0 or more; grows with every release
 */
public record ClientVersion(int primary, int secondary, int tertiary) implements Comparable<ClientVersion> {
    /** The version that Baileys 7.0.0-rc14 sends (Defaults/index.ts). */
    public static final ClientVersion DEFAULT = new ClientVersion(2, 3000, 1043857760);

    private static final Pattern FORM = Pattern.compile("(\\d{1,10})\\.(\\d{1,10})\\.(\\d{1,10})");

    public ClientVersion {
        if (primary < 0 || secondary < 0 || tertiary < 0) {
            throw new IllegalArgumentException(
                    "a client version has three numbers from 0, not " + primary + '.' + secondary + '.' + tertiary);
        }
    }

    /**
     * Reads a version written as three numbers with dots between, e.g. {@code 2.3000.1043857760}.
     *
     * @throws IllegalArgumentException when it is not of that form or a number is larger than 2147483647
     */
    public static ClientVersion parse(String text) {
        Matcher numbers = FORM.matcher(text.strip());
        if (!numbers.matches()) {
            throw notAVersion(text);
        }
        try {
            return new ClientVersion(
                    Integer.parseInt(numbers.group(1)),
                    Integer.parseInt(numbers.group(2)),
                    Integer.parseInt(numbers.group(3)));
        } catch (NumberFormatException e) {
            throw notAVersion(text);
        }
    }

    private static IllegalArgumentException notAVersion(String text) {
        return new IllegalArgumentException("client version '" + text
                + "' is not three numbers up to 2147483647 with dots between; write it like " + DEFAULT);
    }

    /** What the server knows this release by: the MD5 of the text, 16 bytes. */
    byte[] buildHash() {
        return Md5.hash(toString().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public int compareTo(ClientVersion other) {
        if (primary != other.primary) {
            return Integer.compare(primary, other.primary);
        }
        return secondary != other.secondary
                ? Integer.compare(secondary, other.secondary)
                : Integer.compare(tertiary, other.tertiary);
    }

    /** Three numbers with dots between. */
    @Override
    public String toString() {
        return primary + "." + secondary + '.' + tertiary;
    }
}
