package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.node.Node;
import java.util.Optional;

/** Answers one kind of iq request. Called on the server's event loop, so it must not wait for anything. */
@FunctionalInterface
public interface IqHandler {
    /**
     * The answer, made with {@link IqQuery#result} or {@link IqQuery#error}; empty to leave the client without one.
     * What it throws becomes error 500 for the client and a failure of the server.
     */
    Optional<Node> answer(IqQuery query);

    /** Always the same answer to whatever is asked: a result with these children. */
    static IqHandler result(Node... children) {
        return query -> Optional.of(query.result(children));
    }

    /** Always this error. */
    static IqHandler error(int code, String text) {
        return query -> Optional.of(query.error(code, text));
    }

    /** No answer ever. */
    static IqHandler silence() {
        return query -> Optional.empty();
    }
}
