package dev.whatsappmd.engine.node;

import dev.whatsappmd.engine.jid.JidServer;

/**
 * The forms of addresses on the wire, chosen as Baileys does where that loses nothing or where WhatsApp knows the form:
 * a device goes into a device address, and an agent without a device is dropped.
 *
 * <p>Baileys writes every text with a ':' before an '@' as a device address, whatever its server, so that the reader
 * gets another address or another user. Here a device on {@code msgr} and {@code interop} gets those servers' own form
 * (whatsmeow binary/encoder.go), and what does not fit a form is a pair of the whole user part and the server.
 */
final class AddressForm {
    private static final int NO_NUMBER = -1;
    private static final int NONE = -2;

    private AddressForm() {}

    /** Writes an address with its '@' at the index; false when the text is none. */
    static boolean write(String text, int at, NodeWriter out) {
        KnownServer server = KnownServer.of(text, at + 1);
        if (server == null && (at + 1 == text.length() || text.indexOf('@', at + 1) >= 0)) {
            return false;
        }
        if (server != null && out.packedPair(text, at, server)) {
            return true;
        }
        int colon = before(text, ':', at);
        int underscore = before(text, '_', colon);
        if (underscore == at || server == null) {
            pair(text, at, at, server, out);
        } else if (server == KnownServer.MESSENGER) {
            messenger(text, at, colon, out);
        } else if (server == KnownServer.INTEROP) {
            interop(text, at, colon, out);
        } else if (server.hasDevices()) {
            device(text, at, colon, underscore, server, out);
        } else {
            pair(text, at, at, server, out);
        }
        return true;
    }

    private static void device(String text, int at, int colon, int underscore, KnownServer server, NodeWriter out) {
        int agent = underscore == colon ? NONE : number(text, underscore + 1, colon, 0xff);
        int device = colon == at ? NONE : number(text, colon + 1, at, 0xff);
        if (agent == NO_NUMBER || device == NO_NUMBER) {
            pair(text, at, at, server, out);
            return;
        }
        if (device == NONE) {
            pair(text, underscore, at, server, out);
            return;
        }
        int domain = server.domainType();
        if (domain == JidServer.DOMAIN_USER && agent != NONE) {
            if (!JidServer.ofDomainType(agent).equals(JidServer.USER)) {
                // This agent's number stands for another server.
                pair(text, at, at, server, out);
                return;
            }
            domain = agent;
        }
        out.u8(WireTag.AD_JID);
        out.u16(domain << 8 | device);
        out.part(text, 0, underscore);
    }

    private static void messenger(String text, int at, int colon, NodeWriter out) {
        int device = colon == at ? NONE : number(text, colon + 1, at, 0xffff);
        if (device < 0) {
            pair(text, at, at, KnownServer.MESSENGER, out);
            return;
        }
        out.u8(WireTag.FB_JID);
        out.part(text, 0, colon);
        out.u16(device);
        KnownServer.MESSENGER.write(out);
    }

    private static void interop(String text, int at, int colon, NodeWriter out) {
        int device = colon == at ? NONE : number(text, colon + 1, at, 0xffff);
        int dash = before(text, '-', colon);
        int integrator = dash == colon ? NONE : number(text, 0, dash, 0xffff);
        if (device < 0 || integrator < 0) {
            pair(text, at, at, KnownServer.INTEROP, out);
            return;
        }
        out.u8(WireTag.INTEROP_JID);
        out.part(text, dash + 1, colon);
        out.u16(device);
        out.u16(integrator);
        KnownServer.INTEROP.write(out);
    }

    private static void pair(String text, int userEnd, int at, KnownServer server, NodeWriter out) {
        out.u8(WireTag.JID_PAIR);
        if (userEnd == 0) {
            out.u8(WireTag.LIST_EMPTY);
        } else {
            out.part(text, 0, userEnd);
        }
        if (server == null) {
            out.part(text, at + 1, text.length());
        } else {
            server.write(out);
        }
    }

    /** Where the character stands before the end, or the end itself. */
    private static int before(String text, char wanted, int end) {
        int index = text.indexOf(wanted);
        return index < 0 || index > end ? end : index;
    }

    /** The number written between two places without needless zeros, or {@link #NO_NUMBER}. */
    private static int number(String text, int from, int to, int max) {
        int value = from == to || text.charAt(from) == '0' && to - from > 1 ? NO_NUMBER : 0;
        for (int i = from; i < to && value >= 0; i++) {
            int digit = text.charAt(i) - '0';
            value = digit < 0 || digit > 9 ? NO_NUMBER : value * 10 + digit;
            value = value > max ? NO_NUMBER : value;
        }
        return value;
    }
}
