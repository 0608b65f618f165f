package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.noise.UntrustedServerException;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Chains with one thing wrong: a strict client names that thing, and the handshake around them is in order. */
class CertificateFaultTest {
    private static final Map<CertificateFault, String> NAMED = new EnumMap<>(Map.ofEntries(
            Map.entry(CertificateFault.EXPIRED, "intermediate certificate holds from"),
            Map.entry(CertificateFault.INTERMEDIATE_EXPIRED, "intermediate certificate holds from"),
            Map.entry(CertificateFault.LEAF_NOT_YET_VALID, "leaf certificate holds from"),
            Map.entry(CertificateFault.LEAF_SIGNED_BY_ROOT, "leaf certificate is not signed by its intermediate one"),
            Map.entry(CertificateFault.SHORT_INTERMEDIATE_KEY, "key of the server's intermediate certificate has 31"),
            Map.entry(CertificateFault.UNREADABLE_INTERMEDIATE, "intermediate certificate cannot be read"),
            Map.entry(CertificateFault.UNREADABLE_LEAF, "leaf certificate cannot be read"),
            Map.entry(CertificateFault.UNSIGNED_INTERMEDIATE, "no complete intermediate certificate"),
            Map.entry(CertificateFault.UNSIGNED_LEAF, "no complete leaf certificate"),
            Map.entry(CertificateFault.LEAF_EXPIRED, "leaf certificate holds from"),
            Map.entry(CertificateFault.NOT_YET_VALID, "intermediate certificate holds from"),
            Map.entry(CertificateFault.WRONG_ISSUER_SERIAL, "intermediate certificate names serial 7 as its issuer"),
            Map.entry(CertificateFault.WRONG_LEAF_ISSUER_SERIAL, "leaf certificate names serial 7 as its issuer"),
            Map.entry(CertificateFault.OTHER_ROOT, "intermediate certificate is not signed by the trusted root"),
            Map.entry(CertificateFault.OTHER_KEY, "is not the key that the server has in the handshake"),
            Map.entry(CertificateFault.BAD_INTERMEDIATE_SIGNATURE, "is not signed by the trusted root"),
            Map.entry(CertificateFault.BAD_LEAF_SIGNATURE, "leaf certificate is not signed by its intermediate one"),
            Map.entry(CertificateFault.NO_INTERMEDIATE, "no complete intermediate certificate"),
            Map.entry(CertificateFault.NO_LEAF, "no complete leaf certificate"),
            Map.entry(CertificateFault.GARBAGE_CHAIN, "certificate chain of 200 bytes cannot be read"),
            Map.entry(CertificateFault.EMPTY_CHAIN, "no complete intermediate certificate")));

    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    @ParameterizedTest
    @EnumSource
    void showsAChainWithOneThingWrong(CertificateFault fault) {
        LocalWhatsAppServer server = whatsApp.server();
        server.script().onHello(1, fault);
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.open(server)) {
            assertThatThrownBy(() -> client.shakeHands(server, credentials))
                    .cause()
                    .isInstanceOf(UntrustedServerException.class)
                    .hasMessageContaining(NAMED.get(fault));
        }
        try (TestClient client = TestClient.connect(server, credentials)) {
            client.take(StanzaMatch.tag("iq").child("pair-device"));
        }
        assertThat(server.connections().get(0).record().faults()).containsExactly(fault);
    }

    @Test
    void theHandshakeGoesOnWithAClientThatTakesTheChain() {
        LocalWhatsAppServer server = whatsApp.server();
        server.script().onHello(1, CertificateFault.EXPIRED);
        Credentials credentials = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.open(server)) {
            Instant whenItHeld = Instant.now().minus(Duration.ofDays(2));
            client.shakeHands(server, credentials, TestClient.payload(credentials), whenItHeld);
            client.take(StanzaMatch.tag("iq").child("pair-device"));
        }
        assertThat(server.recording().failures()).isEmpty();
    }
}
