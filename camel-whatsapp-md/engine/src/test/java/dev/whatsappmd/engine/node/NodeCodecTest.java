package dev.whatsappmd.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeCodecTest {
    @Test
    void everyRandomNodeArrivesWhole() throws NodeFormatException {
        for (int seed = 0; seed < 10_000; seed++) {
            Node node = new RandomNodes(seed).node(1);
            byte[] frame = NodeEncoder.encode(node);
            Node decoded = NodeDecoder.decode(frame);
            assertThat(RandomNodes.sameContent(decoded)).as("seed %d", seed).isEqualTo(RandomNodes.arriving(node));
            if (seed % 10 == 0) {
                assertThat(NodeDecoder.decode(NodeEncoder.encodeDeflated(node)))
                        .as("seed %d, deflated", seed)
                        .isEqualTo(decoded);
            }
        }
    }

    @Test
    void everyCutNodeIsRefused() {
        for (int seed = 0; seed < 300; seed++) {
            byte[] frame = NodeEncoder.encode(new RandomNodes(seed).node(1));
            RandomGenerator random = new SplittableRandom(seed);
            for (int i = 0; i < 20; i++) {
                byte[] cut = Arrays.copyOf(frame, random.nextInt(frame.length));
                assertThatExceptionOfType(NodeFormatException.class)
                        .as("seed %d cut at %d", seed, cut.length)
                        .isThrownBy(() -> NodeDecoder.decode(cut));
            }
        }
    }

    @Test
    void damagedNodesAreReadOrRefusedButNothingElse() {
        int refused = 0;
        int read = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            byte[] frame = NodeEncoder.encode(new RandomNodes(seed % 500).node(1));
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                frame[random.nextInt(frame.length)] = (byte) random.nextInt();
            }
            try {
                Node node = NodeDecoder.decode(frame);
                NodeDecoder.decode(NodeEncoder.encode(node));
                read++;
            } catch (NodeFormatException e) {
                assertThat(e.offset()).isBetween(0, Math.max(frame.length, 4096));
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
        assertThat(read).isGreaterThan(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "1234567:205@msgr, 1234567:205@msgr",
        "1234567:0@msgr, 1234567:0@msgr",
        "1234567:65535@msgr, 1234567:65535@msgr",
        "1234567:65536@msgr, 1234567:65536@msgr",
        "59-6682610459:70@interop, 59-6682610459:70@interop",
        "6682610459:70@interop, 6682610459:70@interop",
        "1234567:256@lid, 1234567:256@lid",
        "1234567:07@lid, 1234567:07@lid",
        "1234567_1:7@s.whatsapp.net, 1234567_1:7@s.whatsapp.net",
        "1234567_6:7@s.whatsapp.net, 1234567:7@s.whatsapp.net",
        "first_last@example.org, first_last@example.org",
        "Hello: write to me@example.org, Hello: write to me@example.org",
        "a@b@c, a@b@c",
        "a@, a@"
    })
    void attributeWithAnAtSignArrivesAs(String sent, String received) throws NodeFormatException {
        Node node = Node.builder("iq").attribute("from", sent).build();
        assertThat(NodeDecoder.decode(NodeEncoder.encode(node)).attribute("from"))
                .contains(received);
    }

    @Test
    void messengerDeviceHasAFormOfItsOwn() {
        Node node = Node.builder("message")
                .attribute("from", "17124776421111:205@msgr")
                .build();
        assertThat(NodeEncoder.encode(node)[5] & 0xff).isEqualTo(WireTag.FB_JID);
    }

    @Test
    void readsAnAddressInAnAddressButNoLadderOfThem() throws NodeFormatException {
        byte[] frame = {0, (byte) 248, 3, 25, 6, (byte) 250, (byte) 252, 1, 'a', (byte) 250, (byte) 252, 1, 'b', 3};
        assertThat(NodeDecoder.decode(frame).attribute("from")).contains("a@b@s.whatsapp.net");
        byte[] ladder = {
            0, (byte) 248, 3, 25, 6, (byte) 250, 4, (byte) 250, 4, (byte) 250, 4, (byte) 250, 4, (byte) 250, 4, 3
        };
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(ladder))
                .withMessageContaining("addresses are nested deeper than 4");
    }

    @Test
    void longestPackedUserWithTheLongestServerTokenArrives() throws NodeFormatException {
        String server = IntStream.rangeClosed(1, 235)
                .mapToObj(code -> Tokens.SINGLE[code])
                .max(Comparator.comparingInt(String::length))
                .orElseThrow();
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {0, (byte) 248, 3, 25, 6, (byte) 250, (byte) 255, 127});
        frame.writeBytes(new byte[127]);
        frame.write(Tokens.codeOf(server));
        assertThat(NodeDecoder.decode(frame.toByteArray()).attribute("from")).contains("0".repeat(254) + '@' + server);
    }

    @Test
    void deepestNestingArrivesAndDeeperIsRefusedOnBothSides() throws NodeFormatException {
        int max = NodeLimits.DEFAULT.maxDepth();
        byte[] deepest = NodeEncoder.encode(nested(max));
        assertThat(NodeDecoder.decode(deepest)).isEqualTo(nested(max));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeEncoder.encode(nested(max + 1)))
                .withMessageContaining("deeper than 128");
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(deepest, new NodeLimits(max - 1, 1000, 1000)))
                .withMessageContaining("deeper than 127");
    }

    private static Node nested(int depth) {
        Node node = Node.of("item");
        for (int i = 1; i < depth; i++) {
            node = Node.builder("list").child(node).build();
        }
        return node;
    }

    @Test
    void deepestAllowedLimitStaysWithinASmallStack() throws InterruptedException {
        byte[] frame = new byte[1 + 5 * NodeLimits.MAX_DEPTH];
        for (int i = 0; i < NodeLimits.MAX_DEPTH; i++) {
            frame[1 + 5 * i] = (byte) WireTag.LIST_8;
            frame[2 + 5 * i] = 2;
            frame[3 + 5 * i] = 113;
            frame[4 + 5 * i] = (byte) WireTag.LIST_8;
            frame[5 + 5 * i] = 1;
        }
        frame[frame.length - 2] = (byte) WireTag.LIST_EMPTY;
        Node[] decoded = new Node[1];
        NodeLimits limits = new NodeLimits(NodeLimits.MAX_DEPTH, 1000, 1000);
        Thread small = new Thread(null, () -> decoded[0] = decodedOrNull(frame, limits), "small stack", 256 << 10);
        small.start();
        small.join();
        assertThat(decoded[0]).isNotNull();
    }

    private static Node decodedOrNull(byte[] frame, NodeLimits limits) {
        try {
            return NodeDecoder.decode(frame, limits);
        } catch (NodeFormatException e) {
            return null;
        }
    }

    @Test
    void refusesMoreNodesThanTheLimit() throws NodeFormatException {
        byte[] frame = NodeEncoder.encode(Node.builder("list")
                .children(Collections.nCopies(9, Node.of("item")))
                .build());
        assertThat(NodeDecoder.decode(frame, new NodeLimits(2, 10, 1)).children())
                .hasSize(9);
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(frame, new NodeLimits(2, 9, 1)))
                .withMessageContaining("more than 9 nodes");
    }

    @Test
    void announcedListsOfAllLevelsTogetherMustFitTheInput() {
        // Each level announces a list that alone would fit: all of them together would take far more than the input.
        byte[] frame = new byte[1 + 6 * 100 + 3 * 65_535];
        for (int i = 0; i < 100; i++) {
            byte[] level = {(byte) WireTag.LIST_8, 2, 113, (byte) WireTag.LIST_16, (byte) 0xff, (byte) 0xff};
            System.arraycopy(level, 0, frame, 1 + 6 * i, 6);
        }
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(frame))
                .withMessageContaining("a list of 65535 nodes does not fit")
                .satisfies(e -> assertThat(e.offset()).isEqualTo(1 + 6 * 2));
    }

    @Test
    void inflatesUpToTheLimitAndNoByteMore() throws Exception {
        Node node = Node.builder("enc").bytes(new byte[100_000]).build();
        byte[] frame = NodeEncoder.encodeDeflated(node);
        int size = NodeEncoder.encode(node).length - 1;
        assertThat(frame).hasSizeLessThan(1000);
        assertThat(NodeDecoder.decode(frame, new NodeLimits(1, 1, size))).isEqualTo(node);
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(frame, new NodeLimits(1, 1, size - 1)))
                .withMessageContaining("more than " + (size - 1) + " bytes");
    }

    @Test
    void refusesADeflatedFrameThatNeedsADictionary() throws Exception {
        Deflater deflater = new Deflater();
        deflater.setDictionary(new byte[] {1, 2, 3});
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(WireTag.FLAG_DEFLATED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(frame, deflater)) {
            out.write(NodeEncoder.encode(Node.of("iq")), 1, 3);
        }
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(frame.toByteArray()))
                .withMessageContaining("wants a dictionary");
    }

    @Test
    void refusesToWriteWhatTheWireCannotHold() {
        assertThatIllegalArgumentException().isThrownBy(() -> NodeEncoder.encode(Node.of("")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeEncoder.encode(Node.builder("list")
                        .children(Collections.nCopies(65_536, Node.of("item")))
                        .build()))
                .withMessageContaining("65536 items");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NodeEncoder.encodeDeflated(
                        Node.builder("enc").bytes(new byte[16 << 20]).build()))
                .withMessageContaining("in parts");
    }

    @ParameterizedTest
    @ValueSource(ints = {32_766, 32_767})
    void asManyAttributesAsTheWireHoldsArriveInTime(int count) throws NodeFormatException {
        Node.Builder node = Node.builder("props");
        for (int i = 0; i < count; i++) {
            node.attribute("key_" + i, "value");
        }
        Node built = node.attribute("key_0", "last").build();
        assertThat(NodeDecoder.decode(NodeEncoder.encode(built))).isEqualTo(built);
        assertThat(built.attribute("key_0")).contains("last");
        assertThat(built.attributes()).hasSize(count);
    }

    @Test
    void errorsSayWhereAndWhatButShowNoContent() {
        byte[] frame = NodeEncoder.encode(Node.builder("message")
                .attribute("from", "44480015032@s.whatsapp.net")
                .bytes("secret".getBytes())
                .build());
        byte[] cut = Arrays.copyOf(frame, frame.length - 1);
        assertThatExceptionOfType(NodeFormatException.class)
                .isThrownBy(() -> NodeDecoder.decode(cut))
                .withMessage("not a node: at byte 17: 6 bytes of text or binary do not fit in the 5 bytes left")
                .satisfies(e -> assertThat(e.offset()).isEqualTo(cut.length - "secre".length()));
    }
}
