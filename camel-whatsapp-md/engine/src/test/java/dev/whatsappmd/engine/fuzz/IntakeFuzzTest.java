package dev.whatsappmd.engine.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Contact;
import dev.whatsappmd.engine.message.Happening.Dropped;
import dev.whatsappmd.engine.message.Happening.HistoryOffered;
import dev.whatsappmd.engine.message.Happening.MessageCame;
import dev.whatsappmd.engine.message.HistoryNotice;
import dev.whatsappmd.engine.message.IntakeWorld;
import dev.whatsappmd.engine.message.StoredMessage;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** Whatever the server sends, in whatever order: nothing is thrown, no answer is owed, and nothing grows without end. */
@Timeout(36_000)
class IntakeFuzzTest {
    private static final Set<String> UNANSWERED =
            Set.of("iq", "ib", "ack", "presence", "chatstate", "success", "failure", "stream:error", "xmlstreamend");

    private static final Jid GROUP = Jid.parse("120363000000000001@g.us");

    private static List<Node> real() {
        List<Node> stanzas = new ArrayList<>();
        Vectors.cases("message.json", "live").forEach(vector -> vector.path("exchanges")
                .forEach(exchange -> stanzas.add(Vectors.node(exchange.path("stanza")))));
        Vectors.cases("signal.json", "stanza").forEach(vector -> stanzas.add(Vectors.node(vector.path("stanza"))));
        for (String tag : List.of("ib", "presence", "chatstate", "iq", "status", "newtag", "stream:error")) {
            stanzas.add(Node.builder(tag)
                    .attribute("id", "1")
                    .attribute("from", "4915@s.whatsapp.net")
                    .child("composing")
                    .build());
        }
        return stanzas;
    }

    /** The same rule once more, in other words. */
    private static boolean owed(Node stanza) {
        return !UNANSWERED.contains(stanza.tag())
                && stanza.attributes().containsKey("id")
                && stanza.attributes().containsKey("from");
    }

    private static void check(Node stanza, Taken taken) {
        assertThat(taken.cleared()).isEqualTo(owed(stanza));
        if (owed(stanza)) {
            assertThat(taken.answers()).hasSizeBetween(1, 2);
            Node last = taken.answers().get(taken.answers().size() - 1);
            boolean read = last.is("receipt") && !last.hasAttribute("type", "retry");
            assertThat(last.is("ack") || read).as("%s clears it", last).isTrue();
            assertThat(last.attribute("id")).isEqualTo(stanza.attribute("id"));
            assertThat(last.attribute("to")).isEqualTo(stanza.attribute("from"));
            boolean madeUpType = last.is("ack")
                    && last.attribute("type").isPresent()
                    && !last.attribute("type").equals(stanza.attribute("type"));
            assertThat(madeUpType).isFalse();
        }
        taken.happenings().forEach(happening -> {
            assertThat(happening.toString()).isNotBlank();
            if (happening instanceof MessageCame came) {
                StoredMessage again = StoredMessage.decode(came.message().encode());
                assertThat(again.toEvent()).isEqualTo(came.message().toEvent());
                assertThat(again.deliveryId()).isEqualTo(came.deliveryId());
            } else if (happening instanceof HistoryOffered offered) {
                assertThat(HistoryNotice.decode(offered.notice().encode())).isEqualTo(offered.notice());
            } else if (happening instanceof Dropped dropped) {
                assertThat(dropped.why()).doesNotContain("internal error");
            }
        });
    }

    @Test
    void answersStanzasOfEveryShape(TestInfo info) {
        List<Node> stanzas = real();
        NodeMutator.Words words = NodeMutator.Words.of(stanzas);
        IntakeWorld world = IntakeWorld.linked();
        Fuzz.run(info, 3_000, random -> {
            NodeMutator mutator = new NodeMutator(random, words);
            Node stanza =
                    switch (random.nextInt(8)) {
                        case 0 -> mutator.made(0);
                        case 1 -> mutator.pick(stanzas);
                        default -> mutator.mutate(mutator.pick(stanzas));
                    };
            check(stanza, world.take(stanza));
        });
    }

    /** Well encrypted, and inside anything at all; some parts come twice, some are broken. */
    @Test
    void answersWhateverContactsEncrypt(TestInfo info) {
        List<Message> contents = contents();
        Fuzz.run(info, 40, random -> {
            IntakeWorld world = IntakeWorld.linked();
            List<Contact> contacts = List.of(
                    new Contact("491511111111:2@s.whatsapp.net").meets(world, 1),
                    new Contact("200000000000009@lid").meets(world, 2),
                    new Contact("491700000001@s.whatsapp.net").meets(world, 3));
            List<Node> sent = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                Node stanza = sent.isEmpty() || random.nextInt(4) > 0
                        ? written(contacts.get(random.nextInt(3)), contents, random)
                        : sent.get(random.nextInt(sent.size()));
                sent.add(stanza);
                check(stanza, world.take(stanza));
            }
        });
    }

    private static Node written(Contact contact, List<Message> contents, RandomGenerator random) {
        Message content = contents.get(random.nextInt(contents.size()));
        if (content.getSerializedSize() > 0 && random.nextBoolean()) {
            content = new MessageMutator(random).mutate(content);
        }
        boolean group = random.nextBoolean();
        Node.Builder stanza = group ? contact.groupStanza(GROUP) : contact.stanza();
        if (random.nextInt(4) == 0) {
            stanza.attribute("offline", "0");
        }
        if (random.nextInt(4) == 0) {
            stanza.attribute("category", "peer");
        }
        if (group && random.nextBoolean()) {
            stanza.child(contact.enc(contact.distribution(GROUP)));
        }
        stanza.child(group && random.nextBoolean() ? contact.groupEnc(GROUP, content) : contact.enc(content));
        return stanza.build();
    }

    private static List<Message> contents() {
        Message text = Message.newBuilder().setConversation("hello").build();
        return List.of(
                text,
                Message.newBuilder()
                        .setDeviceSentMessage(
                                Message.DeviceSentMessage.newBuilder().setMessage(text))
                        .build(),
                Message.newBuilder()
                        .setProtocolMessage(Message.ProtocolMessage.newBuilder()
                                .setType(Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION)
                                .setHistorySyncNotification(Message.HistorySyncNotification.newBuilder()
                                        .setChunkOrder(1)))
                        .build(),
                Message.newBuilder()
                        .setImageMessage(Message.ImageMessage.newBuilder().setCaption("c"))
                        .build(),
                Message.getDefaultInstance());
    }

    /** A sender that never stops sending what nobody can read. */
    @Test
    void remembersABoundedPartOfWhatCannotBeRead(TestInfo info) {
        Fuzz.run(info, 1, random -> {
            // What signal keeps has a bound of its own; a low one, so that it is reached here.
            IntakeWorld world = IntakeWorld.linked(32_768);
            long half = 0;
            for (int i = 0; i < 3_000; i++) {
                Node stanza = Node.builder("message")
                        .attribute("id", "ID" + i)
                        .attribute("from", "49" + (100_000_000 + i) + "@s.whatsapp.net")
                        .attribute("t", "1768478000")
                        .child(Node.builder("enc")
                                .attribute("v", "2")
                                .attribute("type", "pkmsg")
                                .bytes(new byte[] {0x33, 1, 2, 3})
                                .build())
                        .build();
                check(stanza, world.take(stanza));
                if (i == 1_500) {
                    half = Weight.of(world.intake()).bytes();
                }
            }
            assertThat(Weight.of(world.intake()).bytes()).isLessThan(half + half / 4);
        });
    }
}
