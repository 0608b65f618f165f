package dev.whatsappmd.engine.event;

import dev.whatsappmd.reconnect.DisconnectKind;
import dev.whatsappmd.reconnect.Resumption;

/** What the end of a WhatsApp connection means. Which code leads to which kind, and what is done then: docs/reconnect.md. */
public enum WhatsAppDisconnectKind implements DisconnectKind {
    /** The server asks for a new connection with the stored credentials; always so after pairing. */
    RESTART_REQUESTED(true),
    /** Another connection of the same device took over. */
    EVICTED,
    /** The user removed this device, or it was asked to log out. */
    LOGGED_OUT,
    /** Removed within three minutes of pairing: the server did not accept the new link. */
    LINK_REJECTED,
    /** The account is locked; the kept attributes tell the user how to appeal. */
    ACCOUNT_LOCKED,
    /** Banned until a time that the server names. */
    TEMPORARILY_BANNED,
    /** Banned for good. */
    BANNED,
    /** The client version is too old for the server. */
    CLIENT_OUTDATED,
    /** The server refused the login for a reason that a retry seldom heals. */
    REFUSED,
    /** The server has trouble of its own. */
    SERVER_UNAVAILABLE,
    /** Too many requests. */
    RATE_LIMITED,
    /** One side did not understand the other, or the server is still owed an answer. */
    PROTOCOL_ERROR,
    /** The socket ended without a word of why. */
    TRANSPORT_LOST,
    /** The server could not be reached, or a step of connecting took too long. */
    UNREACHABLE,
    /** Nothing at all was received for too long after a send. */
    UNRESPONSIVE,
    /** The pairing window is over; nobody scanned. */
    PAIRING_EXPIRED(true),
    /** The phone has not joined multi-device. */
    PAIRING_UNSUPPORTED,
    /** The server could not prove who it is. */
    UNTRUSTED_SERVER,
    /** Asked by us. */
    CLOSED_BY_US(true),
    /** A code that no table knows. */
    UNKNOWN;

    private final boolean planned;

    WhatsAppDisconnectKind() {
        this(false);
    }

    WhatsAppDisconnectKind(boolean planned) {
        this.planned = planned;
    }

    @Override
    public boolean planned() {
        return planned;
    }

    /** Always afresh: a WhatsApp stream is never taken up where it broke; the server's queue does that. */
    @Override
    public Resumption resumption() {
        return Resumption.FRESH;
    }
}
