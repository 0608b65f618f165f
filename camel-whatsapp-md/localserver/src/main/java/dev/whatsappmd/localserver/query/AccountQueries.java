package dev.whatsappmd.localserver.query;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.query.EncryptQueries.Devices;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client asks for in the background after login: props, block list, privacy, media hosts, app state. The answers
 * are those of an account that never changed anything.
 */
final class AccountQueries {
    private static final Map<String, String> PRIVACY = privacy();

    private AccountQueries() {}

    /** @param mediaHost host and port that media_conn names: never WhatsApp's */
    static void addTo(IqHandlers handlers, String mediaHost) {
        handlers.add(StanzaMatch.iq("get", "abt").child("props"), Devices.only(AccountQueries::props));
        handlers.add(StanzaMatch.iq("get", "blocklist"), Devices.only(AccountQueries::blocklist));
        handlers.add(StanzaMatch.iq("get", "privacy").child("privacy"), Devices.only(AccountQueries::privacy));
        handlers.add(
                StanzaMatch.iq("set", "w:m").child("media_conn"),
                Devices.only((query, device) -> mediaConn(query, mediaHost)));
        handlers.add(StanzaMatch.iq("set", "w:sync:app:state").child("sync"), Devices.only(AccountQueries::appState));
        handlers.add(StanzaMatch.iq("set", "urn:xmpp:whatsapp:dirty"), Devices.only((query, device) -> query.result()));
    }

    private static Node props(IqQuery query, Device device) {
        return query.result(Node.builder("props")
                .attribute("protocol", "1")
                .attribute("hash", "localserver")
                .attribute("refresh", "86400")
                .attribute("refresh_id", "1")
                .attribute("delta_update", "false")
                .build());
    }

    private static Node blocklist(IqQuery query, Device device) {
        return query.result(
                Node.builder("list").attribute("dhash", "localserver").build());
    }

    private static Node privacy(IqQuery query, Device device) {
        Node.Builder privacy = Node.builder("privacy");
        PRIVACY.forEach((name, value) -> privacy.child(Node.builder("category")
                .attribute("name", name)
                .attribute("value", value)
                .build()));
        return query.result(privacy.build());
    }

    private static Node mediaConn(IqQuery query, String mediaHost) {
        return query.result(Node.builder("media_conn")
                .attribute("auth", "localserver")
                .attribute("ttl", "3600")
                .attribute("auth_ttl", "21600")
                .attribute("max_buckets", "12")
                .child(Node.builder("host").attribute("hostname", mediaHost).build())
                .build());
    }

    /** Every collection as it is at the client: there is nothing newer. */
    private static Node appState(IqQuery query, Device device) {
        Node.Builder sync = Node.builder("sync");
        for (Node asked : query.child("sync").orElseThrow().children("collection")) {
            sync.child(Node.builder("collection")
                    .attribute("name", asked.attribute("name"))
                    .attribute("version", asked.attribute("version", "0"))
                    .attribute("has_more_patches", "false")
                    .build());
        }
        return query.result(sync.build());
    }

    private static Map<String, String> privacy() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("readreceipts", "all");
        values.put("last", "all");
        values.put("online", "all");
        values.put("profile", "all");
        values.put("status", "contacts");
        values.put("groupadd", "all");
        values.put("calladd", "all");
        values.put("messages", "all");
        return values;
    }
}
