package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A message that was sent, and what became of it at each of the account's devices. On the event loop. */
public final class Letter {
    /** How often senders encrypt a message again (whatsmeow retry.go, Baileys maxMsgRetryCount). */
    static final int RETRIES_MAX = 5;

    private final String id;
    private final Account to;
    private final Person writer;
    private final SignalDevice sender;
    private final Chat chat;
    private final Addressing addressing;
    private final MessageDraft draft;
    private final Instant time;
    private final Map<Device, Copies> copies = new LinkedHashMap<>();
    private byte @Nullable [] forGroup;

    /** What was sent to one device, and what it said. */
    static final class Copies {
        private int sent;
        private @Nullable Node last;
        private final List<String> receipts = new ArrayList<>();
        private int retriesAsked;
        private int acks;
        private OptionalInt nack = OptionalInt.empty();
        private boolean gaveUp;

        private MessageFate fate() {
            return new MessageFate(sent, receipts, retriesAsked, acks, nack, gaveUp);
        }
    }

    Letter(
            String id,
            Account to,
            Person writer,
            SignalDevice sender,
            Chat chat,
            Addressing addressing,
            MessageDraft draft,
            Instant time) {
        this.id = id;
        this.to = to;
        this.writer = writer;
        this.sender = sender;
        this.chat = chat;
        this.addressing = addressing;
        this.draft = draft;
        this.time = time;
    }

    public String id() {
        return id;
    }

    /** Who wrote it. */
    public Person writer() {
        return writer;
    }

    /** What became of it at a device until now; nothing at one that it was never for. */
    public MessageFate fate(Device device) {
        return copies.getOrDefault(device, new Copies()).fate();
    }

    /** The devices it was sent to. */
    public List<Device> devices() {
        return List.copyOf(copies.keySet());
    }

    /** The stanza that was sent to a device last. */
    public Optional<Node> lastStanza(Device device) {
        return Optional.ofNullable(copies.get(device)).map(known -> known.last);
    }

    Account to() {
        return to;
    }

    SignalDevice sender() {
        return sender;
    }

    Chat chat() {
        return chat;
    }

    Addressing addressing() {
        return addressing;
    }

    MessageDraft draft() {
        return draft;
    }

    /** The stanza without what is encrypted. */
    Node.Builder head() {
        Node.Builder stanza = Node.builder("message").attribute("id", id);
        chat.address(stanza, sender, addressing);
        stanza.attribute("t", Long.toString(time.getEpochSecond())).attribute("type", draft.type());
        if (!draft.edit().isEmpty()) {
            stanza.attribute("edit", draft.edit());
        }
        if (!(chat instanceof Chat.Peer)) {
            stanza.attribute("notify", writer.account().profile().pushName());
        }
        return stanza;
    }

    /** How many copies a device was sent. */
    int sentTo(Device device) {
        return copies.containsKey(device) ? copies.get(device).sent : 0;
    }

    void sent(Device device, Node stanza) {
        Copies known = copies.computeIfAbsent(device, any -> new Copies());
        known.sent++;
        known.last = stanza;
    }

    void receipt(Device device, String type) {
        known(device).ifPresent(fate -> fate.receipts.add(type));
    }

    void ack(Device device, Optional<String> error) {
        known(device).ifPresent(fate -> {
            if (error.isEmpty()) {
                fate.acks++;
            } else {
                fate.nack = OptionalInt.of(error.get().matches("[0-9]{1,6}") ? Integer.parseInt(error.get()) : 0);
            }
        });
    }

    /** @return whether to send it again */
    boolean retry(Device device, int count) {
        Optional<Copies> fate = known(device);
        if (fate.isEmpty()) {
            return false;
        }
        fate.get().retriesAsked++;
        if (count > RETRIES_MAX || fate.get().retriesAsked > RETRIES_MAX) {
            fate.get().gaveUp = true;
            return false;
        }
        return writer.answersRetries();
    }

    private Optional<Copies> known(Device device) {
        return Optional.ofNullable(copies.get(device));
    }

    /** What all devices get of a group's message; encrypted when the first one needs it. */
    byte[] forGroup(Supplier<byte[]> encrypt) {
        if (forGroup == null) {
            forGroup = encrypt.get();
        }
        return forGroup;
    }

    @Override
    public String toString() {
        return "message " + id + " of " + sender;
    }
}
