package dev.whatsappmd.engine.node;

import dev.whatsappmd.engine.jid.JidServer;

/** The servers whose addresses have a form of their own on the wire, the frequent ones first. */
enum KnownServer {
    USER(JidServer.USER, true),
    LID(JidServer.LID, true),
    GROUP(JidServer.GROUP, true),
    LEGACY_USER(JidServer.LEGACY_USER, true),
    BOT(JidServer.BOT, true),
    HOSTED(JidServer.HOSTED, true),
    HOSTED_LID(JidServer.HOSTED_LID, true),
    MESSENGER(JidServer.MESSENGER, false),
    INTEROP(JidServer.INTEROP, false);

    private static final KnownServer[] ALL = values();

    private final String text;
    private final boolean devices;
    private final int domainType;
    private final int token;

    KnownServer(String text, boolean devices) {
        this.text = text;
        this.devices = devices;
        this.domainType = JidServer.domainType(text);
        this.token = Tokens.codeOf(text);
    }

    /** The server whose name is the rest of the text, or null. */
    static KnownServer of(String text, int from) {
        int length = text.length() - from;
        for (KnownServer server : ALL) {
            if (server.text.length() == length && text.endsWith(server.text)) {
                return server;
            }
        }
        return null;
    }

    /** Whether an address with a device is a device address (AD_JID). */
    boolean hasDevices() {
        return devices;
    }

    int domainType() {
        return domainType;
    }

    void write(NodeWriter out) {
        if (token != 0) {
            out.token(token);
        } else {
            out.part(text, 0, text.length());
        }
    }
}
