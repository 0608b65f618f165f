package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.pairing.QrCode;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Credentials that a phone has linked, and the way there. */
record Linked(Credentials credentials, LinkedDevice device) {
    /** Registers, shows a code, is scanned, signs, is told to restart. */
    static Linked by(SimulatedPhone phone, LocalWhatsAppServer server) {
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, credentials)) {
            CompletableFuture<LinkedDevice> scan =
                    phone.startScan(codes(client, credentials).get(0));
            Node success = client.take(StanzaMatch.tag("iq").child("pair-success"));
            PairSuccess.Accepted accepted = accepted(success, credentials);
            client.send(accepted.reply());
            assertThat(client.take(StanzaMatch.tag("stream:error")).hasAttribute("code", "515"))
                    .isTrue();
            return new Linked(accepted.updated(), scan.get(10, TimeUnit.SECONDS));
        } catch (Exception e) {
            throw new IllegalStateException("linking failed", e);
        }
    }

    /** Answers pair-device and makes the texts of its codes. */
    static List<String> codes(TestClient client, Credentials credentials) {
        PairDevice pairDevice = PairDevice.parse(
                        client.take(StanzaMatch.tag("iq").child("pair-device")))
                .orElseThrow();
        client.send(pairDevice.reply());
        return pairDevice.refs().stream()
                .map(ref -> QrCode.text(ref, credentials, DeviceProfile.DEFAULT.companionPlatformId()))
                .toList();
    }

    static PairSuccess.Accepted accepted(Node pairSuccess, Credentials credentials) {
        PairSuccess.Result result = PairSuccess.verify(pairSuccess, credentials, Instant.now(), TestClient.RANDOM);
        assertThat(result).isInstanceOf(PairSuccess.Accepted.class);
        return (PairSuccess.Accepted) result;
    }

    /** Logs in and waits for success. */
    TestClient login(LocalWhatsAppServer server) {
        TestClient client = TestClient.connect(server, credentials);
        client.take(StanzaMatch.tag("success"));
        return client;
    }

    /** Logs in and goes active. */
    TestClient goActive(LocalWhatsAppServer server) {
        TestClient client = login(server);
        assertThat(client.query(TestClient.iq("set", "passive", Node.of("active")))
                        .attribute("type"))
                .contains("result");
        return client;
    }
}
