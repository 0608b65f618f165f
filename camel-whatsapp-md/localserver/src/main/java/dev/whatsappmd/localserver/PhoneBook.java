package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.contact.PersonGroup;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The contacts of each phone by their names, and invented numbers. On the event loop. */
final class PhoneBook {
    private final Map<Account, Map<String, SimulatedContact>> contacts = new HashMap<>();
    private int invented;
    private int groups;

    Optional<SimulatedContact> find(Account phone, String name) {
        return Optional.ofNullable(contacts.getOrDefault(phone, Map.of()).get(name));
    }

    SimulatedContact add(Account phone, String name, Function<String, SimulatedContact> make) {
        Map<String, SimulatedContact> known = contacts.computeIfAbsent(phone, any -> new HashMap<>());
        if (known.containsKey(name)) {
            throw new IllegalStateException("there is a contact of this name already; get it with contact(name)");
        }
        // Nobody has such a number: 0199 is not for subscribers in Germany.
        SimulatedContact made = make.apply(String.format(Locale.ROOT, "4919900%06d", ++invented));
        known.put(name, made);
        return made;
    }

    PersonGroup newGroup(String subject) {
        String user = String.format(Locale.ROOT, "120363%012d", ++groups);
        return new PersonGroup(Jid.of(user, JidServer.GROUP), subject);
    }
}
