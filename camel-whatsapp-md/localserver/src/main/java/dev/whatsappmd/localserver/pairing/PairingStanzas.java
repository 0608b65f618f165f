package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.time.Instant;
import java.util.List;

/** What the server sends while a device is linked; the shapes are those of the vectors ({@code pairing.json}). */
final class PairingStanzas {
    private PairingStanzas() {}

    static Node pairDevice(List<String> refs) {
        Node.Builder pairDevice = Node.builder("pair-device");
        refs.forEach(ref -> pairDevice.child(Node.builder("ref").text(ref).build()));
        return iq().child(pairDevice.build()).build();
    }

    static Node pairSuccess(Account account, int deviceId, byte[] sealedIdentity, Instant at) {
        Node.Builder success = Node.builder("pair-success")
                .child(Node.builder("device-identity").bytes(sealedIdentity).build());
        account.profile()
                .businessName()
                .ifPresent(name -> success.child(
                        Node.builder("biz").attribute("name", name).build()));
        success.child(Node.builder("device")
                .attribute("jid", account.jid().withDevice(deviceId).toString())
                .attribute("lid", account.lid().withDevice(deviceId).toString())
                .build());
        success.child(Node.builder("platform")
                .attribute("name", account.profile().platform())
                .build());
        return iq().attribute("t", Long.toString(at.getEpochSecond()))
                .child(success.build())
                .build();
    }

    private static Node.Builder iq() {
        return Node.builder("iq")
                .attribute("from", ServerConnection.SERVER)
                .attribute("type", "set")
                .attribute("xmlns", "md");
    }
}
