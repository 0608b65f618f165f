package dev.whatsappmd.localserver.account;

/** How a server hands out what it kept while a device was away; clients differ in what they ask for. */
public enum OfflineMode {
    /** All of it at once, without being asked (what whatsmeow lives on: it never pulls). */
    PUSH,
    /** All of it after the first {@code <offline_batch>}, whatever its count (Baileys asks once, for 100). */
    ONE_SHOT_PULL,
    /**
     * At most as many as the {@code <offline_batch>} asks for, and nothing more before all of these are answered and the
     * client asked again. The strictest reading: a client that works here works with the others.
     */
    STRICT_PULL
}
