package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the answer of the login to open: pre-keys, the word to deliver, the comparison of the keys. */
class BringingUpTest {
    /** Without a pre-key of its own, as after a link. */
    private static MachineWorld withoutPreKeys() {
        MachineWorld world = new MachineWorld(
                Identities.linkedBefore(Duration.ofHours(1)).toBuilder()
                        .nextPreKeyId(1)
                        .build(),
                MachineWorld.settings(ReconnectSettings.defaults(), Map.of()),
                new Random(5));
        world.start();
        world.handshake();
        world.receive(Stanzas.success());
        return world;
    }

    private static List<PreKey> preKeys(MachineWorld world) {
        return SessionRows.preKeys(world.rows());
    }

    private static List<Node> uploaded(Node upload) {
        return upload.child("list").orElseThrow().children("key");
    }

    private static List<String> course(MachineWorld world) {
        return world.course.stream()
                .filter(step -> step.startsWith("send") || step.startsWith("tell") || step.equals("Save"))
                .toList();
    }

    @Test
    void asksOneThingAfterTheOther() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.course.clear();

        world.receive(Stanzas.answer(world.asked("count")));
        assertThat(course(world)).containsExactly("send set active");
        world.receive(Stanzas.answer(world.asked("active")));
        assertThat(course(world)).endsWith("send get digest");
        assertThat(world.machine.phase()).isEqualTo(Phase.BRINGING_UP);
        world.receive(Stanzas.digest(world.asked("digest"), Identities.LINKED, Identities.PRE_KEYS));

        assertThat(course(world))
                .containsExactly("send set active", "send get digest", "tell open", "send ib unified_session");
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void uploadsItsFirstPreKeysBeforeTheServerDelivers() {
        MachineWorld world = withoutPreKeys();
        world.course.clear();

        world.receive(Stanzas.count(world.asked("count"), 0));
        assertThat(course(world)).containsExactly("Save", "send set upload");
        assertThat(preKeys(world)).hasSize(812).noneMatch(PreKey::uploaded);
        assertThat(uploaded(world.asked("list"))).hasSize(812);
        assertThat(world.stored().nextPreKeyId()).isEqualTo(813);

        world.receive(Stanzas.answer(world.asked("list")));
        assertThat(course(world)).containsExactly("Save", "send set upload", "Save", "send set active");
        assertThat(preKeys(world)).hasSize(812).allMatch(PreKey::uploaded);
        world.answerAll();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    /** 5 are enough on either side; the newest has to be among ours. */
    @ParameterizedTest
    @CsvSource({"0, 812", "1, 50", "4, 50", "5, 0", "800, 0"})
    void refillsWhenTheServerHasFew(int onServer, int expected) {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);

        world.receive(Stanzas.count(world.asked("count"), onServer));

        assertThat(world.sent.stream()
                        .filter(node -> node.child("list").isPresent())
                        .mapToInt(upload -> uploaded(upload).size())
                        .sum())
                .isEqualTo(expected);
    }

    @Test
    void refillsWhenItsOwnAreGone() {
        MachineWorld world = new MachineWorld(
                Identities.LINKED, MachineWorld.settings(ReconnectSettings.defaults(), Map.of()), new Random(5));
        world.go(Phase.BRINGING_UP);

        world.receive(Stanzas.count(world.asked("count"), 800));

        assertThat(uploaded(world.asked("list"))).hasSize(50);
        assertThat(world.stored().nextPreKeyId()).isEqualTo(Identities.LINKED.nextPreKeyId() + 50);
    }

    @Test
    void uploadsFirstWhatTheServerNeverConfirmed() {
        MachineWorld world = withoutPreKeys();
        world.receive(Stanzas.count(world.asked("count"), 0));
        List<PreKey> made = preKeys(world);
        world.lost();
        world.nextAttempt();
        world.handshake();
        world.receive(Stanzas.success());

        world.receive(Stanzas.count(world.asked("count"), 0));

        assertThat(preKeys(world)).isEqualTo(made);
        assertThat(uploaded(world.asked("list"))).hasSize(812);
        assertThat(world.stored().nextPreKeyId()).isEqualTo(813);
    }

    // ---- when a question fails

