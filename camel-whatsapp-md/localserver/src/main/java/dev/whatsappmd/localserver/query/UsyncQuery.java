package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.query.EncryptQueries.Devices;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code usync} for the protocols devices, contact and lid: the server knows its own accounts, everybody else is not on
 * WhatsApp (Baileys WAUSync, whatsmeow user.go).
 */
final class UsyncQuery {
    private final Function<Jid, Optional<Account>> accounts;

    private UsyncQuery(Function<Jid, Optional<Account>> accounts) {
        this.accounts = accounts;
    }

    /** @param accounts finds an account by number or LID */
    static void addTo(IqHandlers handlers, Function<Jid, Optional<Account>> accounts) {
        UsyncQuery usync = new UsyncQuery(accounts);
        handlers.add(StanzaMatch.iq("get", "usync").child("usync"), Devices.only(usync::answer));
    }

    private Node answer(IqQuery query, Device asking) {
        Node usync = query.child("usync").orElseThrow();
        Node asked = usync.child("query").orElse(Node.of("query"));
        Node.Builder list = Node.builder("list");
        for (Node user : usync.child("list").orElse(Node.of("list")).children("user")) {
            list.child(user(user, asked));
        }
        return query.result(Node.builder("usync")
                .attribute("sid", usync.attribute("sid"))
                .attribute("mode", usync.attribute("mode", "query"))
                .attribute("last", "true")
                .attribute("index", "0")
                .attribute("context", usync.attribute("context"))
                .child(asked.children().stream()
                        .reduce(Node.builder("result"), (all, protocol) -> all.child(protocol.tag()), (a, b) -> a)
                        .build())
                .child(list.build())
                .build());
    }

    private Node user(Node user, Node asked) {
        Optional<Jid> address = address(user);
        Optional<Account> account = address.flatMap(accounts);
        Node.Builder answer = Node.builder("user").attribute("jid", address.map(Jid::toString));
        for (Node protocol : asked.children()) {
            switch (protocol.tag()) {
                case "contact" -> answer.child(contact(user, account.isPresent()));
                case "devices" -> account.ifPresent(known -> answer.child(devices(known)));
                case "lid" ->
                    account.ifPresent(known -> answer.child(Node.builder("lid")
                            .attribute("val", known.lid().toString())
                            .build()));
                default -> {
                    // Status, picture and others: this account has set none.
                }
            }
        }
        return answer.build();
    }

    private static Optional<Jid> address(Node user) {
        return Jid.tryParse(user.attribute("jid").orElse(null)).or(() -> user.child("contact")
                .flatMap(Node::text)
                .map(number -> Jid.of(number.replaceFirst("^\\+", ""), JidServer.USER)));
    }

    private static Node contact(Node user, boolean known) {
        Node.Builder contact = Node.builder("contact").attribute("type", known ? "in" : "out");
        user.child("contact").flatMap(Node::text).ifPresent(contact::text);
        return contact.build();
    }

    private static Node devices(Account account) {
        Node.Builder list = Node.builder("device-list")
                .child(Node.builder("device").attribute("id", "0").build());
        for (int simulated : account.simulatedDevices()) {
            list.child(Node.builder("device")
                    .attribute("id", Integer.toString(simulated))
                    .attribute("key-index", Integer.toString(simulated))
                    .build());
        }
        for (Device device : account.devices()) {
            list.child(Node.builder("device")
                    .attribute("id", Integer.toString(device.id()))
                    .attribute("key-index", Integer.toString(device.keyIndex()))
                    .build());
        }
        return Node.builder("devices").child(list.build()).build();
    }
}
