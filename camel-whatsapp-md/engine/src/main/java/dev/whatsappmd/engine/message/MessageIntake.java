package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Snapshot;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Takes in what the server sends. */
public final class MessageIntake {
    private final MessageCipher cipher;
    private final RetryPreKeys preKeys;

    /** @param stored what the store has; read now, not kept */
    public MessageIntake(MessageCipher cipher, RetryPreKeys preKeys, Snapshot stored) {
        this.cipher = Objects.requireNonNull(cipher, "cipher");
        this.preKeys = Objects.requireNonNull(preKeys, "preKeys");
    }

    /** Never throws for anything a server sends. */
    public Taken take(Node stanza, Self self) {
        List<Node> answers = Answers.isOwed(stanza)
                ? List.of(Answers.ack(stanza, self.id().map(Object::toString), Optional.empty()))
                : List.of();
        return new Taken(answers, !answers.isEmpty(), List.of(), new ChangeSet(), Optional.empty());
    }
}
