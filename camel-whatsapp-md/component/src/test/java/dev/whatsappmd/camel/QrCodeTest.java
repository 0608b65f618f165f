package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.zxing.BinaryBitmap;
import com.google.zxing.RGBLuminanceSource;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class QrCodeTest {
    private static final String TEXT =
            "https://wa.me/settings/linked_devices#2@" + "Zq7v4Wm1cY0pXkT9sBnE3uHgRfJdLaOi5M8x2C6Q+/=,".repeat(4) + "1";

    @Test
    void pngIsReadAsTheText() throws Exception {
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(QrPng.encode(QrCode.of(TEXT))));

        assertThat(scan(
                        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth()),
                        image.getWidth()))
                .isEqualTo(TEXT);
    }

    @Test
    void terminalDrawingIsReadAsTheText() throws Exception {
        List<String> lines = TerminalQr.draw(TEXT).lines().toList();
        int width = lines.get(0).length();

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSize(width).matches("[\u2588\u2580\u2584 ]+"));
        assertThat(scan(pixels(lines, width, 4), width * 4)).isEqualTo(TEXT);
    }

    @Test
    void blocksAreWrittenAsUtf8WhereTheCharsetLacksThem() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        TerminalQr.print(TEXT, new PrintStream(out, true, StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(TerminalQr.draw(TEXT));
    }

    @Test
    void blocksAreWrittenInTheStreamsOwnCharset() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        TerminalQr.print(TEXT, new PrintStream(out, true, StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);

        assertThat(out.toString(StandardCharsets.UTF_16LE)).isEqualTo(TerminalQr.draw(TEXT));
    }

    @Test
    void refusesWhatNoCodeHolds() {
        assertThatThrownBy(() -> TerminalQr.draw("")).hasMessage("a QR code needs a text");
        assertThatThrownBy(() -> TerminalQr.draw("x".repeat(3000)))
                .hasMessage("a text of 3000 characters does not fit into a QR code");
    }

    /** The picture of the drawing: light where there is a block. */
    private static int[] pixels(List<String> lines, int width, int scale) {
        int side = width * scale;
        int[] pixels = new int[side * side];
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                char block = lines.get(y / scale / 2).charAt(x / scale);
                boolean upper = y / scale % 2 == 0;
                boolean light = block == '\u2588' || block == (upper ? '\u2580' : '\u2584');
                pixels[y * side + x] = light ? 0xffffff : 0;
            }
        }
        return pixels;
    }

    private static String scan(int[] pixels, int side) throws Exception {
        RGBLuminanceSource source = new RGBLuminanceSource(side, side, pixels);
        return new QRCodeReader()
                .decode(new BinaryBitmap(new HybridBinarizer(source)))
                .getText();
    }
}
