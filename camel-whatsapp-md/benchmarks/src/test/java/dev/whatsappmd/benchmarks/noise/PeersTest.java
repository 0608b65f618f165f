package dev.whatsappmd.benchmarks.noise;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What is measured has to be the whole work, done right. */
class PeersTest {
    @Test
    void bothEndsOfAHandshakeUnderstandEachOther() throws Exception {
        Peers.Connected ends = new Peers().shakeHands();
        assertThat(ends.client().decrypt(ends.server().encrypt(new byte[] {1, 2})))
                .containsExactly(1, 2);
        assertThat(ends.server().decrypt(ends.client().encrypt(new byte[] {3}))).containsExactly(3);
    }

    @Test
    void framesComeOutAsTheyWentIn() throws Exception {
        byte[] expected = new byte[1000];
        Arrays.fill(expected, (byte) 3);
        FrameRoundTrip frames = new FrameRoundTrip(new Peers().shakeHands(), expected.length);
        assertThat(frames.once()).isEqualTo(expected);
        assertThat(frames.once()).isEqualTo(expected);
    }

    /** The wire and the plaintext, and a constant for the JDK's cipher: nothing that grows with the frame. */
    @Test
    void framesAllocateNothingLargeBesidesTheirOutput() throws Exception {
        int length = 1 << 16;
        FrameRoundTrip frames = new FrameRoundTrip(new Peers().shakeHands(), length);
        for (int i = 0; i < 200; i++) {
            frames.once();
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 100; i++) {
            frames.once();
        }
        long perFrame = (threads.getCurrentThreadAllocatedBytes() - before) / 100;
        assertThat(perFrame).isLessThan(2 * length + 8192);
    }
}
