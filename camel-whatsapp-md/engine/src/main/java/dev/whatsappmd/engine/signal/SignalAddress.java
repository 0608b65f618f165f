package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import java.util.Objects;

/**
 * The name under which sessions with one device are kept, as text {@code user[_domainType].device}. The domain type of a
 * phone number is left out (Baileys Signal/libsignal.ts, jidToSignalProtocolAddress).
 *
 * <p>Which of a person's two names counts is {@link SignalStore#address}'s business.
 *
 * @param user the phone number, LID or name
 * @param domainType {@link JidServer}'s number, or an old account's agent: 0 to 255
 * @param device 0 to 65535
 */
public record SignalAddress(String user, int domainType, int device) {
    public SignalAddress {
        Objects.requireNonNull(user, "user");
        if (user.isEmpty() || user.indexOf('.') >= 0 || user.indexOf('_') >= 0 || user.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "the user part of a Signal address is not empty and has no '.', '_' or '/' in it (" + user.length()
                            + " characters)");
        }
        if (domainType < 0 || domainType > Jid.MAX_AGENT) {
            throw new IllegalArgumentException("a domain type is 0 to " + Jid.MAX_AGENT + ", not " + domainType);
        }
        if (device < 0 || device > Jid.MAX_DEVICE) {
            throw new IllegalArgumentException("a device is 0 to " + Jid.MAX_DEVICE + ", not " + device);
        }
    }

    /**
     * The address of exactly this device, no LID looked up.
     *
     * @throws IllegalArgumentException when its user part cannot be one's
     */
    public static SignalAddress of(Jid jid) {
        return new SignalAddress(jid.user(), jid.domainType(), jid.deviceOrPhone());
    }

    /** User and domain type, without the device. */
    public String name() {
        return domainType == JidServer.DOMAIN_USER ? user : user + '_' + domainType;
    }

    /** What the texts of all of this user's devices begin with. */
    String prefix() {
        return name() + '.';
    }

    SignalAddress withUser(String newUser, int newDomainType) {
        return new SignalAddress(newUser, newDomainType, device);
    }

    /** {@code user[_domainType].device}, the key of rows. Not for logs: see {@link #toLogString}. */
    @Override
    public String toString() {
        return prefix() + device;
    }

    /** With the last four characters of the user only. */
    public String toLogString() {
        String shown = user.length() < 8 ? "…" : "…" + user.substring(user.length() - 4);
        return (domainType == JidServer.DOMAIN_USER ? shown : shown + '_' + domainType) + '.' + device;
    }
}
