package dev.whatsappmd.reconnect;

import java.util.Comparator;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The number a connection ended with, and the layer it came from. The same number on two layers is two codes.
 *
 * <p>Says nothing about what the number means: that is the {@link DisconnectKind} a {@link CodeTable} gives for it.
 *
 * @param origin name of the layer: a lower-case letter, then lower-case letters, digits or {@code -}
 * @param number any number, also a negative one
 */
public record DisconnectCode(String origin, int number) implements Comparable<DisconnectCode> {
    private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Comparator<DisconnectCode> ORDER =
            Comparator.comparing(DisconnectCode::origin).thenComparingInt(DisconnectCode::number);

    public DisconnectCode {
        checkOrigin(origin);
    }

    /**
     * @return the origin itself
     * @throws IllegalArgumentException when it is not written as an origin must be
     */
    static String checkOrigin(String origin) {
        Objects.requireNonNull(origin, "origin");
        if (!ORIGIN.matcher(origin).matches()) {
            throw new IllegalArgumentException("origin \"" + origin
                    + "\" must be a lower-case letter followed by lower-case letters, digits or '-'");
        }
        return origin;
    }

    /** By origin, then by number. */
    @Override
    public int compareTo(DisconnectCode other) {
        return ORDER.compare(this, other);
    }

    /** As in the option {@code on.<origin>.<number>}, for example {@code stream.515}. */
    @Override
    public String toString() {
        return origin + "." + number;
    }
}
