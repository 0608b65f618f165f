package dev.whatsappmd.engine.jid;

/**
 * The server part of an address, which says what kind of thing the user part names, and the domain type that stands
 * for it in a device address on the wire and in a Signal address (Baileys WABinary/jid-utils.ts).
 */
public final class JidServer {
    /** A person, named by phone number. */
    public static final String USER = "s.whatsapp.net";
    /** The older name of {@link #USER}, still used for a few accounts of WhatsApp itself. */
    public static final String LEGACY_USER = "c.us";
    /** A person, named by an opaque number that hides the phone number. */
    public static final String LID = "lid";
    /** A group. */
    public static final String GROUP = "g.us";
    /** A broadcast list, or status posts as {@code status@broadcast}. */
    public static final String BROADCAST = "broadcast";
    /** A channel. */
    public static final String NEWSLETTER = "newsletter";
    /** A device that Meta hosts for a business, named by phone number. */
    public static final String HOSTED = "hosted";
    /** A device that Meta hosts for a business, named by LID. */
    public static final String HOSTED_LID = "hosted.lid";
    /** A bot. */
    public static final String BOT = "bot";
    /** A Messenger account. */
    public static final String MESSENGER = "msgr";
    /** An account of another network. */
    public static final String INTEROP = "interop";
    /** A call. */
    public static final String CALL = "call";

    /** Domain type of {@link #USER} and of every server that has none of its own. */
    public static final int DOMAIN_USER = 0;
    /** Domain type of {@link #LID}. */
    public static final int DOMAIN_LID = 1;
    /** Domain type of {@link #HOSTED}. */
    public static final int DOMAIN_HOSTED = 128;
    /** Domain type of {@link #HOSTED_LID}. */
    public static final int DOMAIN_HOSTED_LID = 129;

    private JidServer() {}

    /** The domain type of a server; {@link #DOMAIN_USER} for a server without one of its own. */
    public static int domainType(String server) {
        return switch (server) {
            case LID -> DOMAIN_LID;
            case HOSTED -> DOMAIN_HOSTED;
            case HOSTED_LID -> DOMAIN_HOSTED_LID;
            default -> DOMAIN_USER;
        };
    }

    /** The server of a domain type; {@link #USER} for an unknown one. */
    public static String ofDomainType(int domainType) {
        return switch (domainType) {
            case DOMAIN_LID -> LID;
            case DOMAIN_HOSTED -> HOSTED;
            case DOMAIN_HOSTED_LID -> HOSTED_LID;
            default -> USER;
        };
    }
}
