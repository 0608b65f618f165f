package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.channel.DisconnectTable;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.prekey.KeyBundleDigest;
import dev.whatsappmd.engine.prekey.PreKeyNodes;
import dev.whatsappmd.engine.store.Credentials;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Whatever a stanza says: those that read it give an answer, never an exception, and what they answer can be sent. */
@Timeout(36_000)
class StanzaReaderFuzzTest {
    private static final Credentials OWN = NewCredentials.generate(new Random(3));
    private static final Optional<String> OWN_ADDRESS = Optional.of("4915550001234:7@s.whatsapp.net");
    private static final NodeMutator.Words WORDS = NodeMutator.Words.of(Corpus.stanzas());

    @Test
    void readsWhateverAStanzaSays(TestInfo info) {
        List<Node> stanzas = Corpus.stanzas();
        Fuzz.run(info, 10_000, random -> {
            NodeMutator mutator = new NodeMutator(random, WORDS);
            Node stanza = random.nextInt(5) == 0 ? mutator.made(0) : mutator.mutate(mutator.pick(stanzas));
            assertEnds(DisconnectTable.ofStreamError(stanza));
            assertEnds(DisconnectTable.ofFailure(stanza));
            PairDevice.parse(stanza).ifPresent(offer -> assertCanBeSent(offer.reply()));
            PairDevice.wantsNewSecret(stanza);
            PreKeyNodes.readCount(stanza).ifPresent(count -> assertThat(count).isNotNegative());
            KeyBundleDigest.compare(stanza, OWN, id -> Optional.empty());
            assertCanBeSent(Answers.ack(stanza, OWN_ADDRESS, Optional.of(500)));
            assertCanBeSent(Answers.result(stanza));
            assertCanBeSent(Answers.unknownRequest(stanza));
            if (Answers.isOwed(stanza)) {
                assertThat(stanza.attribute("id")).isPresent();
            }
            stanza.attributes().values().forEach(StanzaReaderFuzzTest::assertAddressIsKept);
            assertThat(stanza.toString()).doesNotContain("4915550001234");
        });
    }

    private static void assertEnds(DisconnectCause cause) {
        assertThat(cause.statusCode()).isPositive();
        assertThat(cause.reason()).isNotBlank();
        cause.hint().ifPresent(hint -> assertThat(hint).isPositive());
    }

    private static void assertCanBeSent(Node answer) {
        byte[] frame = NodeEncoder.encode(answer);
        try {
            assertThat(NodeDecoder.decode(frame).tag()).isEqualTo(answer.tag());
        } catch (Exception e) {
            throw new AssertionError("does not decode: " + answer, e);
        }
    }

    /** What is an address must still be the same one when it comes out of the store. */
    private static void assertAddressIsKept(String text) {
        Jid.tryParse(text)
                .ifPresent(jid -> assertThat(Jid.tryParse(jid.toString())).contains(jid));
    }
}
