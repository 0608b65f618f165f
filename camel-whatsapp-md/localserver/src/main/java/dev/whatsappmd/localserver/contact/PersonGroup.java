package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A group of people, the account it is simulated for among them. On the event loop. */
public final class PersonGroup {
    private final Jid jid;
    private final String subject;
    private final Set<Person> members = new LinkedHashSet<>();
    /** Who has to draw a new sender key before writing: somebody has left. */
    private final Set<SignalDevice> rotating = new LinkedHashSet<>();

    /** @param jid e.g. {@code 120363000000000001@g.us} */
    public PersonGroup(Jid jid, String subject) {
        if (!jid.isGroup()) {
            throw new IllegalArgumentException("the address of a group ends in @g.us");
        }
        this.jid = jid;
        this.subject = subject;
    }

    public Jid jid() {
        return jid;
    }

    public String subject() {
        return subject;
    }

    /** Who is in it, besides the account it is simulated for. */
    public List<Person> members() {
        return List.copyOf(members);
    }

    public void add(Person person) {
        members.add(person);
    }

    /** Takes somebody out: all others draw a new sender key before they write the next time. */
    public void remove(Person person) {
        if (!members.remove(person)) {
            throw new IllegalArgumentException(person + " is not in the group");
        }
        members.forEach(this::rotate);
    }

    /** This person draws a new sender key before writing the next time. */
    public void rotate(Person person) {
        person.deviceIds().forEach(id -> rotating.add(person.requireDevice(id)));
    }

    void beforeWriting(SignalDevice device) {
        if (rotating.remove(device)) {
            device.rotate(jid);
        }
    }

    @Override
    public String toString() {
        return "group of " + members.size();
    }
}
