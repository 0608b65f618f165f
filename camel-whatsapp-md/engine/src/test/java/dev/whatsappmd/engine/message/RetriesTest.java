package dev.whatsappmd.engine.message;

import static dev.whatsappmd.engine.message.IntakeWorld.event;
import static dev.whatsappmd.engine.message.IntakeWorld.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.MessageKind;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening.MessageCame;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.MessageRows;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.Table;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What is done about messages that cannot be read. */
class RetriesTest {
    private static final Jid GROUP = Jid.parse("120363000000000001@g.us");

    private final IntakeWorld world = IntakeWorld.linked();
    private final Contact ann = new Contact("491511111111:2@s.whatsapp.net");

    private static Node withEnc(Node stanza, Node... parts) {
        Node.Builder copy = Node.builder(stanza.tag());
        stanza.attributes().forEach(copy::attribute);
        return copy.children(List.of(parts)).build();
    }

    private static String count(Taken taken) {
        return taken.answers().get(0).child("retry").orElseThrow().attribute("count", "");
    }

    private static Optional<Node> keys(Taken taken) {
        return taken.answers().get(0).child("keys");
    }

    @Test
    void asksAgainAndThenAcks() {
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(2);
        Node retry = taken.answers().get(0);
        assertThat(retry.tag()).isEqualTo("receipt");
        assertThat(retry.attribute("type")).contains("retry");
        assertThat(retry.attribute("to")).isEqualTo(stanza.attribute("from"));
        assertThat(retry.child("registration").flatMap(Node::bytes).orElseThrow())
                .hasSize(4);
        Node ack = taken.answers().get(1);
        assertThat(ack.tag()).isEqualTo("ack");
        assertThat(ack.attribute("class")).contains("message");
        assertThat(ack.attribute("error")).isEmpty();
        assertThat(taken.cleared()).isTrue();
        MessageEvent event = event(taken);
        assertThat(event.content().kind()).isEqualTo(MessageKind.UNREADABLE);
        assertThat(event.messageStubType()).isEqualTo(MessageEvent.CIPHERTEXT);
        assertThat(event.messageStubParameters()).containsExactly("No session record");
        assertThat(event.raw()).isNull();
    }

    @Test
    void withoutASessionTheFirstRequestBringsOurKeys() {
        int next = world.credentials.nextPreKeyId();
        Taken taken = world.take(withEnc(ann.stanza().build(), ann.sessionEnc()));
        Node keys = keys(taken).orElseThrow();
        assertThat(keys.children().stream().map(Node::tag))
                .containsExactly("type", "identity", "key", "skey", "device-identity");
        assertThat(keys.child("device-identity").flatMap(Node::bytes)).contains(new byte[] {1, 2, 3});
        PreKey preKey = SessionRows.preKey(world.rows, next).orElseThrow();
        assertThat(preKey.uploaded()).as("it never goes to the server").isTrue();
        assertThat(keys.child("key").orElseThrow().child("value").flatMap(Node::bytes))
                .contains(preKey.keyPair().publicKey());
        assertThat(world.credentials.nextPreKeyId()).isEqualTo(next + 1);
    }

    /** With a session only what was sent is broken; the sender may just send it again. */
    @Test
    void withASessionTheKeysComeWithTheSecondRequest() {
        ann.meets(world, 1);
        world.take(ann.writes(Contact.text("hello")));
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        Taken first = world.take(stanza);
        assertThat(count(first)).isEqualTo("1");
        assertThat(keys(first)).isEmpty();
        assertThat(first.credentials()).isEmpty();
        Taken second = world.take(stanza);
        assertThat(count(second)).isEqualTo("2");
        assertThat(keys(second)).isPresent();
    }

    @Test
    void theSenderCanUseTheKeysAndTheMessageComesAtLast() {
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        Taken first = world.take(stanza);
        byte[] id = keys(first)
                .orElseThrow()
                .child("key")
                .orElseThrow()
                .child("id")
                .flatMap(Node::bytes)
                .orElseThrow();
        ann.meets(world, (id[0] & 0xFF) << 16 | (id[1] & 0xFF) << 8 | id[2] & 0xFF);
        Node again = withEnc(
                stanza,
                ann.enc(Contact.text("at last")).toBuilder()
                        .attribute("count", "1")
                        .build());
        Taken taken = world.take(again);
        MessageEvent event = event(taken);
        assertThat(event.content().text()).isEqualTo("at last");
        assertThat(event.retryCount()).isEqualTo(1);
        assertThat(event.key()).isEqualTo(event(first).key());
        assertThat(((MessageCame) taken.happenings().get(0)).deliveryId())
                .as("it is no repetition of the word that it could not be read")
                .isNotEqualTo(((MessageCame) first.happenings().get(0)).deliveryId());
        assertThat(world.rows.count(Table.MESSAGE_RETRIES)).isZero();
    }

