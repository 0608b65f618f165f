package dev.whatsappmd.engine.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class IntroHeaderTest {
    @Test
    void writesRoutingInfoBeforeTheVersion() {
        assertThat(IntroHeader.withRoutingInfo(new byte[] {7, 8}).bytes())
                .containsExactly('E', 'D', 0, 1, 0, 0, 2, 7, 8, 'W', 'A', 6, 3);
        assertThat(IntroHeader.withRoutingInfo(new byte[0x012345]).bytes())
                .startsWith('E', 'D', 0, 1, 0x01, 0x23, 0x45);
        assertThatIllegalArgumentException().isThrownBy(() -> IntroHeader.withRoutingInfo(new byte[1 << 24]));
    }

    @Test
    void readsWhatItWroteAndNoByteMore() throws Exception {
        for (IntroHeader intro : new IntroHeader[] {
            IntroHeader.PLAIN,
            IntroHeader.withRoutingInfo(new byte[0]),
            IntroHeader.withRoutingInfo(new byte[] {1, 2, 3})
        }) {
            byte[] bytes = intro.bytes();
            for (int length = 0; length < bytes.length; length++) {
                ByteBuffer part = ByteBuffer.wrap(bytes, 0, length);
                assertThat(IntroHeader.read(part, 100)).isEmpty();
                assertThat(part.position()).isZero();
            }
            ByteBuffer stream = ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length + 5));
            assertThat(IntroHeader.read(stream, 100)).hasValue(intro);
            assertThat(stream.remaining()).isEqualTo(5);
        }
    }

    @Test
    void refusesWhatIsNoIntro() {
        for (byte[] bytes : new byte[][] {
            {'G', 'E', 'T'}, {'W', 'B'}, {'W', 'A', 6, 2}, {'E', 'D', 0, 2}, {'E', 'D', 0, 1, 0, 0, 0, 'W', 'A', 5}
        }) {
            assertThatThrownBy(() -> IntroHeader.read(ByteBuffer.wrap(bytes), 100))
                    .isInstanceOf(FrameException.class)
                    .hasMessageContaining("was expected");
        }
    }

    @Test
    void refusesRoutingInfoThatIsTooLongAsSoonAsItIsAnnounced() {
        byte[] bytes = {'E', 'D', 0, 1, 0, 0, 101};
        assertThatThrownBy(() -> IntroHeader.read(ByteBuffer.wrap(bytes), 100))
                .isInstanceOf(FrameException.class)
                .hasMessageContaining("101")
                .hasMessageContaining("100");
    }

    @Test
    void isAValue() {
        IntroHeader intro = IntroHeader.withRoutingInfo(new byte[] {1});
        assertThat(intro).isEqualTo(IntroHeader.withRoutingInfo(new byte[] {1})).isNotEqualTo(IntroHeader.PLAIN);
        assertThat(intro).hasSameHashCodeAs(IntroHeader.withRoutingInfo(new byte[] {1}));
        assertThat(intro.routingInfo()).hasValue(new byte[] {1});
        assertThat(IntroHeader.PLAIN.routingInfo()).isEmpty();
        intro.bytes()[0] = 0;
        intro.routingInfo().orElseThrow()[0] = 0;
        assertThat(intro).isEqualTo(IntroHeader.withRoutingInfo(new byte[] {1}));
        assertThat(intro).hasToString("IntroHeader[1 bytes of routing info]");
    }
}
