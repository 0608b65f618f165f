package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.contact.Letter;
import dev.whatsappmd.localserver.contact.MessageFate;
import dev.whatsappmd.localserver.record.NotSeenError;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A message that a simulated person has sent, and what becomes of it. The waits ask every device that was linked when it
 * was sent. Safe for all threads.
 */
public final class SentMessage {
    private final ServerRoom room;
    private final Letter letter;
    private final Optional<SimulatedGroup> group;

    SentMessage(ServerRoom room, Letter letter, Optional<SimulatedGroup> group) {
        this.room = room;
        this.letter = letter;
        this.group = group;
    }

    Letter letter() {
        return letter;
    }

    Optional<SimulatedGroup> group() {
        return group;
    }

    /** The id that its stanza has. */
    public String id() {
        return letter.id();
    }

    /** What became of it until now at the account's only device. @throws IllegalStateException when it has several */
    public MessageFate fate() {
        List<MessageFate> all = fates();
        if (all.size() != 1) {
            throw new IllegalStateException("the message went to " + all.size() + " devices: say which one you mean");
        }
        return all.get(0);
    }

    /** What became of it until now at a device. */
    public MessageFate fate(LinkedDevice device) {
        return room.loop().call(() -> letter.fate(device.device()));
    }

    private List<MessageFate> fates() {
        return room.loop()
                .call(() -> letter.devices().stream().map(letter::fate).toList());
    }

    /**
     * Waits until a device has said that it has it.
     *
     * @throws NotSeenError when not all have in time
     */
    public SentMessage awaitDelivered(Duration timeout) {
        return await("a delivery receipt", timeout, MessageFate::isDelivered);
    }

    /** Waits until a receipt of this type came, e.g. {@code read} or {@code hist_sync}. */
    public SentMessage awaitReceipt(String type, Duration timeout) {
        return await(
                "a receipt of type " + type, timeout, fate -> fate.receipts().contains(type));
    }

    /** Waits until it was asked for again so many times. */
    public SentMessage awaitRetries(int count, Duration timeout) {
        return await(count + " retry receipts", timeout, fate -> fate.retriesAsked() >= count);
    }

    /** Waits until it was refused. @return the error, e.g. 491 */
    public int awaitNack(Duration timeout) {
        await("an ack with an error", timeout, fate -> fate.nack().isPresent());
        return fates().get(0).nack().orElseThrow();
    }

    /** Waits until what became of it at every device is as asked. */
    public SentMessage await(String what, Duration timeout, Predicate<MessageFate> wanted) {
        String described = what + " for message " + id();
        room.recording()
                .await(
                        described,
                        timeout,
                        () -> fates().stream().allMatch(wanted) ? Optional.of(true) : Optional.empty());
        return this;
    }

    /** The server delivers the very same stanza once more, to every device that got it. */
    public SentMessage again() {
        room.loop().run(() -> room.contacts().repeat(letter));
        return this;
    }

    /** The stanza that a device was sent last. */
    public Node stanza(LinkedDevice device) {
        Device known = device.device();
        return room.loop()
                .call(() -> letter.lastStanza(known))
                .orElseThrow(() -> new IllegalArgumentException(device + " was not sent this message"));
    }

    @Override
    public String toString() {
        return letter.toString();
    }
}
