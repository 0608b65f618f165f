package dev.whatsappmd.reconnect;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the options {@code on.<what>=<action>[:duration]} ask for. Immutable.
 *
 * <p>{@code <what>} is a kind, a reason, {@code origin.code} or a code; where several match one cause, they win in this
 * order. An override replaces the rule of its kind together with the rule's limits, but not {@code reconnectMaxAttempts}.
 */
public final class ReconnectOverrides<K extends Enum<K> & DisconnectKind> {
    /** What the names of these options begin with. */
    public static final String PREFIX = "on.";

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

    private final Map<What, Option> overrides;
    private final Set<K> onlyByKind;

    /**
     * One option.
     *
     * @param text as it was written, with its value: {@code on.stream.503=now}
     * @param directive what it asks for
     */
    public record Option(String text, ReconnectDirective directive) {}

    /** What an option speaks of, in the one spelling that all spellings share. */
    private sealed interface What {
        record Kind(String name) implements What {}

        record Reason(String normalized) implements What {}

        record OriginAndCode(DisconnectCode code) implements What {}

        record Code(int number) implements What {}
    }

    private ReconnectOverrides(Map<What, Option> overrides, Set<K> onlyByKind) {
        this.overrides = Map.copyOf(overrides);
        this.onlyByKind = Set.copyOf(onlyByKind);
    }

    /** No override at all. */
    public static <K extends Enum<K> & DisconnectKind> ReconnectOverrides<K> none() {
        return new ReconnectOverrides<K>(Map.of(), Set.of());
    }

    /**
     * Reads the options.
     *
     * @param options names without {@link #PREFIX}, each with its value. A collection or an array as value, or a comma in
     *     it, means that the option was given several times, which is refused; anything else is read as its text
     * @throws IllegalArgumentException for an unknown word, a blank, a duplicate (also in two spellings), or an action that
     *     cannot be; it names the option, its value and what is allowed. Of several errors that of the first option in
     *     alphabetical order is reported
     */
    public static <K extends Enum<K> & DisconnectKind> ReconnectOverrides<K> parse(
            Map<String, ?> options, Vocabulary<K> vocabulary) {
        Objects.requireNonNull(vocabulary, "vocabulary");
        Map<What, Option> overrides = new HashMap<>();
        for (Map.Entry<String, ?> entry : new TreeMap<>(options).entrySet()) {
            String name = PREFIX + entry.getKey();
            String value = value(name, entry.getValue());
            String option = name + "=" + value;
            What what = what(entry.getKey(), option, vocabulary);
            Option given = new Option(option, ReconnectDirective.parse(name, value));
            Option before = overrides.putIfAbsent(what, given);
            if (before != null) {
                throw new IllegalArgumentException(option + ": " + before.text()
                        + " speaks of the same; allowed is one of them (case, '_' and '-' do not matter)");
            }
        }
        return new ReconnectOverrides<>(overrides, vocabulary.onlyByKind());
    }

    /** The option that decides about this cause, empty when none matches. */
    public Optional<Option> find(Cause<K> cause) {
        Option byKind = overrides.get(new What.Kind(cause.kind().name()));
        if (byKind != null || onlyByKind.contains(cause.kind())) {
            return Optional.ofNullable(byKind);
        }
        return Optional.ofNullable(overrides.get(new What.Reason(Vocabulary.normalize(cause.reason()))))
                .or(() -> Optional.ofNullable(overrides.get(new What.OriginAndCode(cause.code()))))
                .or(() -> Optional.ofNullable(
                        overrides.get(new What.Code(cause.code().number()))));
    }

    /** True when there is no option at all. */
    public boolean isEmpty() {
        return overrides.isEmpty();
    }

    private static String value(String name, @Nullable Object value) {
        Object list = value instanceof Object[] array ? Arrays.asList(array) : value;
        String text = list == null ? "" : list.toString();
        if (list instanceof Collection<?> || text.indexOf(',') >= 0) {
            throw new IllegalArgumentException(
                    name + "=" + text + ": given more than once; allowed is one action for each option");
        }
        return text;
    }

    private static <K extends Enum<K> & DisconnectKind> What what(String key, String option, Vocabulary<K> vocabulary) {
        String word = key.trim();
        if (word.isEmpty()) {
            throw new IllegalArgumentException(option + ": what it speaks of is missing; " + vocabulary.allowed());
        }
        if (NUMBER.matcher(word).matches()) {
            return new What.Code(number(word, option));
        }
        int dot = word.lastIndexOf('.');
        return dot >= 0
                ? originAndCode(word.substring(0, dot), word.substring(dot + 1), option, vocabulary)
                : kindOrReason(word, option, vocabulary);
    }

    private static <K extends Enum<K> & DisconnectKind> What kindOrReason(
            String word, String option, Vocabulary<K> vocabulary) {
        Optional<K> kind = vocabulary.kind(word);
        if (kind.isPresent()) {
            if (vocabulary.refuses(kind.get())) {
                throw new IllegalArgumentException(option + ": " + kind.get().name()
                        + " is asked for, so there is nothing to decide; " + vocabulary.allowed());
            }
            return new What.Kind(kind.get().name());
        }
        Optional<String> reason = vocabulary.reason(word);
        if (reason.isPresent()) {
            return new What.Reason(Vocabulary.normalize(reason.get()));
        }
        Optional<String> origin = vocabulary.origin(word);
        if (origin.isPresent()) {
            throw new IllegalArgumentException(option + ": the origin " + origin.get() + " needs a code (" + PREFIX
                    + origin.get() + ".<code>); " + vocabulary.allowed());
        }
        throw new IllegalArgumentException(option + ": there is no kind or reason \"" + word + "\""
                + didYouMean(vocabulary.nearestWord(word)) + "; " + vocabulary.allowed());
    }

    private static <K extends Enum<K> & DisconnectKind> What originAndCode(
            String origin, String code, String option, Vocabulary<K> vocabulary) {
        String known = vocabulary
                .origin(origin)
                .orElseThrow(() -> new IllegalArgumentException(option + ": there is no origin \"" + origin + "\""
                        + didYouMean(vocabulary.nearestOrigin(origin)) + "; allowed is "
                        + vocabulary.allowedOrigins()));
        if (!NUMBER.matcher(code).matches()) {
            throw new IllegalArgumentException(option + ": \"" + code + "\" after the origin is no code; allowed is "
                    + PREFIX + known + ".<code> with any whole number as code");
        }
        return new What.OriginAndCode(new DisconnectCode(known, number(code, option)));
    }

    private static int number(String text, String option) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException tooLarge) {
            throw new IllegalArgumentException(
                    option + ": code " + text + " is out of range; allowed is " + Integer.MIN_VALUE + " to "
                            + Integer.MAX_VALUE,
                    tooLarge);
        }
    }

    private static String didYouMean(Optional<String> nearest) {
        return nearest.map(word -> ", did you mean " + word + "?").orElse("");
    }
}
