package dev.whatsappmd.localserver.media;

import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.transport.HttpAnswer;
import dev.whatsappmd.localserver.transport.HttpAnswer.End;
import dev.whatsappmd.localserver.transport.HttpBody;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/** Something that the media server does instead of what it should. A value; see {@link BlobServer#onNext}. */
public sealed interface BlobFault {
    /** This status instead of an answer, e.g. 404, 410, 500. */
    static BlobFault status(int status) {
        return new Status(status);
    }

    /** The answer, but only after this time. */
    static BlobFault late(Duration time) {
        return new Late(time);
    }

    /** The answer in pieces of so many bytes with a pause after each. */
    static BlobFault slow(int pieceBytes, Duration pause) {
        return new Slow(pieceBytes, pause);
    }

    /** Announces all and ends after so many bytes of the body. */
    static BlobFault shortBody(long bytes) {
        return new Cut(bytes, End.CLOSE);
    }

    /** Announces all and resets the connection after so many bytes of the body. */
    static BlobFault reset(long bytes) {
        return new Cut(bytes, End.RESET);
    }

    /** Announces all and says nothing more after so many bytes of the body. */
    static BlobFault stuck(long bytes) {
        return new Cut(bytes, End.NEVER);
    }

    /** Announces another length than it sends. */
    static BlobFault wrongLength(long announced) {
        return new WrongLength(announced);
    }

    /** Sends the client elsewhere. */
    static BlobFault redirect(String location) {
        return new Redirect(location);
    }

    /** Bytes that are no HTTP. */
    static BlobFault garbage() {
        return new Raw(new ServerFault.Garbage(256, 1).bytes());
    }

    /** These bytes, and the connection's end. */
    static BlobFault raw(byte[] answer) {
        return new Raw(answer.clone());
    }

    /** One bit of the body is another one. */
    static BlobFault flippedBit(long position) {
        return new FlippedBit(position);
    }

    /** All of it, also when a part was asked for. */
    static BlobFault wholeFile() {
        return new WholeFile();
    }

    /** The body in chunks (RFC 9112, 7.1). */
    static BlobFault chunked(int chunkBytes) {
        return new Chunked(chunkBytes);
    }

    /** See {@link #status}. */
    record Status(int status) implements BlobFault {
        public Status {
            if (status < 100 || status > 999) {
                throw new IllegalArgumentException("an HTTP status has three digits, not " + status);
            }
        }
    }

    /** See {@link #late}. */
    record Late(Duration time) implements BlobFault {
        public Late {
            Objects.requireNonNull(time, "time");
        }
    }

    /** See {@link #slow}. */
    record Slow(int pieceBytes, Duration pause) implements BlobFault {
        public Slow {
            Objects.requireNonNull(pause, "pause");
            requirePositive(pieceBytes);
        }
    }

    /** See {@link #shortBody}, {@link #reset}, {@link #stuck}. */
    record Cut(long bytes, End end) implements BlobFault {
        public Cut {
            Objects.requireNonNull(end, "end");
        }
    }

    /** See {@link #wrongLength}. */
    record WrongLength(long announced) implements BlobFault {}

    /** See {@link #redirect}. */
    record Redirect(String location) implements BlobFault {
        public Redirect {
            Objects.requireNonNull(location, "location");
        }
    }

    /** See {@link #raw}. */
    record Raw(byte[] answer) implements BlobFault {}

    /** See {@link #flippedBit}. */
    record FlippedBit(long position) implements BlobFault {}

    /** See {@link #wholeFile}. */
    record WholeFile() implements BlobFault {}

    /** See {@link #chunked}. */
    record Chunked(int chunkBytes) implements BlobFault {
        public Chunked {
            requirePositive(chunkBytes);
        }
    }

    private static void requirePositive(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a piece has 1 byte or more, not " + bytes);
        }
    }

    /** Whether nothing is done of what was asked for. */
    default boolean isInstead() {
        return this instanceof Status || this instanceof Redirect || this instanceof Raw;
    }

    /** The body with one bit changed. */
    static HttpBody flipped(HttpBody body, long at) {
        return new HttpBody() {
            @Override
            public long length() {
                return body.length();
            }

            @Override
            public void read(long position, ByteBuffer into) throws IOException {
                int begin = into.position();
                body.read(position, into);
                if (at >= position && at < position + into.position() - begin) {
                    int index = begin + (int) (at - position);
                    into.put(index, (byte) (into.get(index) ^ 1));
                }
            }
        };
    }

    /** The answer that this makes of the right one. For the server; what is about the body's framing, it does itself. */
    default HttpAnswer applyTo(HttpAnswer answer) {
        if (this instanceof Status fault) {
            return HttpAnswer.of(fault.status() + " Fault", HttpBody.EMPTY, 0, 0, "Content-Length: 0");
        } else if (this instanceof Late fault) {
            return answer.withDelay(fault.time());
        } else if (this instanceof Slow fault) {
            return answer.inPieces(fault.pieceBytes(), fault.pause());
        } else if (this instanceof Cut fault) {
            return answer.cut(fault.bytes(), fault.end());
        } else if (this instanceof Redirect fault) {
            return HttpAnswer.of(
                    "302 Found", HttpBody.EMPTY, 0, 0, "Location: " + fault.location(), "Content-Length: 0");
        } else if (this instanceof Raw fault) {
            return HttpAnswer.raw(fault.answer());
        } else if (this instanceof FlippedBit fault) {
            return answer.withBody(flipped(answer.body(), fault.position()), answer.from(), answer.to());
        }
        return answer;
    }
}
