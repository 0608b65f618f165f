package dev.whatsappmd.localserver.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What an answer carries; any number of answers may read it. Used on the event loop, so reading must be quick. */
public interface HttpBody {
    /** Of nothing. */
    HttpBody EMPTY = of(new byte[0]);

    long length();

    /** Reads something from this position on; there is something. */
    void read(long position, ByteBuffer into) throws IOException;

    /** Frees what it holds. */
    default void close() {}

    /** In memory; the array is not copied. */
    static HttpBody of(byte[] bytes) {
        return new HttpBody() {
            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public void read(long position, ByteBuffer into) {
                into.put(bytes, (int) position, (int) Math.min(into.remaining(), bytes.length - position));
            }
        };
    }

    /** A file, open until {@link #close()}. */
    static HttpBody of(Path file) {
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
            long length = channel.size();
            return new HttpBody() {
                @Override
                public long length() {
                    return length;
                }

                @Override
                public void read(long position, ByteBuffer into) throws IOException {
                    channel.read(into, position);
                }

                @Override
                public void close() {
                    try {
                        channel.close();
                    } catch (IOException e) {
                        throw new UncheckedIOException("could not close " + file, e);
                    }
                }
            };
        } catch (IOException e) {
            throw new UncheckedIOException("could not open " + file, e);
        }
    }
}
