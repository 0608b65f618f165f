package dev.whatsappmd.camel;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.jspecify.annotations.Nullable;

/** Texts that are no values of their options, in words that say what would be one. */
final class OptionValues {
    /** What Camel reads as a duration and means what it says; of anything else it takes what it understands, or zero. */
    private static final Pattern DURATION = Pattern.compile(
            "-?\\d+|(?:\\d+d)?(?:\\d+h)?(?:\\d+m)?(?:\\d+s)?(?:\\d+ms)?|P[\\dDTHMS.]+|#.+", Pattern.CASE_INSENSITIVE);

    private final PropertyConfigurerGetter options;

    /** @param options knows the type of each option of an endpoint */
    OptionValues(PropertyConfigurerGetter options) {
        this.options = options;
    }

    /** @throws IllegalArgumentException one of the parameters is no duration and should be one */
    void checkDurations(Map<String, Object> parameters) {
        parameters.forEach((option, value) -> {
            String text = value.toString();
            if (type(option) == Duration.class
                    && (text.isBlank() || !DURATION.matcher(text).matches())) {
                throw refused(option, text, "a duration, such as 20s, 5m or 1h30m, or a number of milliseconds", null);
            }
        });
    }

    /** What to throw for a value that Camel could not read. */
    IllegalArgumentException unreadable(PropertyBindingException e) {
        String option = String.valueOf(e.getPropertyName());
        return refused(option, String.valueOf(e.getValue()), expected(type(option), e.getCause()), e);
    }

    /** @throws IllegalArgumentException there are any: they are no options. Their values may be anything, and are not told */
    static void refuseUnknown(Map<String, Object> left) {
        if (!left.isEmpty()) {
            Set<String> names = new TreeSet<>(left.keySet());
            throw new IllegalArgumentException(String.join(", ", names) + ": there is no such option in this version;"
                    + " docs/component.md has the table of those there are");
        }
    }

    private @Nullable Class<?> type(String option) {
        return options.getOptionType(option.replace("-", ""), true);
    }

    private static IllegalArgumentException refused(
            String option, String value, String expected, @Nullable Exception cause) {
        String shown = Secrets.contains(option) ? Secrets.HIDDEN : value;
        return new IllegalArgumentException(option + "=" + shown + ": expected " + expected, cause);
    }

    private static String expected(@Nullable Class<?> type, @Nullable Throwable cause) {
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        } else if (type == Integer.class) {
            return "a whole number";
        } else if (type == Double.class) {
            return "a number";
        } else if (type == Map.class) {
            return "an option for each kind of end, such as on.440=stop";
        } else if (type != null && type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(String::valueOf)
                            .collect(Collectors.joining(", "));
        }
        // A reference, to a bean that is not there or is of another kind.
        return "the reference of a bean (#name)" + (type == null ? "" : " that is a " + type.getName())
                + (cause == null ? "" : ": " + cause.getMessage());
    }
}
