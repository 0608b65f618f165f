package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.query.IqHandlers;
import dev.whatsappmd.localserver.query.IqQuery;
import dev.whatsappmd.localserver.query.KeyNodes;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.Optional;
import java.util.function.Function;

/**
 * Answers who asks for the keys of other devices, before it writes to them for the first time (whatsmeow prekeys.go,
 * Baileys Utils/signal.ts). On the event loop.
 */
final class KeyDesk {
    private final Function<Jid, Optional<PreKeyBundle>> bundles;

    /** @param bundles takes the bundle of a device, which may be a simulated one or a linked one */
    KeyDesk(IqHandlers queries, Function<Jid, Optional<PreKeyBundle>> bundles) {
        this.bundles = bundles;
        queries.add(StanzaMatch.iq("get", "encrypt").child("key"), this::answer);
    }

    private Optional<Node> answer(IqQuery query) {
        Optional<Device> asking = query.device();
        if (asking.isEmpty()) {
            return Optional.of(query.error(401, "not-authorized"));
        }
        Node.Builder list = Node.builder("list");
        for (Node user : query.child("key").orElseThrow().children("user")) {
            list.child(user(user, query));
        }
        return Optional.of(query.result(list.build()));
    }

    private Node user(Node asked, IqQuery query) {
        Node.Builder user = Node.builder("user").attribute("jid", asked.attribute("jid"));
        Optional<PreKeyBundle> bundle =
                Jid.tryParse(asked.attribute("jid").orElse(null)).flatMap(bundles);
        if (bundle.isEmpty()) {
            return user.child(Node.builder("error")
                            .attribute("code", "404")
                            .attribute("text", "item-not-found")
                            .build())
                    .build();
        }
        return user.attribute("t", Long.toString(query.now().getEpochSecond()))
                .children(KeyNodes.nodes(bundle.get()))
                .build();
    }
}
