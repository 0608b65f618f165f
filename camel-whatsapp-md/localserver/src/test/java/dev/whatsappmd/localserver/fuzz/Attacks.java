package dev.whatsappmd.localserver.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** What can be done to the bytes of one direction, from the HTTP answer to the encrypted frames. */
final class Attacks {
    /** So much of a direction is handed on at most before something is done to it: a bring-up has fewer bytes. */
    private static final int LATEST = 3_000;
    /** When nothing comes for so long, what was to be done later is done now. */
    private static final int IDLE_MILLIS = 40;
    /** How long an attacked connection may go on by itself; most end at once. */
    private static final int GRACE_MILLIS = 120;

    private static final List<String> HTTP_ANSWERS = List.of(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 403 Forbidden\r\n\r\n<html>blocked</html>",
            "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nplease log in to this hotel's network",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: c29tZXRoaW5nIGVsc2U=\r\n\r\n",
            "HTTP/1.1 99999999999999999999 \r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "SSH-2.0-OpenSSH_9.6\r\n",
            "\r\n\r\n\r\n",
            ":\r\n:\r\n\r\n");

    private Attacks() {}

    /** An attack on either direction, made from the random numbers alone. */
    static Gate.Attack any(RandomGenerator random, boolean toClient) {
        int begin = random.nextInt(3) == 0 ? random.nextInt(300) : random.nextInt(LATEST);
        byte[] noise = new byte[1 + random.nextInt(200)];
        random.nextBytes(noise);
        int bit = random.nextInt(8);
        boolean silentAfterwards = random.nextInt(12) == 0;
        Gate.Relay attack =
                switch (random.nextInt(toClient ? 14 : 11)) {
                    case 0, 1 -> (from, to) -> flip(from, to, bit);
                    case 2 -> (from, to) -> to.getOutputStream().write(noise);
                    case 3 -> (from, to) -> from.getInputStream().readNBytes(noise.length);
                    case 4 -> (from, to) -> replace(from, to, noise);
                    case 5 -> (from, to) -> twice(from, to);
                    case 6, 7, 8 -> {
                        byte[] frame = websocketFrame(random, !toClient);
                        yield (from, to) -> to.getOutputStream().write(frame);
                    }
                    case 9 ->
                        (from, to) -> {
                            throw new IOException("cut");
                        };
                    case 10 -> (from, to) -> reset(to);
                    case 11 -> {
                        byte[] answer = HTTP_ANSWERS
                                .get(random.nextInt(HTTP_ANSWERS.size()))
                                .getBytes(StandardCharsets.US_ASCII);
                        int length = random.nextInt(3) > 0 ? answer.length : random.nextInt(answer.length);
                        yield (from, to) -> to.getOutputStream().write(answer, 0, length);
                    }
                    case 12 -> (from, to) -> endlessHeader(to);
                    default -> (from, to) -> to.getOutputStream().write(endlessMessage());
                };
        return new Gate.Attack(toClient, (from, to) -> {
            boolean instead = attackBeginsTheStream(begin);
            if (!instead) {
                handOn(from, to, begin, IDLE_MILLIS, Integer.MAX_VALUE);
            }
            attack.run(from, to);
            if (silentAfterwards) {
                swallow(from);
            } else {
                handOn(from, to, Integer.MAX_VALUE, GRACE_MILLIS, GRACE_MILLIS);
            }
        });
    }

    private static boolean attackBeginsTheStream(int begin) {
        return begin < 20;
    }

    /** Everything arrives, byte by byte or all at once after a while. */
    static Gate.Attack slow(RandomGenerator random, boolean toClient) {
        int most = 1 + random.nextInt(3);
        boolean batched = random.nextBoolean();
        return new Gate.Attack(toClient, (from, to) -> {
            if (batched) {
                inBatches(from, to);
            } else {
                inPieces(from, to, most);
            }
        });
    }

    private static void inPieces(Socket from, Socket to, int most) throws IOException {
        byte[] piece = new byte[most];
        for (int count = from.getInputStream().read(piece);
                count >= 0;
                count = from.getInputStream().read(piece)) {
            to.getOutputStream().write(piece, 0, count);
        }
    }

    /** Hands on only when nothing more comes. */
    private static void inBatches(Socket from, Socket to) throws IOException {
        ByteArrayOutputStream batch = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        from.setSoTimeout(IDLE_MILLIS);
        while (true) {
            try {
                int count = from.getInputStream().read(buffer);
                if (count < 0) {
                    return;
                }
                batch.write(buffer, 0, count);
            } catch (SocketTimeoutException e) {
                to.getOutputStream().write(batch.toByteArray());
                batch.reset();
            }
        }
    }

