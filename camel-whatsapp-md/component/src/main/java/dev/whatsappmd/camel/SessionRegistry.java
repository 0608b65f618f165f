package dev.whatsappmd.camel;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The sessions of one Camel context, by their alias. Safe for several threads. */
final class SessionRegistry {
    private final WhatsAppMdComponent component;
    private final SessionThreads threads;
    private final Map<String, SharedSession> sessions = new ConcurrentHashMap<>();

    SessionRegistry(WhatsAppMdComponent component) {
        this.component = component;
        this.threads = new SessionThreads(component);
    }

    SessionThreads threads() {
        return threads;
    }

    /** The session of this name, empty when no consumer has it. */
    Optional<SharedSession> find(String sessionId) {
        return Optional.ofNullable(sessions.get(sessionId));
    }

    /** Gives an endpoint or a consumer to the session of this name, which is made for the first of them. */
    SharedSession enter(String sessionId, Consumer<SharedSession> change) {
        return sessions.compute(sessionId, (id, known) -> {
            SharedSession session = known == null ? new SharedSession(id, component, threads) : known;
            change.accept(session);
            return session;
        });
    }

    /** Drops the session of this name if nothing belongs to it any more. */
    void tidy(String sessionId) {
        sessions.computeIfPresent(sessionId, (id, session) -> session.isUnused() ? null : session);
    }
}
