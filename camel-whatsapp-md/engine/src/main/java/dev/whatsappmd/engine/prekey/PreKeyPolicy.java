package dev.whatsappmd.engine.prekey;

/**
 * When the server gets new pre-keys, and how many. Without one, a stranger's first message has no secret of its own; with
 * ones that we do not have, it cannot be read at all.
 */
public final class PreKeyPolicy {
    /** How many the server gets when it has none (WhatsApp Web; Baileys, whatsmeow and zapo do the same). */
    public static final int INITIAL_COUNT = 812;
    /** How many it gets when few are left (whatsmeow prekeys.go). */
    public static final int REFILL_COUNT = 50;
    /** Fewer than this are few. */
    public static final int MIN_COUNT = 5;

    private PreKeyPolicy() {}

    /**
     * How many to upload, 0 for none.
     *
     * @param onServer what the server says it has
     * @param stored how many we have, uploaded or not
     * @param newestStored whether we still have the one that was made last: when not, the store may have lost others too
     */
    public static int toUpload(int onServer, long stored, boolean newestStored) {
        if (onServer <= 0) {
            return INITIAL_COUNT;
        }
        return onServer < MIN_COUNT || stored < MIN_COUNT || !newestStored ? REFILL_COUNT : 0;
    }
}