    @Test
    void afterTheLimitItIsOnlyAcked() {
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        for (int count = 1; count <= Retries.LIMIT; count++) {
            Taken taken = world.take(stanza);
            assertThat(taken.answers()).hasSize(2);
            assertThat(count(taken)).isEqualTo(Integer.toString(count));
            assertThat(events(taken)).hasSize(count == 1 ? 1 : 0);
        }
        for (int i = 0; i < 3; i++) {
            Taken taken = world.take(stanza);
            assertThat(taken.answers()).singleElement().satisfies(ack -> assertThat(ack.tag())
                    .isEqualTo("ack"));
            assertThat(taken.answers().get(0).attribute("error")).isEmpty();
            assertThat(taken.happenings()).isEmpty();
        }
    }

    @Test
    void theCountSurvivesARestart() {
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        world.take(stanza);
        world.take(stanza);
        world.restart();
        assertThat(count(world.take(stanza))).isEqualTo("3");
    }

    @Test
    void theSendersCountCountsWhenItIsHigher() {
        Node enc = ann.sessionEnc().toBuilder().attribute("count", "3").build();
        assertThat(count(world.take(withEnc(ann.stanza().build(), enc)))).isEqualTo("4");
        Node last = ann.sessionEnc().toBuilder().attribute("count", "5").build();
        assertThat(world.take(withEnc(ann.stanza().build(), last)).answers()).hasSize(1);
    }

    @Test
    void sendersAndChatsAreCountedApart() {
        Node mine = withEnc(ann.stanza().build(), ann.sessionEnc());
        world.take(mine);
        Node sameId =
                mine.toBuilder().attribute("from", "4920:1@s.whatsapp.net").build();
        assertThat(count(world.take(sameId))).isEqualTo("1");
    }

    @Test
    void remembersABoundedNumber() {
        Retries retries = new Retries(world.rows);
        for (int i = 0; i < Retries.MAX_REMEMBERED + 50; i++) {
            Node stanza = ann.stanza().attribute("id", "ID" + i).build();
            Envelope envelope = Envelope.parse(stanza, world.self()).orElseThrow();
            ChangeSet changes = new ChangeSet();
            retries.next(envelope, OptionalInt.empty(), world.self(), changes);
            world.rows.apply(changes);
        }
        assertThat(retries.remembered()).isEqualTo(Retries.MAX_REMEMBERED);
        assertThat(world.rows.count(Table.MESSAGE_RETRIES)).isEqualTo(Retries.MAX_REMEMBERED);
        assertThat(new Retries(world.rows).remembered()).isEqualTo(Retries.MAX_REMEMBERED);
    }

    @Test
    void aDamagedCountIsNotThereAnyMore() {
        Node stanza = withEnc(ann.stanza().build(), ann.sessionEnc());
        world.take(stanza);
        String key = world.rows.scan(Table.MESSAGE_RETRIES, "", 1).get(0).key();
        world.rows.apply(new ChangeSet().put(Table.MESSAGE_RETRIES, key, new byte[9]));
        assertThat(MessageRows.retries(world.rows)).isEmpty();
        world.restart();
        assertThat(count(world.take(stanza))).isEqualTo("1");
    }

    @Test
    void aGroupMessageWithoutTheSendersKeyBringsOurKeys() {
        Node stanza = withEnc(ann.groupStanza(GROUP).build(), ann.groupEnc(GROUP, Contact.text("hi all")));
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(2);
        assertThat(taken.answers().get(0).attribute("participant")).isEqualTo(stanza.attribute("participant"));
        assertThat(keys(taken)).isPresent();
        assertThat(event(taken).messageStubParameters()).containsExactly("No session found to decrypt message");
    }

    /** The sender's other part could be read, so he has our keys. */
    @Test
    void aGroupMessageOfSomebodyWithASessionBringsThemLater() {
        ann.meets(world, 1);
        Node stanza = withEnc(
                ann.groupStanza(GROUP).build(),
                ann.enc(ann.distribution(Jid.parse("120363000000000002@g.us"))),
                ann.groupEnc(Jid.parse("120363000000000003@g.us"), Contact.text("hi")));
        Taken taken = world.take(stanza);
        assertThat(count(taken)).isEqualTo("1");
        assertThat(keys(taken)).isEmpty();
    }

    @Test
    void aPeerMessageIsAskedForAsOneAndNotTold() {
        Contact phone = new Contact("491700000001@s.whatsapp.net");
        Node stanza = withEnc(phone.stanza().attribute("category", "peer").build(), phone.sessionEnc());
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(2);
        assertThat(taken.answers().get(0).attribute("category")).contains("peer");
        assertThat(taken.happenings()).isEmpty();
    }

    @Test
    void anUnknownKindOfEncryptionIsUnreadable() {
        Node stanza = withEnc(ann.stanza().build(), Contact.enc("zzmsg", new byte[] {1, 2}));
        Taken taken = world.take(stanza);
        assertThat(taken.answers()).hasSize(2);
        assertThat(event(taken).messageStubParameters()).containsExactly("Unknown e2e type: zzmsg");
        Node odd = withEnc(ann.stanza().build(), Contact.enc("a\nb".repeat(30), new byte[] {1, 2}));
        assertThat(event(world.take(odd)).messageStubParameters().get(0)).doesNotContain("\n");
    }
}
