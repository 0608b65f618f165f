package dev.whatsappmd.engine.store;

/**
 * Where sessions are kept. An implementation is safe for use by several threads.
 *
 * <p>It never answers trouble with an empty session: what is corrupt, missing, newer than the program or in use by
 * another process is a {@link SessionStoreException} of that reason, because a fresh identity written over an existing
 * one costs the user a new link.
 */
public interface SessionStore extends AutoCloseable {
    /**
     * Opens the session of this name for one owner, or begins an empty one when there has never been one.
     *
     * @throws SessionStoreException {@code LOCKED} when another owner has it, {@code CORRUPT}, {@code MISSING},
     *     {@code NEWER}, {@code READ_ONLY}, {@code FULL} or {@code IO} as their texts say
     */
    StoredSession open(String sessionId);

    /** Where it is, for one line in the log: a path or an address without any secret. */
    String location();

    @Override
    void close();
}
