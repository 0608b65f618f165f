package dev.whatsappmd.localserver.transport;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What is sent to an HTTP request, byte by byte, so that it can be as wrong as one likes. The connection ends with it.
 *
 * @param head status line and header fields with the empty line, or whatever is sent instead
 * @param body what follows
 * @param from first byte of the body that is sent
 * @param to behind the last one
 * @param delay how long the first byte is kept back
 * @param pieceBytes how many bytes go at a time; 0 for as many as the socket takes
 * @param pieceDelay how long it waits between two pieces
 * @param end how the connection ends when all was sent
 */
public record HttpAnswer(
        byte[] head, HttpBody body, long from, long to, Duration delay, int pieceBytes, Duration pieceDelay, End end) {
    /** How a connection ends. */
    public enum End {
        /** As it should. */
        CLOSE,
        /** With a TCP reset. */
        RESET,
        /** Not: the client waits for more. */
        NEVER
    }

    /** This status line and header fields ({@code Name: value} each), and a part of a body. */
    public static HttpAnswer of(String status, HttpBody body, long from, long to, String... headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append("\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return raw(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1))
                .withBody(body, from, to);
    }

    /** These bytes and nothing else. */
    public static HttpAnswer raw(byte[] bytes) {
        return new HttpAnswer(bytes, HttpBody.EMPTY, 0, 0, Duration.ZERO, 0, Duration.ZERO, End.CLOSE);
    }

    /** With a part of this body. */
    public HttpAnswer withBody(HttpBody other, long first, long behindLast) {
        return new HttpAnswer(head, other, first, behindLast, delay, pieceBytes, pieceDelay, end);
    }

    /** Kept back for so long. */
    public HttpAnswer withDelay(Duration time) {
        return new HttpAnswer(head, body, from, to, time, pieceBytes, pieceDelay, end);
    }

    /** In pieces, with a pause after each. */
    public HttpAnswer inPieces(int bytes, Duration pause) {
        return new HttpAnswer(head, body, from, to, delay, bytes, pause, end);
    }

    /** With no more than so many bytes of the body, and this end. */
    public HttpAnswer cut(long bodyBytes, End how) {
        long until = Math.min(to, from + bodyBytes);
        return new HttpAnswer(head, body, from, until, delay, pieceBytes, pieceDelay, how);
    }
}
