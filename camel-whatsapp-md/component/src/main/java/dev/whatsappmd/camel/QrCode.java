package dev.whatsappmd.camel;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;

/** The modules of a QR code, with the quiet zone of four light modules that a scanner needs around it. Immutable. */
final class QrCode {
    private static final int QUIET = 4;

    private final ByteMatrix modules;

    private QrCode(ByteMatrix modules) {
        this.modules = modules;
    }

    /** @throws IllegalArgumentException when the text is empty or does not fit into a QR code */
    static QrCode of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a QR code needs a text");
        }
        try {
            // The lowest correction gives the smallest picture; on a screen nothing is torn or dirty.
            return new QrCode(Encoder.encode(text, ErrorCorrectionLevel.L).getMatrix());
        } catch (WriterException e) {
            throw new IllegalArgumentException(
                    "a text of " + text.length() + " characters does not fit into a QR code", e);
        }
    }

    /** Modules on each side, the quiet zone included. */
    int size() {
        return modules.getWidth() + 2 * QUIET;
    }

    /** Whether the module is dark; all outside of the code is light. */
    boolean dark(int x, int y) {
        int column = x - QUIET;
        int row = y - QUIET;
        return column >= 0
                && row >= 0
                && column < modules.getWidth()
                && row < modules.getHeight()
                && modules.get(column, row) == 1;
    }
}
