package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One iq request of a client, and the shapes of an answer.
 *
 * @param connection where it came from
 * @param loggedIn the device that asks, null for a client that is not linked yet
 * @param iq the request
 * @param now the server's time
 */
public record IqQuery(ServerConnection connection, @Nullable Device loggedIn, Node iq, Instant now) {
    /** The device that asks, empty for a client that is not linked yet. */
    public Optional<Device> device() {
        return Optional.ofNullable(loggedIn);
    }

    /** A child of the request. */
    public Optional<Node> child(String tag) {
        return iq.child(tag);
    }

    /** The result with these children. */
    public Node result(Node... children) {
        Node.Builder result = answer("result");
        for (Node child : children) {
            result.child(child);
        }
        return result.build();
    }

    /** An error, e.g. 404 {@code item-not-found}. */
    public Node error(int code, String text) {
        return answer("error")
                .child(Node.builder("error")
                        .attribute("code", Integer.toString(code))
                        .attribute("text", text)
                        .build())
                .build();
    }

    private Node.Builder answer(String type) {
        return Node.builder("iq")
                .attribute("from", ServerConnection.SERVER)
                .attribute("type", type)
                .attribute("id", iq.attribute("id"));
    }
}
