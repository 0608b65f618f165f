package dev.whatsappmd.localserver.record;

import dev.whatsappmd.engine.node.Node;
import java.time.Instant;

/**
 * A stanza that went over a connection.
 *
 * @param connection index of the connection, 1 for the server's first
 * @param number place among all stanzas of this server, both directions, from 1
 * @param direction who sent it
 * @param at when it was read or written
 * @param node the stanza
 * @param frameBytes size of its encrypted frame, without the length
 */
public record RecordedStanza(int connection, int number, Direction direction, Instant at, Node node, int frameBytes) {
    /** Who sent a stanza. */
    public enum Direction {
        /** From the client to the server. */
        RECEIVED,
        /** From the server to the client. */
        SENT
    }

    /** The stanza's kind in a few words, without anything personal. */
    public String label() {
        return StanzaMatch.label(node);
    }

    @Override
    public String toString() {
        return "#" + number + " connection " + connection + " "
                + (direction == Direction.RECEIVED ? "received " : "sent ") + label();
    }
}
