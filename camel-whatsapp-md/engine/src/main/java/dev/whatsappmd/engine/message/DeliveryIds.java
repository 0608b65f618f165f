package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.crypto.Sha256;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Names for what is delivered: made of what the thing is, so that the same thing has the same name after any restart. A
 * hash, because it stands in headers and log lines and addresses must not.
 */
final class DeliveryIds {
    private static final int LENGTH = 16;

    private DeliveryIds() {}

    /** 32 hexadecimal digits; parts are kept apart, so that none can run into the next. */
    static String of(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            all.writeBytes(part);
        }
        return HexFormat.of().formatHex(Arrays.copyOf(Sha256.hash(all.toByteArray()), LENGTH));
    }

    static byte[] part(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
