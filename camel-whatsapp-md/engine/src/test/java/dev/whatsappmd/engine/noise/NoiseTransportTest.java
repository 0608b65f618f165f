package dev.whatsappmd.engine.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NoiseTransportTest {
    private static final byte[] ONE = filled(1);
    private static final byte[] TWO = filled(2);
    private static final long LAST_FRAME = 0xffff_ffffL;

    private final NoiseTransport sender = new NoiseTransport(ONE, TWO);
    private final NoiseTransport receiver = new NoiseTransport(TWO, ONE);

    private static byte[] filled(int value) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) value);
        return key;
    }

    @Test
    void encryptsTheSameContentDifferentlyEachTime() throws Exception {
        byte[] first = sender.encrypt(new byte[8]);
        byte[] second = sender.encrypt(new byte[8]);
        assertThat(second).isNotEqualTo(first).hasSize(8 + NoiseTransport.OVERHEAD);
        assertThat(receiver.decrypt(first)).isEqualTo(new byte[8]);
        assertThat(receiver.decrypt(second)).isEqualTo(new byte[8]);
    }

    @Test
    void writesWhereItIsTold() throws Exception {
        byte[] content = {1, 2, 3};
        byte[] output = new byte[30];
        sender.encrypt(content, output, 5);
        assertThat(Arrays.copyOf(output, 5)).containsOnly(0);
        assertThat(Arrays.copyOfRange(output, 24, 30)).containsOnly(0);
        assertThat(receiver.decrypt(output, 5, 19)).isEqualTo(content);
    }

    @Test
    void refusesAlteredFramesAndEverythingAfterThem() {
        byte[] frame = sender.encrypt(new byte[8]);
        byte[] next = sender.encrypt(new byte[8]);
        frame[0] ^= 1;
        assertThatThrownBy(() -> receiver.decrypt(frame))
                .isInstanceOf(NoiseException.class)
                .hasMessageContaining("frame 0")
                .hasMessageContaining("tag");
        assertThatThrownBy(() -> receiver.decrypt(next))
                .isInstanceOf(NoiseException.class)
                .hasMessageContaining("earlier frame");
    }

    @Test
    void refusesRepeatedSkippedAndReflectedFrames() throws Exception {
        byte[] first = sender.encrypt(new byte[8]);
        byte[] second = sender.encrypt(new byte[8]);
        assertThatThrownBy(() -> receiver.decrypt(second)).isInstanceOf(NoiseException.class);

        NoiseTransport other = new NoiseTransport(TWO, ONE);
        other.decrypt(first);
        assertThatThrownBy(() -> other.decrypt(first)).isInstanceOf(NoiseException.class);
        assertThatThrownBy(() -> sender.decrypt(first)).isInstanceOf(NoiseException.class);
    }

    @Test
    void refusesFramesShorterThanTheirTag() {
        for (int length = 0; length < NoiseTransport.OVERHEAD; length++) {
            byte[] frame = new byte[length];
            NoiseTransport fresh = new NoiseTransport(TWO, ONE);
            assertThatThrownBy(() -> fresh.decrypt(frame)).isInstanceOf(NoiseException.class);
        }
    }

    @Test
    void stopsBeforeACounterRepeats() throws Exception {
        NoiseTransport lastSender = new NoiseTransport(ONE, TWO, LAST_FRAME);
        NoiseTransport lastReceiver = new NoiseTransport(TWO, ONE, LAST_FRAME);
        byte[] last = lastSender.encrypt(new byte[4]);
        assertThat(lastReceiver.decrypt(last)).isEqualTo(new byte[4]);
        assertThatThrownBy(() -> lastSender.encrypt(new byte[4]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("2^32");
        assertThatThrownBy(() -> lastReceiver.decrypt(last))
                .isInstanceOf(NoiseException.class)
                .hasMessageContaining("2^32");
    }

    @Test
    void countsInTheLastFourBytesOfTheIv() {
        CounterIv iv = new CounterIv(0x8182_8384L);
        assertThat(iv.next()).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0x81, 0x82, 0x83, 0x84);
        assertThat(iv.counter()).isEqualTo(0x8182_8385L);
    }

    @Test
    void saysHowMuchButNotWhat() {
        sender.encrypt(new byte[1]);
        assertThat(sender).hasToString("NoiseTransport[written=1, read=0]");
    }
}
