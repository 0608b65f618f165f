package dev.whatsappmd.engine.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
    private static byte[] bytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] wire(List<byte[]> contents) {
        FrameEncoder encoder = FrameEncoder.withoutIntro();
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        contents.forEach(content -> wire.writeBytes(encoder.encode(content)));
        return wire.toByteArray();
    }

    private static List<byte[]> polled(FrameDecoder decoder) {
        List<byte[]> frames = new ArrayList<>();
        decoder.forEach(frames::add);
        return frames;
    }

    @Test
    void introGoesOutOnce() {
        FrameEncoder encoder = new FrameEncoder(IntroHeader.PLAIN);
        assertThat(encoder.encode(new byte[] {9})).containsExactly('W', 'A', 6, 3, 0, 0, 1, 9);
        assertThat(encoder.encode(new byte[] {8, 7})).containsExactly(0, 0, 2, 8, 7);
        assertThat(encoder.encode(new byte[0])).containsExactly(0, 0, 0);
    }

    @Test
    void lengthHasThreeBytesBigEndian() {
        FrameEncoder encoder = FrameEncoder.withoutIntro();
        assertThat(encoder.allocate(0x012345)).hasSize(0x012348).startsWith(0x01, 0x23, 0x45);
        assertThat(encoder.encode(new byte[FrameEncoder.LENGTH_MAX])).startsWith(0xff, 0xff, 0xff);
    }

    @Test
    void refusesContentThatThreeBytesCannotAnnounceAndKeepsTheIntro() {
        FrameEncoder encoder = new FrameEncoder(IntroHeader.PLAIN);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(new byte[1 << 24]))
                .withMessageContaining("16777215")
                .withMessageContaining("16777216");
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.allocate(-1));
        assertThat(encoder.encode(new byte[0])).startsWith('W', 'A', 6, 3);
    }

    @Test
    void severalFramesOfOnePieceComeInOrder() throws Exception {
        List<byte[]> contents = List.of(new byte[] {1}, new byte[0], new byte[] {2, 3});
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(wire(contents));
        assertThat(decoder.poll()).hasValue(contents.get(0));
        assertThat(decoder.poll()).hasValue(contents.get(1));
        assertThat(decoder.poll()).hasValue(contents.get(2));
        assertThat(decoder.poll()).isEmpty();
    }

    @Test
    void framesAreFoundByteByByte() throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(3);
        List<byte[]> contents = List.of(bytes(random, 300), bytes(random, 0), bytes(random, 5000), bytes(random, 1));
        FrameDecoder decoder = new FrameDecoder();
        List<byte[]> found = new ArrayList<>();
        for (byte next : wire(contents)) {
            decoder.feed(new byte[] {next});
            found.addAll(polled(decoder));
        }
        assertThat(found).usingElementComparator(Arrays::compare).containsExactlyElementsOf(contents);
        assertThat(decoder.pendingBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void framesAreFoundInPiecesOfAnySize(long seed) throws Exception {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            contents.add(bytes(random, random.nextInt(1 << random.nextInt(1, 17))));
        }
        byte[] wire = wire(contents);
        FrameDecoder decoder = new FrameDecoder();
        List<byte[]> found = new ArrayList<>();
        for (int at = 0; at < wire.length; ) {
            int length = Math.min(wire.length - at, random.nextInt(1 << random.nextInt(1, 16)));
            ByteBuffer piece =
                    ByteBuffer.allocateDirect(length).put(wire, at, length).flip();
            decoder.feed(random.nextBoolean() ? piece : ByteBuffer.wrap(wire, at, length));
            at += length;
            if (random.nextBoolean()) {
                found.addAll(polled(decoder));
            }
        }
        found.addAll(polled(decoder));
        assertThat(found)
                .as("seed %d", seed)
                .usingElementComparator(Arrays::compare)
                .containsExactlyElementsOf(contents);
    }

    @Test
    void framesDoNotShareMemoryWithThePieces() throws Exception {
        byte[] wire = wire(List.of(new byte[] {1, 2, 3}));
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(wire);
        Arrays.fill(wire, (byte) 9);
        assertThat(decoder.poll()).hasValue(new byte[] {1, 2, 3});
    }

    @Test
    void refusesAFrameThatIsTooLongAsSoonAsItIsAnnounced() {
        FrameDecoder decoder = new FrameDecoder(1000);
        assertThatCode(() -> decoder.feed(new byte[] {0, 0, 1, 42, 0, 3})).doesNotThrowAnyException();
        assertThatThrownBy(() -> decoder.feed(new byte[] {(byte) 0xe9}))
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("1001")
                .hasMessageContaining("1000");
        assertThat(decoder.poll()).hasValue(new byte[] {42});
        assertThat(decoder.pendingBytes()).isZero();
        assertThatThrownBy(() -> decoder.feed(new byte[] {0, 0, 1, 42})).isInstanceOf(FrameException.class);
        assertThat(decoder.poll()).isEmpty();
    }

    @Test
    void takesAFrameOfExactlyTheLimit() throws Exception {
        FrameDecoder decoder = new FrameDecoder(1000);
        decoder.feed(wire(List.of(new byte[1000])));
        assertThat(decoder.poll()).hasValue(new byte[1000]);
        FrameDecoder unlimited = new FrameDecoder();
        unlimited.feed(wire(List.of(new byte[FrameEncoder.LENGTH_MAX])));
        assertThat(unlimited.poll().orElseThrow()).hasSize(FrameEncoder.LENGTH_MAX);
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameDecoder(0));
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameDecoder(1 << 24));
    }

    @Test
    void aConsumerThatThrowsLosesOnlyItsOwnFrame() throws Exception {
        FrameDecoder decoder = new FrameDecoder();
        decoder.feed(wire(List.of(new byte[] {1}, new byte[] {2})));
        assertThatThrownBy(() -> decoder.forEach(frame -> {
                    throw new FrameException("no");
                }))
                .isInstanceOf(FrameException.class);
        assertThat(decoder.poll()).hasValue(new byte[] {2});
    }

    /** A quadratic decoder would copy 16 MB for each of 16384 pieces: minutes instead of milliseconds. */
    @Test
    void copiesLittleWhenALongFrameComesInSmallPieces() throws Exception {
        byte[] wire = wire(List.of(new byte[FrameEncoder.LENGTH_MAX]));
        FrameDecoder decoder = new FrameDecoder();
        long before = allocated();
        for (int at = 0; at < wire.length; at += 1024) {
            decoder.feed(ByteBuffer.wrap(wire, at, Math.min(1024, wire.length - at)));
        }
        assertThat(decoder.poll().orElseThrow()).hasSize(FrameEncoder.LENGTH_MAX);
        assertThat(allocated() - before).isLessThan(4L * wire.length);
    }

    @Test
    void allocatesLittleForAnAnnouncementAlone() throws Exception {
        long before = allocated();
        for (int i = 0; i < 100; i++) {
            new FrameDecoder().feed(new byte[] {(byte) 0xff, (byte) 0xff, (byte) 0xff, 1});
        }
        assertThat(allocated() - before).isLessThan(2_000_000);
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
