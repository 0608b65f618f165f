package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The server's offer to link this device: the references that go into QR codes, one after the other (Baileys
 * Socket/socket.ts, CB:iq,type:set,pair-device).
 *
 * @param id the iq's id
 * @param refs in the order they are to be shown; each is good for one code and for {@link QrCode#lifetime its time}
 */
public record PairDevice(String id, List<String> refs) {
    public PairDevice {
        Objects.requireNonNull(id, "id");
        refs = List.copyOf(refs);
    }

    /**
     * Reads a stanza of the server.
     *
     * @return empty when it is another stanza or has no id to answer to; an offer without any usable reference has an
     *     empty list and still gets its reply
     */
    public static Optional<PairDevice> parse(Node stanza) {
        return PairingStanza.body(stanza, "pair-device")
                .flatMap(body -> stanza.attribute("id").map(id -> new PairDevice(id, refs(body))));
    }

    private static List<String> refs(Node body) {
        return body.children("ref").stream()
                .flatMap(ref -> ref.text().stream())
                .filter(text -> !text.isBlank())
                .toList();
    }

    /** What the server waits for before a phone can use one of the codes. */
    public Node reply() {
        return Node.builder("iq")
                .attribute("to", Jid.SERVER.toString())
                .attribute("type", "result")
                .attribute("id", id)
                .build();
    }

    /**
     * Whether the server wants another ADV secret before more codes are shown: keep {@link
     * NewCredentials#withNewAdvSecret} durably, acknowledge the notification, then draw the present code again (zapo
     * WaPairingFlow.ts).
     */
    public static boolean wantsNewSecret(Node stanza) {
        return stanza.is("notification")
                && PairingStanza.isFromServer(stanza)
                && (stanza.child("companion_reg_refresh").isPresent()
                        || stanza.child("pair-device-rotate-qr").isPresent());
    }

    /** Not the references: with a picture of the rest of a code they would be one. */
    @Override
    public String toString() {
        return "PairDevice[" + refs.size() + " refs]";
    }
}
