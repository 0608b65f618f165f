package dev.whatsappmd.engine.transport;

import java.nio.ByteBuffer;
import java.util.List;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.IncompleteHandshakeException;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.exceptions.LimitExceededException;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.protocols.Protocol;

/**
 * RFC 6455 without extensions, with a longest answer to the upgrade and a largest message. The library keeps an answer
 * without an end and reads it from its beginning with every piece that comes, which a server could make it do for as long
 * as the connect may take. It bounds a single frame, but looks at a message in pieces only when its last piece has come:
 * a server that never sends it could fill the memory.
 */
final class BoundedDraft extends Draft_6455 {
    /** Other servers' answers have a few hundred bytes. */
    static final int MAX_ANSWER = 16 * 1024;
    /** What keeping a piece costs, however small it is. */
    private static final int PIECE_BYTES = 64;

    private final int maxMessage;
    private long pieces;

    BoundedDraft(int maxMessage) {
        super(List.of(), List.of(new Protocol("")), maxMessage);
        this.maxMessage = maxMessage;
    }

    /** The library works with a copy. */
    @Override
    public Draft copyInstance() {
        return new BoundedDraft(maxMessage);
    }

    @Override
    public Handshakedata translateHandshake(ByteBuffer answer) throws InvalidHandshakeException {
        try {
            return super.translateHandshake(answer);
        } catch (IncompleteHandshakeException e) {
            if (answer.limit() > MAX_ANSWER) {
                throw new InvalidHandshakeException("an answer of more than " + MAX_ANSWER + " bytes", e);
            }
            throw e;
        }
    }

    @Override
    public void processFrame(WebSocketImpl socket, Framedata frame) throws InvalidDataException {
        boolean next = frame.getOpcode() == Opcode.CONTINUOUS;
        if (next || !frame.isFin()) {
            pieces = (next ? pieces : 0)
                    + Math.max(PIECE_BYTES, frame.getPayloadData().remaining());
            if (pieces > maxMessage) {
                throw new LimitExceededException("a message in pieces is too large", maxMessage);
            }
        }
        super.processFrame(socket, frame);
    }
}