    @Test
    void opensWithoutKnowingTheCount() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.error(world.asked("count"), "500"));
        assertThat(world.log).anyMatch(line -> line.startsWith("WARN") && line.contains("error 500"));
        world.answerAll();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void opensWithoutAnAnswerToTheCount() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.advanceUnanswered(Duration.ofSeconds(20));
        assertThat(world.log).anyMatch(line -> line.startsWith("WARN") && line.contains("no answer"));
        assertThat(world.sent).anyMatch(node -> node.child("active").isPresent());
        world.answerAll();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void opensAfterARefusedUploadAndKeepsTheKeysForTheNext() {
        MachineWorld world = withoutPreKeys();
        world.receive(Stanzas.count(world.asked("count"), 0));
        world.receive(Stanzas.error(world.asked("list"), "406"));

        assertThat(preKeys(world)).hasSize(812).noneMatch(PreKey::uploaded);
        assertThat(world.log).anyMatch(line -> line.startsWith("WARN") && line.contains("error 406"));
        world.answerAll();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void opensAfterAnUnansweredUpload() {
        MachineWorld world = withoutPreKeys();
        world.receive(Stanzas.count(world.asked("count"), 0));
        world.advanceUnanswered(Duration.ofSeconds(20));
        assertThat(preKeys(world)).hasSize(812).noneMatch(PreKey::uploaded);
        world.receive(Stanzas.answer(world.asked("active")));
        world.receive(Stanzas.answer(world.asked("digest")));
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void endsTheConnectionWhenTheServerRefusesToDeliver() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.answer(world.asked("count")));

        world.receive(Stanzas.error(world.asked("active"), "405"));

        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(last.error().message()).contains("active").contains("405");
        assertThat(world.times(ConnectionState.OPEN)).isZero();
    }

    @Test
    void endsTheConnectionWhenTheServerDoesNotSayThatItDelivers() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.answer(world.asked("count")));

        world.advanceUnanswered(Duration.ofSeconds(20));

        LastDisconnect last = world.lastClose().lastDisconnect();
        assertThat(last.kind()).isEqualTo(WhatsAppDisconnectKind.UNREACHABLE);
        assertThat(last.reason()).isEqualTo("timedOut");
        assertThat(last.error().message()).contains("active");
    }

    @Test
    void opensWithoutADigest() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.answer(world.asked("count")));
        world.receive(Stanzas.answer(world.asked("active")));
        world.advanceUnanswered(Duration.ofSeconds(20));
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
        assertThat(world.course).doesNotContain("send set upload");
    }

    @Test
    void ignoresAnAnswerThatComesTooLate() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        Node count = world.asked("count");
        world.advanceUnanswered(Duration.ofSeconds(20));
        int sent = world.sent.size();

        world.receive(Stanzas.count(count, 0));

        assertThat(world.sent).hasSize(sent);
        assertThat(world.course).doesNotContain("send set upload");
    }

    // ---- what the server thinks of our keys

    @Test
    void uploadsAgainBesideTheRestWhenTheServerHasOtherKeys() {
        MachineWorld world = MachineWorld.in(Phase.BRINGING_UP);
        world.receive(Stanzas.answer(world.asked("count")));
        world.receive(Stanzas.answer(world.asked("active")));
        world.course.clear();

        world.receive(Stanzas.error(world.asked("digest"), "404"));

        assertThat(course(world)).containsExactly("tell open", "send ib unified_session", "Save", "send set upload");
        world.receive(Stanzas.answer(world.asked("list")));
        assertThat(preKeys(world)).hasSize(2 * 812).allMatch(PreKey::uploaded);
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void comparesAgainWhenTheServerAsks() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.course.clear();

        world.receive(Stanzas.keyNotice("digest"));

        assertThat(course(world)).containsExactly("send ack", "send get digest");
        world.receive(Stanzas.digest(
                world.asked("digest"),
                Identities.LINKED,
                List.of(Identities.PRE_KEYS.get(0), Identities.PRE_KEYS.get(811))));
        assertThat(course(world)).containsExactly("send ack", "send get digest");
    }

    @Test
    void comparesOnceAtATimeHoweverOftenTheServerAsks() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.course.clear();

        world.receive(Stanzas.keyNotice("digest"));
        world.receive(Stanzas.keyNotice("digest"));
        assertThat(course(world)).containsExactly("send ack", "send get digest", "send ack");

        world.advanceUnanswered(Duration.ofSeconds(20));
        world.course.clear();
        world.receive(Stanzas.keyNotice("digest"));
        assertThat(course(world)).containsExactly("send ack", "send get digest");
    }

    @Test
    void repairsOnceAConnectionWhateverTheServerSaysItHas() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        for (int i = 0; i < 3; i++) {
            world.sent.clear();
            world.receive(Stanzas.keyNotice("digest"));
            world.receive(Stanzas.error(world.asked("digest"), "404"));
            world.answerAll();
        }
        assertThat(world.course).filteredOn("send set upload"::equals).hasSize(1);
        assertThat(preKeys(world)).hasSize(2 * 812);
    }

    @Test
    void refillsWhenTheServerSaysThatFewAreLeft() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.course.clear();

        world.receive(Stanzas.keysLeft(3));
        world.receive(Stanzas.keysLeft(2));

        // The second while the first upload is under way.
        assertThat(course(world)).containsExactly("send ack", "Save", "send set upload", "send ack");
        assertThat(uploaded(world.asked("list"))).hasSize(50);
        world.receive(Stanzas.answer(world.asked("list")));
        world.receive(Stanzas.keysLeft(2));
        assertThat(course(world)).endsWith("send ack", "Save", "send set upload");
    }
}