    /** Hands on so many bytes, or until nothing came for so long, or until so much time is over. */
    private static void handOn(Socket from, Socket to, int bytes, int idleMillis, int millis) throws IOException {
        long end = System.nanoTime() + millis * 1_000_000L;
        byte[] buffer = new byte[8192];
        int left = bytes;
        from.setSoTimeout(idleMillis);
        try {
            while (left > 0 && System.nanoTime() < end) {
                int count = from.getInputStream().read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    throw new IOException("the end");
                }
                to.getOutputStream().write(buffer, 0, count);
                left -= count;
            }
        } catch (SocketTimeoutException e) {
            // Then now.
        } finally {
            from.setSoTimeout(0);
        }
    }

    /** Reads and drops until the other side ends: the client has to notice by itself. */
    private static void swallow(Socket from) throws IOException {
        from.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    private static void flip(Socket from, Socket to, int bit) throws IOException {
        InputStream in = from.getInputStream();
        from.setSoTimeout(IDLE_MILLIS);
        try {
            int next = in.read();
            if (next >= 0) {
                to.getOutputStream().write(next ^ 1 << bit);
            }
        } catch (SocketTimeoutException e) {
            to.getOutputStream().write(1 << bit);
        }
    }

    private static void replace(Socket from, Socket to, byte[] noise) throws IOException {
        to.getOutputStream().write(noise);
        from.setSoTimeout(IDLE_MILLIS);
        try {
            from.getInputStream().readNBytes(noise.length);
        } catch (SocketTimeoutException e) {
            // There was less.
        }
    }

    private static void twice(Socket from, Socket to) throws IOException {
        byte[] buffer = new byte[4096];
        from.setSoTimeout(IDLE_MILLIS);
        try {
            int count = Math.max(0, from.getInputStream().read(buffer));
            to.getOutputStream().write(buffer, 0, count);
            to.getOutputStream().write(buffer, 0, count);
        } catch (SocketTimeoutException e) {
            // Nothing to repeat.
        }
    }

    private static void reset(Socket to) throws IOException {
        to.setOption(StandardSocketOptions.SO_LINGER, 0);
        to.close();
        throw new IOException("reset");
    }

    /** An HTTP answer that goes on until the other side has had enough. */
    private static void endlessHeader(Socket to) throws IOException {
        byte[] line = ("X-Filler: " + "x".repeat(1_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        to.getOutputStream().write("HTTP/1.1 101 Switching Protocols\r\n".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 500; i++) {
            to.getOutputStream().write(line);
        }
    }

    /** A binary message that is never whole. */
    private static byte[] endlessMessage() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {2, 1, 0});
        for (int i = 0; i < 2_000; i++) {
            out.writeBytes(i % 2 == 0 ? new byte[] {0, 0} : new byte[] {0, 1, (byte) i});
        }
        return out.toByteArray();
    }

    /** A websocket frame of any opcode and flags, true or lying about its length, masked or not. */
    private static byte[] websocketFrame(RandomGenerator random, boolean masked) {
        int first = random.nextInt(3) == 0
                ? random.nextInt(256)
                : List.of(0x81, 0x82, 0x82, 0x02, 0x80, 0x88, 0x89, 0x8a).get(random.nextInt(8));
        boolean wrongMask = random.nextInt(10) == 0;
        byte[] payload = new byte[random.nextInt(126)];
        random.nextBytes(payload);
        if (first == 0x81) {
            Arrays.fill(payload, (byte) 'x');
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first);
        int mask = masked != wrongMask ? 0x80 : 0;
        switch (random.nextInt(6)) {
            case 0 -> out.writeBytes(new byte[] {(byte) (mask | 126), (byte) random.nextInt(256), (byte) 200});
            case 1 -> {
                out.write(mask | 127);
                byte[] length = new byte[8];
                random.nextBytes(length);
                out.writeBytes(length);
            }
            case 2 -> {
                out.write(mask | 127);
                out.writeBytes(new byte[] {0, 0, 0, 0, (byte) random.nextInt(4), 0, 0, 0});
            }
            default -> out.write(mask | payload.length);
        }
        if (mask != 0) {
            out.writeBytes(new byte[4]);
        }
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
