package dev.whatsappmd.localserver.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.HandshakeState;
import org.java_websocket.enums.Role;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.exceptions.InvalidHandshakeException;
import org.java_websocket.framing.BinaryFrame;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.ContinuousFrame;
import org.java_websocket.framing.DataFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PongFrame;
import org.java_websocket.framing.TextFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.HandshakeImpl1Server;

/** The server's side of RFC 6455 for one connection, done by Java-WebSocket's draft; no I/O. */
final class WebSocketCodec {
    private static final int REQUEST_LIMIT = 16 * 1024;
    private static final int MESSAGE_LIMIT = 32 * 1024 * 1024;
    /** CR LF CR LF. */
    private static final int END_OF_REQUEST = 0x0d0a0d0a;

    private final Draft_6455 draft = new Draft_6455(List.of(), MESSAGE_LIMIT);
    private final ByteArrayOutputStream request = new ByteArrayOutputStream();
    private int lastFourBytes;
    private ClientHandshake accepted;

    WebSocketCodec() {
        draft.setParseMode(Role.SERVER);
    }

    /**
     * Takes bytes until the request is whole.
     *
     * @return the request, or empty when more bytes are needed
     * @throws InvalidHandshakeException when this is no websocket request
     */
    Optional<UpgradeRequest> readRequest(ByteBuffer input) throws InvalidHandshakeException {
        while (input.hasRemaining()) {
            byte next = input.get();
            request.write(next);
            lastFourBytes = lastFourBytes << 8 | next & 0xff;
            if (lastFourBytes == END_OF_REQUEST) {
                ByteBuffer whole = ByteBuffer.wrap(request.toByteArray());
                if (!(draft.translateHandshake(whole) instanceof ClientHandshake handshake)
                        || draft.acceptHandshakeAsServer(handshake) != HandshakeState.MATCHED) {
                    throw new InvalidHandshakeException("not a websocket request of version 13");
                }
                accepted = handshake;
                return Optional.of(UpgradeRequest.of(handshake.getResourceDescriptor(), fields(handshake)));
            }
            if (request.size() > REQUEST_LIMIT) {
                throw new InvalidHandshakeException("request longer than " + REQUEST_LIMIT + " bytes");
            }
        }
        return Optional.empty();
    }

    /** The answer that makes the connection a websocket. */
    List<ByteBuffer> agree() throws InvalidHandshakeException {
        return draft.createHandshake(
                draft.postProcessHandshakeResponseAsServer(accepted, new HandshakeImpl1Server()), true);
    }

    /** What looks like that answer, but agrees to the request that RFC 6455 has as an example in 1.2. */
    static ByteBuffer agreeToAnother() {
        return ByteBuffer.wrap(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    /** The answer that refuses, after which the connection is closed. */
    static ByteBuffer refuse(int status) {
        return ByteBuffer.wrap(("HTTP/1.1 " + status + " " + reasonPhrase(status)
                        + "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
    }

    List<Framedata> readFrames(byte[] input) throws InvalidDataException {
        return draft.translateFrame(ByteBuffer.wrap(input));
    }

    ByteBuffer message(byte[] bytes) {
        BinaryFrame frame = new BinaryFrame();
        frame.setPayload(ByteBuffer.wrap(bytes));
        return draft.createBinaryFrame(frame);
    }

    /** One message in fragments of at most this many bytes. */
    List<ByteBuffer> fragments(byte[] bytes, int length) {
        List<ByteBuffer> fragments = new ArrayList<>();
        for (int from = 0; from == 0 || from < bytes.length; from += length) {
            DataFrame frame = from == 0 ? new BinaryFrame() : new ContinuousFrame();
            frame.setPayload(ByteBuffer.wrap(bytes, from, Math.min(length, bytes.length - from))
                    .slice());
            frame.setFin(length >= bytes.length - from);
            fragments.add(draft.createBinaryFrame(frame));
        }
        return fragments;
    }

    ByteBuffer text(String text) {
        TextFrame frame = new TextFrame();
        frame.setPayload(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        return draft.createBinaryFrame(frame);
    }

    ByteBuffer pong(ByteBuffer payload) {
        PongFrame frame = new PongFrame();
        frame.setPayload(payload);
        return draft.createBinaryFrame(frame);
    }

    ByteBuffer close(int code, String reason) {
        CloseFrame frame = new CloseFrame();
        frame.setCode(code);
        frame.setReason(reason);
        return draft.createBinaryFrame(frame);
    }

    private static Map<String, String> fields(ClientHandshake handshake) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Iterator<String> names = handshake.iterateHttpFields(); names.hasNext(); ) {
            String name = names.next();
            fields.put(name, handshake.getFieldValue(name));
        }
        return fields;
    }

    private static String reasonPhrase(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            default -> "Refused";
        };
    }
}
