package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.node.Node;
import java.time.Instant;

/** What a server says by itself; shapes as in the vectors ({@code stream-errors.json}) and whatsmeow. */
final class Bulletins {
    private Bulletins() {}

    static Node edgeRouting(byte[] routingInfo) {
        return ib(Node.builder("edge_routing")
                .child(Node.builder("routing_info").bytes(routingInfo.clone()).build())
                .child(Node.builder("dns_domain").text("fb").build())
                .build());
    }

    static Node dirty(String type, Instant since) {
        return ib(Node.builder("dirty")
                .attribute("type", type)
                .attribute("timestamp", Long.toString(since.getEpochSecond()))
                .build());
    }

    static Node clientExpiration(Instant from) {
        return ib(Node.builder("client_expiration")
                .attribute("t", Long.toString(from.getEpochSecond()))
                .build());
    }

    static Node downgradeWebclient() {
        return ib(Node.of("downgrade_webclient"));
    }

    /** Says nothing that a client could do anything about. */
    static Node nothing() {
        return ib(Node.of("thread_metadata"));
    }

    /** @param child one of the two ways it is said (zapo WaPairingFlow.ts) */
    static Node newSecret(String id, String child) {
        return Node.builder("notification")
                .attribute("from", ServerConnection.SERVER)
                .attribute("type", "companion_reg_refresh")
                .attribute("id", id)
                .child(child)
                .build();
    }

    static Node ping() {
        return Node.builder("iq")
                .attribute("from", ServerConnection.SERVER)
                .attribute("type", "get")
                .attribute("xmlns", "urn:xmpp:ping")
                .build();
    }

    private static Node ib(Node child) {
        return Node.builder("ib")
                .attribute("from", ServerConnection.SERVER)
                .child(child)
                .build();
    }
}
