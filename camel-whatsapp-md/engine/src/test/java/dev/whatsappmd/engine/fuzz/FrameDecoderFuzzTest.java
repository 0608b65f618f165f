package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.frame.IntroHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** However a stream is cut and whatever it announces: its frames or a {@link FrameException}, at a bounded cost. */
@Timeout(36_000)
class FrameDecoderFuzzTest {
    /** What one stream may allocate for nothing: the decoder, its queue, a first buffer, an exception. */
    private static final long FIXED_BYTES = 16 * 1024;
    /** What it may allocate for each byte that arrived: copies of a growing frame, places in the queue. */
    private static final long BYTES_PER_BYTE = 16;

    private static final long MILLIS = 2_000;

    @Test
    void findsTheFramesOfAStreamHoweverItIsCut(TestInfo info) {
        Fuzz.run(info, 1_000, random -> {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            for (int i = random.nextInt(20); i > 0; i--) {
                byte[] content = new byte[random.nextInt(1 << random.nextInt(16))];
                random.nextBytes(content);
                announce(content.length, stream);
                stream.writeBytes(content);
            }
            Read read = read(stream.toByteArray(), FrameEncoder.LENGTH_MAX, random);
            assertThat(read.failed).isFalse();
            assertThat(read.pending).as("bytes of frames that were not found").isZero();
        });
    }

    @Test
    void takesNoMoreThanArrivedWhateverIsAnnounced(TestInfo info) {
        Fuzz.run(info, 4_000, random -> {
            byte[] stream = liar(random);
            int limit = random.nextBoolean() ? FrameEncoder.LENGTH_MAX : 1 + random.nextInt(5_000);
            read(stream, limit, random);
        });
    }

    @Test
    void takesOrRefusesWhateverAClientBeginsWith(TestInfo info) {
        List<byte[]> intros = List.of(
                IntroHeader.PLAIN.bytes(),
                IntroHeader.withRoutingInfo(new byte[0]).bytes(),
                IntroHeader.withRoutingInfo(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}).bytes());
        Fuzz.run(info, 10_000, random -> {
            Mutator mutator = new Mutator(random, intros);
            byte[] stream = mutator.mutate(mutator.original());
            ByteBuffer buffer = ByteBuffer.wrap(stream);
            try {
                Optional<IntroHeader> intro = IntroHeader.read(buffer, 16);
                byte[] taken = intro.map(IntroHeader::bytes).orElse(new byte[0]);
                assertThat(Arrays.copyOf(stream, buffer.position())).isEqualTo(taken);
            } catch (FrameException e) {
                assertThat(buffer.position()).isZero();
            }
        });
    }

    private record Read(boolean failed, int pending) {}

    private static Read read(byte[] stream, int limit, RandomGenerator random) {
        int most = 1 << random.nextInt(18);
        int[] cuts = random.ints(2L + stream.length * 4L / most, 0, most + 1).toArray();
        List<byte[]> found = new ArrayList<>(stream.length / FrameEncoder.HEADER_LENGTH + 1);
        Cost cost = new Cost(FIXED_BYTES + BYTES_PER_BYTE * stream.length, MILLIS);
        boolean failed =
                cost.check(stream.length + " bytes in pieces of up to " + most, () -> feed(stream, limit, cuts, found));
        int end = check(stream, found, limit);
        return new Read(failed, stream.length - end);
    }

    /** Whether the stream was refused. */
    private static boolean feed(byte[] stream, int limit, int[] cuts, List<byte[]> found) {
        found.clear();
        FrameDecoder.FrameConsumer<RuntimeException> taker = found::add;
        FrameDecoder decoder = new FrameDecoder(limit);
        ByteBuffer buffer = ByteBuffer.wrap(stream);
        for (int i = 0; buffer.position() < stream.length; i++) {
            buffer.limit(Math.min(stream.length, buffer.position() + cuts[i % cuts.length]));
            try {
                decoder.feed(buffer);
            } catch (FrameException e) {
                return true;
            } finally {
                decoder.forEach(taker);
            }
        }
        return false;
    }

    /** Compares the frames with a plain reading of the stream, and returns where the last of them ends. */
    private static int check(byte[] stream, List<byte[]> found, int limit) {
        int at = 0;
        for (byte[] frame : found) {
            int length = (stream[at] & 0xff) << 16 | (stream[at + 1] & 0xff) << 8 | stream[at + 2] & 0xff;
            at += FrameEncoder.HEADER_LENGTH;
            assertThat(frame.length).isEqualTo(length).isLessThanOrEqualTo(limit);
            assertThat(ByteBuffer.wrap(frame).equals(ByteBuffer.wrap(stream, at, length)))
                    .as("the %d bytes at %d", length, at)
                    .isTrue();
            at += length;
        }
        return at;
    }

    /** A stream that announces what it likes. */
    private static byte[] liar(RandomGenerator random) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = random.nextInt(40); i >= 0; i--) {
            switch (random.nextInt(5)) {
                case 0 -> stream.writeBytes(new byte[3 * random.nextInt(200)]);
                case 1 -> announce(random.nextInt(1 << 24), stream);
                case 2 -> {
                    byte[] noise = new byte[random.nextInt(300)];
                    random.nextBytes(noise);
                    stream.writeBytes(noise);
                }
                default -> {
                    byte[] content = new byte[random.nextInt(1 << random.nextInt(14))];
                    announce(content.length, stream);
                    stream.writeBytes(content);
                }
            }
        }
        return stream.toByteArray();
    }

    private static void announce(int length, ByteArrayOutputStream stream) {
        stream.write(length >> 16);
        stream.write(length >> 8);
        stream.write(length);
    }
}
