package dev.whatsappmd.reconnect;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lengths of time as options spell them: {@code 500} is milliseconds; {@code 500ms}, {@code 30s}, {@code 10m}, {@code 1h},
 * {@code 1d}, or several units from the largest to the smallest without blanks, such as {@code 1m30s}.
 */
public final class Durations {
    /** The longest length that is accepted, 365 days. It keeps every sum of a time and a delay far from overflow. */
    public static final Duration MAX = Duration.ofDays(365);

    private static final Pattern MILLIS = Pattern.compile("[0-9]+");
    private static final Pattern UNITS =
            Pattern.compile("(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+)s)?(?:([0-9]+)ms)?");
    private static final long[] MILLIS_OF_UNIT = {86_400_000, 3_600_000, 60_000, 1_000, 1};
    private static final String[] NAMES = {"d", "h", "m", "s", "ms"};

    private Durations() {}

    /**
     * Reads a length of time.
     *
     * @return at least 1 ms, at most {@link #MAX}
     * @throws IllegalArgumentException for zero, a longer time, or any other spelling; the message quotes the text
     */
    public static Duration parse(String text) {
        long millis = millis(text);
        if (millis == 0) {
            throw new IllegalArgumentException("duration \"" + text + "\" must be longer than zero");
        }
        return Duration.ofMillis(millis);
    }

    /** The shortest spelling that {@link #parse} reads back; parts below a millisecond are left out, and zero is {@code 0s}. */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        // By parts, as the milliseconds of an endless duration do not fit a long.
        long[] counts = {
            duration.toDays(),
            duration.toHoursPart(),
            duration.toMinutesPart(),
            duration.toSecondsPart(),
            duration.toMillisPart()
        };
        StringBuilder text = new StringBuilder();
        for (int unit = 0; unit < NAMES.length; unit++) {
            if (counts[unit] > 0) {
                text.append(counts[unit]).append(NAMES[unit]);
            }
        }
        return text.isEmpty() ? "0s" : text.toString();
    }

    /** The duration itself, or {@link #MAX} when it is longer. */
    static Duration atMostMax(Duration duration) {
        return duration.compareTo(MAX) > 0 ? MAX : duration;
    }

    private static long millis(String text) {
        if (MILLIS.matcher(text).matches()) {
            return checked(text, 0, text, 1);
        }
        Matcher units = UNITS.matcher(text);
        if (text.isEmpty() || !units.matches()) {
            throw new IllegalArgumentException("duration \"" + text
                    + "\" is not understood; write milliseconds (500) or units from large to small (500ms, 30s, 10m, 1h,"
                    + " 1d, 1m30s)");
        }
        long millis = 0;
        for (int unit = 0; unit < MILLIS_OF_UNIT.length; unit++) {
            String count = units.group(unit + 1);
            if (count != null) {
                millis = checked(text, millis, count, MILLIS_OF_UNIT[unit]);
            }
        }
        return millis;
    }

    private static long checked(String text, long sum, String count, long factor) {
        try {
            long millis = Math.addExact(sum, Math.multiplyExact(Long.parseLong(count), factor));
            if (millis <= MAX.toMillis()) {
                return millis;
            }
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            // Too large for a long is too long for us as well.
        }
        throw new IllegalArgumentException(
                "duration \"" + text + "\" is too long; at most " + format(MAX) + " is allowed");
    }
}
