package dev.whatsappmd.localserver.fuzz;

import dev.whatsappmd.engine.node.Node;
import java.util.List;
import java.util.random.RandomGenerator;

/** Stanzas of known words that nobody ever sent. */
final class Babble {
    private static final List<String> TAGS = List.of(
            "iq",
            "iq",
            "iq",
            "ib",
            "notification",
            "receipt",
            "ack",
            "message",
            "call",
            "success",
            "presence",
            "chatstate",
            "something-new",
            "failure",
            "stream:error",
            "xmlstreamend");
    private static final List<String> CHILDREN = List.of(
            "pair-device",
            "pair-success",
            "pair-device-sign",
            "device-identity",
            "device",
            "platform",
            "ref",
            "count",
            "digest",
            "list",
            "key",
            "skey",
            "id",
            "value",
            "signature",
            "registration",
            "identity",
            "type",
            "active",
            "usync",
            "query",
            "user",
            "contact",
            "devices",
            "lid",
            "sync",
            "collection",
            "rotate",
            "remove-companion-device",
            "link_code_companion_reg",
            "edge_routing",
            "routing_info",
            "offline",
            "offline_preview",
            "offline_batch",
            "downgrade_webclient",
            "dirty",
            "conflict",
            "error",
            "enc",
            "props",
            "media_conn",
            "privacy");
    private static final List<String> NAMES = List.of(
            "id",
            "type",
            "from",
            "to",
            "xmlns",
            "class",
            "t",
            "lid",
            "jid",
            "count",
            "value",
            "code",
            "reason",
            "offline",
            "participant",
            "stage",
            "name",
            "key-index",
            "display_name");
    private static final List<String> VALUES = List.of(
            "get",
            "set",
            "result",
            "error",
            "s.whatsapp.net",
            "@s.whatsapp.net",
            "4915100000001@s.whatsapp.net",
            "4915100000001:1@s.whatsapp.net",
            "1:99999@lid",
            "a@b@c",
            "encrypt",
            "passive",
            "md",
            "usync",
            "urn:xmpp:ping",
            "w:p",
            "w:m",
            "abt",
            "blocklist",
            "w:sync:app:state",
            "companion_hello",
            "companion_finish",
            "replaced",
            "device_removed",
            "0",
            "1",
            "-1",
            "515",
            "503",
            "401",
            "9223372036854775807",
            "",
            "\u0000\n",
            "x".repeat(4_000));

    private final RandomGenerator random;

    Babble(RandomGenerator random) {
        this.random = random;
    }

    Node stanza() {
        Node.Builder stanza = Node.builder(pick(TAGS));
        attributes(stanza, 6);
        if (random.nextInt(4) > 0) {
            stanza.attribute("id", "b-" + random.nextInt(1_000));
        }
        content(stanza, 0);
        return stanza.build();
    }

    private void attributes(Node.Builder node, int most) {
        for (int i = random.nextInt(most); i > 0; i--) {
            node.attribute(pick(NAMES), pick(VALUES));
        }
    }

    private void content(Node.Builder node, int depth) {
        switch (random.nextInt(depth > 3 ? 3 : 6)) {
            case 0 -> {}
            case 1 -> node.text(pick(VALUES));
            case 2 -> node.bytes(bytes());
            default -> {
                for (int i = random.nextInt(4); i >= 0; i--) {
                    Node.Builder child = Node.builder(pick(CHILDREN));
                    attributes(child, 3);
                    content(child, depth + 1);
                    node.child(child.build());
                }
            }
        }
    }

    /** Often as long as something that is looked for. */
    private byte[] bytes() {
        byte[] bytes = new byte[pick(List.of(0, 1, 3, 4, 32, 64, 80, 156, random.nextInt(300)))];
        random.nextBytes(bytes);
        return bytes;
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
