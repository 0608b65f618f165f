package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.message.Happening;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.message.StoredMessage;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.store.StoredMessageRow;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Takes stanzas in without Signal: a message's content is its id, and each moves a ratchet, which is a number here. It
 * stands for what the store's keys do: what is rolled back never happened.
 */
final class FakeIntake {
    private static final Set<String> KNOWN = Set.of("receipt", "notification", "call", "message");

    /** Messages that were read, in their order, durable or not. */
    final List<String> read = new ArrayList<>();
    /** Those that are durable. */
    final List<String> durable = new ArrayList<>();

    private boolean makesPreKey;

    /** The next message needs a new pre-key, as one does that cannot be read. */
    void nextMakesPreKey() {
        makesPreKey = true;
    }

    Taken take(Node stanza, Self self) {
        assertThat(self.credentials().account())
                .as("taken in by a linked device")
                .isPresent();
        List<Happening> happenings = new ArrayList<>();
        List<Node> answers = new ArrayList<>();
        if (stanza.is("message") && Answers.isOwed(stanza)) {
            String id = stanza.attribute("id", "");
            if (!read.contains(id)) {
                read.add(id);
                happenings.add(new Happening.MessageCame(message(id)));
            }
            answers.add(Node.builder("receipt")
                    .attribute("id", id)
                    .attribute("to", stanza.attribute("from", ""))
                    .build());
        } else if (Answers.isOwed(stanza)) {
            answers.add(Answers.ack(stanza, Optional.empty(), Optional.empty()));
            if (!KNOWN.contains(stanza.tag())) {
                happenings.add(new Happening.UnknownTag(stanza.shownTag()));
            }
        }
        if (makesPreKey) {
            makesPreKey = false;
            int id = self.credentials().nextPreKeyId();
            PreKey made = Identities.PRE_KEYS.get(0);
            return new Taken(
                    answers,
                    true,
                    happenings,
                    SessionRows.putPreKeys(new ChangeSet(), List.of(new PreKey(id, made.keyPair(), true))),
                    Optional.of(
                            self.credentials().toBuilder().nextPreKeyId(id + 1).build()));
        }
        return new Taken(answers, !answers.isEmpty(), happenings, new ChangeSet(), Optional.empty());
    }

    static StoredMessage message(String id) {
        return StoredMessage.decode(StoredMessageRow.newBuilder()
                .setId(id)
                .setChat("4915550009999@s.whatsapp.net")
                .setSender("4915550009999@s.whatsapp.net")
                .setPlaintext(ByteString.copyFromUtf8(id))
                .build()
                .toByteArray());
    }

    static String idOf(byte[] content) {
        return StoredMessage.decode(content).plaintext().map(String::new).orElseThrow();
    }

    void committed() {
        durable.clear();
        durable.addAll(read);
    }

    void rollBack() {
        read.clear();
        read.addAll(durable);
    }
}
