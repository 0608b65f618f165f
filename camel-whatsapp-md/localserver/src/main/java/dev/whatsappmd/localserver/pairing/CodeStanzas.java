package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** What goes over the wire while a typed code links a device; the shapes are those of the vectors ({@code pairing.json}). */
final class CodeStanzas {
    static final String TAG = "link_code_companion_reg";
    static final String REF = "link_code_pairing_ref";

    private static final String TYPE = TAG;

    private CodeStanzas() {}

    /** The child of an answer to companion_hello. */
    static Node helloResult(String ref) {
        return Node.builder(TAG)
                .attribute("stage", "companion_hello")
                .child(ref(ref))
                .build();
    }

    static Node primaryHello(String id, Instant at, String ref, byte[] wrappedEphemeral, byte[] identity) {
        return notification(
                id,
                at,
                Node.builder(TAG)
                        .attribute("stage", "primary_hello")
                        .child(Node.builder("link_code_pairing_wrapped_primary_ephemeral_pub")
                                .bytes(wrappedEphemeral)
                                .build())
                        .child(Node.builder("primary_identity_pub")
                                .bytes(identity)
                                .build())
                        .child(ref(ref))
                        .build());
    }

    static Node refreshCode(String id, Instant at, String ref) {
        return notification(
                id,
                at,
                Node.builder(TAG)
                        .attribute("stage", "refresh_code")
                        .attribute("force_manual_refresh", "false")
                        .child(ref(ref))
                        .build());
    }

    /** The content of a child, empty when there is none. */
    static Optional<byte[]> bytes(Node body, String tag) {
        return body.child(tag).flatMap(Node::bytes);
    }

    /** The text of a child, empty when there is none. */
    static String text(Node body, String tag) {
        return body.child(tag).flatMap(Node::text).orElse("");
    }

    private static Node notification(String id, Instant at, Node body) {
        return Node.builder("notification")
                .attribute("from", ServerConnection.SERVER)
                .attribute("type", TYPE)
                .attribute("id", id)
                .attribute("t", Long.toString(at.getEpochSecond()))
                .child(body)
                .build();
    }

    private static Node ref(String ref) {
        return Node.builder(REF).bytes(ref.getBytes(StandardCharsets.US_ASCII)).build();
    }
}
