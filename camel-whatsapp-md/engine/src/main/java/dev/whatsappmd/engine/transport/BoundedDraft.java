package dev.whatsappmd.engine.transport;

import java.util.List;
import org.java_websocket.WebSocketImpl;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.LimitExceededException;
import org.java_websocket.framing.Framedata;
import org.java_websocket.protocols.Protocol;

/**
 * RFC 6455 without extensions and with a largest message. The library bounds a single frame, but looks at a message in
 * pieces only when its last piece has come: a server that never sends it could fill the memory.
 */
final class BoundedDraft extends Draft_6455 {
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
