package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.SignalException;
import dev.whatsappmd.localserver.account.Device;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads what clients send to simulated people: from then on these write {@code msg} instead of {@code pkmsg}. A message
 * for one device stands in the stanza, those for several in its {@code <participants>}. Groups' parts for all are not
 * read. On the event loop.
 */
final class Inbox {
    private final Function<Jid, Optional<Person>> people;

    Inbox(Function<Jid, Optional<Person>> people) {
        this.people = people;
    }

    void receive(Device from, Node message) {
        String id = message.attribute("id", "");
        message.attribute("to").flatMap(Jid::tryParse).ifPresent(to -> message.children("enc")
                .forEach(enc -> open(from, id, to, enc)));
        message.child("participants")
                .ifPresent(participants -> participants.children("to").forEach(to -> to.attribute("jid")
                        .flatMap(Jid::tryParse)
                        .ifPresent(jid -> to.children("enc").forEach(enc -> open(from, id, jid, enc)))));
    }

    private void open(Device from, String id, Jid to, Node enc) {
        if (!to.isUser()) {
            return;
        }
        people.apply(to).ifPresent(person -> person.device(to.deviceOrPhone())
                .ifPresent(device -> person.receive(read(device, from, id, enc))));
    }

    private static ReceivedMessage read(SignalDevice device, Device from, String id, Node enc) {
        String sender = from.lid().toString();
        byte[] ciphertext = enc.bytes().orElse(new byte[0]);
        try {
            byte[] content = device.decrypt(from.lid(), enc.attribute("type", ""), ciphertext);
            return new ReceivedMessage(id, sender, device.id(), content, Optional.empty());
        } catch (SignalException e) {
            return new ReceivedMessage(id, sender, device.id(), new byte[0], Optional.of(e.getMessage()));
        }
    }
}
