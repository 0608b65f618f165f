package dev.whatsappmd.camel;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * A QR code in a terminal: half blocks, two modules in each character. Light modules are drawn and dark ones left out, as
 * most terminals are dark.
 */
public final class TerminalQr {
    private static final char BOTH_LIGHT = '\u2588';
    private static final char UPPER_LIGHT = '\u2580';
    private static final char LOWER_LIGHT = '\u2584';
    private static final char BOTH_DARK = ' ';

    private TerminalQr() {}

    /**
     * Draws the code, the quiet zone around it included.
     *
     * @return lines that all have the same length, each ended by a line feed
     * @throws IllegalArgumentException when the text is empty or does not fit into a QR code
     */
    public static String draw(String text) {
        QrCode code = QrCode.of(text);
        int size = code.size();
        StringBuilder out = new StringBuilder((size + 1) * (size + 1) / 2);
        for (int y = 0; y < size; y += 2) {
            for (int x = 0; x < size; x++) {
                boolean upper = !code.dark(x, y);
                // Below the last row of an odd size there is nothing to draw.
                boolean lower = y + 1 < size && !code.dark(x, y + 1);
                out.append(upper ? lower ? BOTH_LIGHT : UPPER_LIGHT : lower ? LOWER_LIGHT : BOTH_DARK);
            }
            out.append('\n');
        }
        return out.toString();
    }

    /**
     * Draws the code on a stream. Where the stream's own charset lacks the blocks they are written as UTF-8: a terminal
     * without a locale is nearly always one that understands it.
     *
     * @param charset what the stream encodes in
     */
    static void print(String text, PrintStream out, Charset charset) {
        String drawn = draw(text);
        if (charset.newEncoder().canEncode(drawn)) {
            out.print(drawn);
        } else {
            out.writeBytes(drawn.getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
    }

    /** Draws the code on standard output. */
    public static void print(String text) {
        // stdout.encoding is there from Java 18 on, the other before, where standard output is a terminal.
        String name = System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding"));
        boolean known = name != null && Charset.isSupported(name);
        print(text, System.out, known ? Charset.forName(name) : Charset.defaultCharset());
    }
}
