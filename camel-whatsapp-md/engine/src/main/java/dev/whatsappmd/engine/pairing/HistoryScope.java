package dev.whatsappmd.engine.pairing;

/** How much history the phone is asked for. It learns the wish once, when the device is linked. */
public enum HistoryScope {
    /** What the phone thinks recent; its default. */
    RECENT,
    /** All the phone has. */
    FULL,
    /**
     * As little as can be asked for, which is the same as {@link #RECENT}: a phone always uploads some, and the
     * addresses in it are needed. What comes is answered and not shown.
     */
    NONE
}
