package dev.whatsappmd.localserver.fault;

import dev.whatsappmd.engine.node.Node;
import java.util.Map;
import java.util.Objects;

/**
 * A way to end a connection. The stanzas are those of the vectors ({@code stream-errors.json}) and of whatsmeow
 * connectionevents.go; after a stream error the end of the stream and the end of the socket follow.
 */
public sealed interface ServerClose extends ServerFault {
    /** Websocket close code of an orderly end. */
    int NORMAL = 1000;

    /** {@code <stream:error code=…/>}, e.g. 515 restart required, 503 service unavailable, 401 logged out. */
    static ServerClose streamError(int code) {
        return new Stanza(
                Node.builder("stream:error")
                        .attribute("code", Integer.toString(code))
                        .build(),
                true);
    }

    /** {@code <stream:error>} without a code around one child. */
    static ServerClose streamError(Node child) {
        return new Stanza(Node.builder("stream:error").child(child).build(), true);
    }

    /** {@code <stream:error code=…>} around one child. */
    static ServerClose streamError(int code, Node child) {
        return new Stanza(
                Node.builder("stream:error")
                        .attribute("code", Integer.toString(code))
                        .child(child)
                        .build(),
                true);
    }

    /** A conflict without a code, e.g. {@code replaced}: another connection took this device over. */
    static ServerClose conflict(String type) {
        return streamError(conflictNode(type));
    }

    /** A conflict with a code, e.g. {@code device_removed} and 401: the phone unlinked this device. */
    static ServerClose conflict(String type, int code) {
        return streamError(code, conflictNode(type));
    }

    /**
     * The phone unlinks the device of this connection: 401 device_removed, and it cannot log in any more. Right after
     * linking, as from {@link Moment#PAIRED} to {@link Moment#OPEN}, this is how the server takes a link back.
     */
    static ServerClose unlink() {
        return new Unlink();
    }

    /** The server is still owed the answer to this stanza. */
    static ServerClose ack(String stanzaId) {
        return streamError(Node.builder("ack").attribute("id", stanzaId).build());
    }

    /** The server could not read what the client sent. */
    static ServerClose xmlNotWellFormed() {
        return streamError(Node.of("xml-not-well-formed"));
    }

    /** {@code <failure reason=…>}: login refused. */
    static ServerClose failure(int reason) {
        return failure(reason, Map.of());
    }

    /** {@code <failure reason=…>} with more attributes, e.g. {@code code} and {@code expire} for 402. */
    static ServerClose failure(int reason, Map<String, String> attributes) {
        Node.Builder failure = Node.builder("failure").attribute("reason", Integer.toString(reason));
        attributes.forEach(failure::attribute);
        return new Stanza(failure.build(), false);
    }

    /** Any stanza as the last one, then the socket's end. */
    static ServerClose stanza(Node stanza) {
        return new Stanza(stanza, false);
    }

    /** {@code <xmlstreamend/>} without a reason, then the socket's end. */
    static ServerClose streamEnd() {
        return new Stanza(Node.of("xmlstreamend"), false);
    }

    /** A websocket close frame and nothing else. */
    static ServerClose socketClose(int code) {
        return new SocketClose(code, "");
    }

    /** A websocket close frame with a reason of up to 123 bytes. */
    static ServerClose socketClose(int code, String reason) {
        return new SocketClose(code, reason);
    }

    /** A TCP reset: no close frame, and what was not delivered yet is lost. */
    static ServerClose tcpReset() {
        return new TcpReset();
    }

    /** What is said, for a table of faults. */
    static String words(Node stanza) {
        StringBuilder text = new StringBuilder(stanza.tag());
        for (String name : new String[] {"code", "reason"}) {
            stanza.attribute(name).ifPresent(value -> text.append(' ').append(value));
        }
        for (Node child : stanza.children()) {
            text.append(' ').append(child.tag());
            child.attribute("type").ifPresent(type -> text.append(' ').append(type));
        }
        return text.toString();
    }

    private static Node conflictNode(String type) {
        return Node.builder("conflict").attribute("type", type).build();
    }

    /**
     * A stanza that says why, then the end.
     *
     * @param stanza what is sent last
     * @param streamEnd whether {@code <xmlstreamend/>} follows before the socket ends
     */
    record Stanza(Node stanza, boolean streamEnd) implements ServerClose {
        public Stanza {
            Objects.requireNonNull(stanza, "stanza");
        }

        @Override
        public boolean fits(Moment moment) {
            return moment.canSendStanzas();
        }

        @Override
        public String toString() {
            return words(stanza);
        }
    }

    /** See {@link #unlink()}. */
    record Unlink() implements ServerClose {
        private static final int LOGGED_OUT = 401;

        /** What the client gets to see. */
        public Stanza close() {
            return (Stanza) conflict("device_removed", LOGGED_OUT);
        }

        @Override
        public boolean fits(Moment moment) {
            return moment.canSendStanzas();
        }

        @Override
        public String toString() {
            return "unlink";
        }
    }

    /**
     * A close frame.
     *
     * @param code one that may be sent: 1000 to 4999 without 1004, 1005, 1006 and 1015 (RFC 6455, 7.4)
     * @param reason may be empty
     */
    record SocketClose(int code, String reason) implements ServerClose {
        public SocketClose {
            if (code < 1000 || code > 4999 || code == 1004 || code == 1005 || code == 1006 || code == 1015) {
                throw new IllegalArgumentException("close code " + code
                        + " cannot be sent; use one from 1000 to 4999, not 1004, 1005, 1006 or 1015");
            }
            Objects.requireNonNull(reason, "reason");
        }

        @Override
        public boolean fits(Moment moment) {
            return true;
        }

        @Override
        public String toString() {
            return "socket close " + code;
        }
    }

    /** A TCP reset. */
    record TcpReset() implements ServerClose {
        @Override
        public boolean fits(Moment moment) {
            return true;
        }

        @Override
        public String toString() {
            return "TCP reset";
        }
    }
}
