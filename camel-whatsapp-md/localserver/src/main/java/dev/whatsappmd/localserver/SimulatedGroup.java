package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.contact.PersonGroup;
import java.util.List;

/** A group in which an account and its contacts are; made by {@link SimulatedPhone#group}. */
public final class SimulatedGroup {
    private final ServerRoom room;
    private final PersonGroup group;

    SimulatedGroup(ServerRoom room, PersonGroup group) {
        this.room = room;
        this.group = group;
    }

    PersonGroup people() {
        return group;
    }

    /** The address, e.g. {@code 120363000000000001@g.us}. */
    public String jid() {
        return group.jid().toString();
    }

    /** Its name. */
    public String subject() {
        return group.subject();
    }

    /** Takes contacts in. Their devices give their sender keys with what they write first. */
    public SimulatedGroup adds(SimulatedContact... contacts) {
        room.loop().run(() -> List.of(contacts).forEach(contact -> group.add(contact.person())));
        return this;
    }

    /** Takes a contact out: all others draw new sender keys, and give them with what they write next. */
    public SimulatedGroup removes(SimulatedContact contact) {
        room.loop().run(() -> group.remove(contact.person()));
        return this;
    }

    @Override
    public String toString() {
        return group.toString();
    }
}
