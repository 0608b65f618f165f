package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What came of a stanza. First the changes (those here, the credentials, what the cipher holds, and the durable ones
 * among the happenings) become durable together; then the answers go out, in their order; nothing waits for a route.
 *
 * @param answers to be sent after the commit, in this order; empty when nothing is owed
 * @param cleared whether the server keeps this stanza until these answers come, and forgets it then
 * @param happenings what somebody wants to know, in their order
 * @param changes to be made durable; without the cipher's and without the credentials
 * @param credentials the new ones, when the stanza changed them; to be made durable too
 */
public record Taken(
        List<Node> answers,
        boolean cleared,
        List<Happening> happenings,
        ChangeSet changes,
        Optional<Credentials> credentials) {

    public Taken {
        answers = List.copyOf(answers);
        happenings = List.copyOf(happenings);
        Objects.requireNonNull(changes, "changes");
        Objects.requireNonNull(credentials, "credentials");
    }

    /** Whether something has to be made durable before the answers may go out; apart from what the cipher holds. */
    public boolean changesTheStore() {
        return !changes.isEmpty()
                || credentials.isPresent()
                || happenings.stream().anyMatch(Happening.Durable.class::isInstance);
    }
}
