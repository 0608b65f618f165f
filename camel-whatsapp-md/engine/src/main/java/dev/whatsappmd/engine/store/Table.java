package dev.whatsappmd.engine.store;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The kinds of rows a session has. A store keeps them apart, by the names here: a constant is never renamed. */
public enum Table {
    /**
     * The row {@code self}: identity, keys, registration. Nothing else may ever be there without it. Beside it the
     * revoked ones from before, kept as evidence.
     */
    CREDENTIALS,
    /** One-time pre-keys by number. */
    PRE_KEYS,
    /** Signal sessions by the address of the other device. */
    SESSIONS,
    /** Identity keys of other devices by their addresses. */
    IDENTITIES,
    /** Sender keys by address and group, in this order: all of one user's stand together. */
    SENDER_KEYS,
    /** Which LID belongs to which phone number, and the other way round. */
    LID_MAPPINGS,
    /** Keys of the app state that the user's phone shared, by their ids. */
    APP_STATE_KEYS,
    /** How often messages that could not be read were asked for again, by a hash of what names them. */
    MESSAGE_RETRIES,
    /** What the user's phone told this device once, by name. */
    ACCOUNT_FACTS,
    /** What was received and the application is not done with, in the order it came. */
    PENDING_DELIVERIES,
    /** What the application failed at so often that it is given up; kept until somebody wants it again. */
    FAILED_DELIVERIES,
    /** Rows that could not be read, as they were, by the table and key they had. Nothing reads them again. */
    QUARANTINE;

    /** The tables whose rows belong to an identity and go with it. */
    static final List<Table> OF_AN_IDENTITY = List.of(
            PRE_KEYS,
            SESSIONS,
            IDENTITIES,
            SENDER_KEYS,
            LID_MAPPINGS,
            APP_STATE_KEYS,
            MESSAGE_RETRIES,
            ACCOUNT_FACTS,
            QUARANTINE);

    private static final Set<Table> OF_ONE_ADDRESS =
            EnumSet.of(SESSIONS, IDENTITIES, SENDER_KEYS, LID_MAPPINGS, MESSAGE_RETRIES, QUARANTINE);

    /** All but the last four digits of a number that is long enough to be a person's. */
    private static final Pattern HIDDEN_DIGITS = Pattern.compile("\\d+(?=\\d{4})");

    /** Whether a damaged row of the table named so is one address's trouble and not the whole session's. */
    static boolean isOfOneAddress(String name) {
        return OF_ONE_ADDRESS.stream().anyMatch(table -> table.name().equals(name));
    }

    /** The name of a row for logs and messages: whole numbers of people are not in it. */
    public String shown(String key) {
        boolean people = this != CREDENTIALS && this != PRE_KEYS;
        return name() + '/' + (people ? HIDDEN_DIGITS.matcher(key).replaceAll("…") : key);
    }

    /** The same for a table by its name; the store may hold some that only a newer version knows. */
    static String shown(String name, String key) {
        return Arrays.stream(values())
                .filter(known -> known.name().equals(name))
                .map(known -> known.shown(key))
                .findFirst()
                .orElse(name);
    }
}
