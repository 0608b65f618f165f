package dev.whatsappmd.engine.jid;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address, as text {@code user[_agent][:device]@server}.
 *
 * <p>The device is 0 for the phone and 1 or more for a linked device. An address without a device and one of device 0
 * are written alike and are equal; {@link #device()} tells them apart, because a device address has a form of its own
 * on the wire. User and server may be empty: {@code @s.whatsapp.net} is the server itself.
 *
 * <p>Immutable. {@link #toString()} is the full text for the wire and the store; a log line takes
 * {@link #toLogString()}. The rules are those of Baileys WABinary/jid-utils.ts, except that an agent or a device that
 * is no number is refused.
 */
public final class Jid {
    /** Largest device number that has a place on the wire. */
    public static final int MAX_DEVICE = 0xffff;
    /** Largest agent number that has a place on the wire. */
    public static final int MAX_AGENT = 0xff;
    /** WhatsApp's server as an address of its own. */
    public static final Jid SERVER = of("", JidServer.USER);
    /** Status posts of all contacts. */
    public static final Jid STATUS_BROADCAST = of("status", JidServer.BROADCAST);

    private static final int NO_DEVICE = -1;
    private static final int LOGGED_TAIL = 4;
    private static final Pattern BOT_NUMBER = Pattern.compile("1313555\\d{4}|131655500\\d{2}");

    private final String user;
    private final String server;
    private final int agent;
    private final int device;

    private Jid(String user, String server, int agent, int device) {
        this.user = Objects.requireNonNull(user, "user");
        this.server = Objects.requireNonNull(server, "server");
        this.agent = inRange("agent", agent, 0, MAX_AGENT);
        this.device = inRange("device", device, NO_DEVICE, MAX_DEVICE);
        if (containsAny(user, "@:_")) {
            throw new IllegalArgumentException("the user part of an address cannot have '@', ':' or '_' in it");
        }
    }

    /** An address without a device. */
    public static Jid of(String user, String server) {
        return new Jid(user, server, 0, NO_DEVICE);
    }

    /**
     * The address of a device.
     *
     * @param device 0 to {@link #MAX_DEVICE}
     */
    public static Jid of(String user, String server, int device) {
        return of(user, server, device, 0);
    }

    /**
     * The address of a device with an agent, which only old accounts have.
     *
     * @param device 0 to {@link #MAX_DEVICE}
     * @param agent 0 to {@link #MAX_AGENT}, 0 meaning none
     */
    public static Jid of(String user, String server, int device, int agent) {
        return new Jid(user, server, agent, inRange("device", device, 0, MAX_DEVICE));
    }

    /**
     * Reads an address.
     *
     * @throws IllegalArgumentException when it is none; the message says what is wrong, but not the text
     */
    public static Jid parse(String text) {
        int at = text.indexOf('@');
        if (at < 0) {
            throw notAnAddress(text, "there is no '@'");
        }
        int colon = indexBefore(text, ':', at);
        int underscore = indexBefore(text, '_', colon);
        int device = colon == at ? NO_DEVICE : number(text, colon + 1, at, MAX_DEVICE);
        int agent = underscore == colon ? 0 : number(text, underscore + 1, colon, MAX_AGENT);
        if (colon != at && device < 0) {
            throw notAnAddress(text, "the device after ':' is not a number from 0 to " + MAX_DEVICE);
        }
        if (agent < 0) {
            throw notAnAddress(text, "the agent after '_' is not a number from 0 to " + MAX_AGENT);
        }
        return new Jid(text.substring(0, underscore), text.substring(at + 1), agent, device);
    }

    /** Reads an address; empty when the text is null or no address. */
    public static Optional<Jid> tryParse(@Nullable String text) {
        if (text == null || text.indexOf('@') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static IllegalArgumentException notAnAddress(String text, String why) {
        return new IllegalArgumentException(
                "not an address of the form user[_agent][:device]@server (" + text.length() + " characters): " + why);
    }

    /** Where the character stands before the end, or the end itself. */
    private static int indexBefore(String text, char wanted, int end) {
        int index = text.indexOf(wanted);
        return index < 0 || index > end ? end : index;
    }

    /** The number between two places, or -1 when there is none or it is too large. */
    private static int number(String text, int from, int to, int max) {
        int value = from == to ? -1 : 0;
        for (int i = from; i < to && value >= 0; i++) {
            int digit = text.charAt(i) - '0';
            value = digit < 0 || digit > 9 || value > max ? -1 : value * 10 + digit;
        }
        return value > max ? -1 : value;
    }

    private static int inRange(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    what + " of an address must be " + Math.max(min, 0) + " to " + max + ", not " + value);
        }
        return value;
    }

    private static boolean containsAny(String text, String characters) {
        return characters.chars().anyMatch(c -> text.indexOf(c) >= 0);
    }

    /** The phone number, LID, group id or name, without agent and device; may be empty. */
    public String user() {
        return user;
    }

    /** One of {@link JidServer}'s names, or another; may be empty. */
    public String server() {
        return server;
    }

    /** The agent, 0 when there is none. */
    public int agent() {
        return agent;
    }

    /** The device, when the address names one. */
    public OptionalInt device() {
        return device == NO_DEVICE ? OptionalInt.empty() : OptionalInt.of(device);
    }

    /** The device, 0 (the phone) when the address names none. */
    public int deviceOrPhone() {
        return Math.max(device, 0);
    }

    /** The number that stands for the server in Signal and device addresses: the server's own, else the agent. */
    public int domainType() {
        int ofServer = JidServer.domainType(server);
        return ofServer == JidServer.DOMAIN_USER ? agent : ofServer;
    }

    /** The person or thing itself: without agent and device, {@code c.us} written as {@code s.whatsapp.net}. */
    public Jid normalized() {
        return of(user, server.equals(JidServer.LEGACY_USER) ? JidServer.USER : server);
    }

    /** The same address with another device, 0 to {@link #MAX_DEVICE}. */
    public Jid withDevice(int newDevice) {
        return of(user, server, newDevice, agent);
    }

    /** The same address without its device. */
    public Jid withoutDevice() {
        return new Jid(user, server, agent, NO_DEVICE);
    }

    /** This user with the device of another address, e.g. from a person's number to the same person's LID. */
    public Jid withDeviceOf(Jid other) {
        return of(user, server, other.deviceOrPhone());
    }

    /**
     * Whether the user parts are equal. Servers are not compared: a number and a LID of the same digits count as the
     * same user, so compare only addresses that come from one server or from one account's devices.
     */
    public boolean sameUser(Jid other) {
        return user.equals(other.user);
    }

    /** Whether this names a person by phone number. */
    public boolean isPhoneNumber() {
        return server.equals(JidServer.USER);
    }

    /** Whether this names a person by LID. */
    public boolean isLid() {
        return server.equals(JidServer.LID);
    }

    /** Whether this names a person, by number or LID, on an own or a hosted device. */
    public boolean isUser() {
        return isPhoneNumber() || isLid() || isHosted() || isHostedLid() || server.equals(JidServer.LEGACY_USER);
    }

    public boolean isGroup() {
        return server.equals(JidServer.GROUP);
    }

    /** Whether this is a broadcast list or status posts. */
    public boolean isBroadcast() {
        return server.equals(JidServer.BROADCAST);
    }

    public boolean isStatusBroadcast() {
        return equals(STATUS_BROADCAST);
    }

    public boolean isNewsletter() {
        return server.equals(JidServer.NEWSLETTER);
    }

    /** Whether this is a hosted device named by phone number. */
    public boolean isHosted() {
        return server.equals(JidServer.HOSTED);
    }

    /** Whether this is a hosted device named by LID. */
    public boolean isHostedLid() {
        return server.equals(JidServer.HOSTED_LID);
    }

    /** Whether this is one of the numbers that WhatsApp gave to bots. */
    public boolean isBotNumber() {
        return server.equals(JidServer.LEGACY_USER) && BOT_NUMBER.matcher(user).matches();
    }

    /** Whether this is an address of Meta AI. */
    public boolean isMetaAi() {
        return server.equals(JidServer.BOT);
    }

    /** Equal text: an address without a device equals that of device 0. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Jid jid
                && deviceOrPhone() == jid.deviceOrPhone()
                && agent == jid.agent
                && user.equals(jid.user)
                && server.equals(jid.server);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * user.hashCode() + server.hashCode()) + deviceOrPhone()) + agent;
    }

    /** The full text, agent 0 and device 0 left out. Not for logs: see {@link #toLogString()}. */
    @Override
    public String toString() {
        return text(user, server);
    }

    /**
     * The text for logs and messages: of a part with digits only the last four characters, or none when it has fewer
     * than eight. Names without a digit, as {@code status}, are kept.
     */
    public String toLogString() {
        return text(masked(user), masked(server));
    }

    private static String masked(String part) {
        if (part.chars().noneMatch(Character::isDigit)) {
            return part;
        }
        return part.length() < 2 * LOGGED_TAIL ? "…" : "…" + part.substring(part.length() - LOGGED_TAIL);
    }

    private String text(String shownUser, String shownServer) {
        StringBuilder text = new StringBuilder(shownUser.length() + shownServer.length() + 11).append(shownUser);
        if (agent > 0) {
            text.append('_').append(agent);
        }
        if (device > 0) {
            text.append(':').append(device);
        }
        return text.append('@').append(shownServer).toString();
    }
}
