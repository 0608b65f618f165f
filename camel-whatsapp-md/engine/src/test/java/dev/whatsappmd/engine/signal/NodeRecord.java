package dev.whatsappmd.engine.signal;

import static dev.whatsappmd.engine.Vectors.b64;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.crypto.Curve25519;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The session records of the other implementation, as the vectors print them. */
final class NodeRecord {
    private static final int RECEIVING = 2;
    private static final int OPEN = -1;

    private NodeRecord() {}

    /** The same record as one of ours. */
    static SessionRecord read(JsonNode json) {
        SessionState current = null;
        List<SessionState> archived = new ArrayList<>();
        for (JsonNode session : json.path("_sessions")) {
            if (session.path("indexInfo").path("closed").asLong() == OPEN) {
                current = state(session);
            } else {
                archived.add(state(session));
            }
        }
        return new SessionRecord(current, archived);
    }

    private static SessionState state(JsonNode session) {
        JsonNode ratchet = session.path("currentRatchet");
        byte[] ownRatchet = b64(ratchet.path("ephemeralKeyPair").path("pubKey"));
        List<SessionState.Receiving> receiving = new ArrayList<>();
        MessageChain sending = null;
        for (Map.Entry<String, JsonNode> entry : session.path("_chains").properties()) {
            byte[] key = Base64.getDecoder().decode(entry.getKey());
            JsonNode chain = entry.getValue().path("chainKey");
            MessageChain ours = new MessageChain(
                    b64(chain.path("key")), chain.path("counter").asLong() + 1);
            if (entry.getValue().path("chainType").asInt() == RECEIVING) {
                receiving.add(new SessionState.Receiving(raw(key), ours));
            } else if (Arrays.equals(key, ownRatchet)) {
                sending = ours;
            }
        }
        return new SessionState(
                raw(b64(session.path("indexInfo").path("baseKey"))),
                raw(b64(session.path("indexInfo").path("remoteIdentityKey"))),
                session.path("registrationId").asInt(),
                b64(ratchet.path("rootKey")),
                Curve25519.keyPairOf(b64(ratchet.path("ephemeralKeyPair").path("privKey"))),
                raw(b64(ratchet.path("lastRemoteEphemeralKey"))),
                sending,
                ratchet.path("previousCounter").asLong(),
                receiving,
                null);
    }

    private static byte[] raw(byte[] prefixed) {
        assertThat(prefixed).hasSize(33).startsWith(5);
        return Arrays.copyOfRange(prefixed, 1, 33);
    }

    /** Both hold the same sessions with the same keys, counters and overtaken messages. */
    static void assertSame(SessionRecord ours, JsonNode json) {
        assertThat(ours.states()).hasSize(json.path("_sessions").size());
        for (JsonNode session : json.path("_sessions")) {
            byte[] baseKey = raw(b64(session.path("indexInfo").path("baseKey")));
            byte[] identity = raw(b64(session.path("indexInfo").path("remoteIdentityKey")));
            SessionState state = ours.openedBy(baseKey, identity).orElseThrow();
            boolean open = session.path("indexInfo").path("closed").asLong() == OPEN;
            assertThat(state == ours.current()).as("is the current one").isEqualTo(open);
            assertSame(state, session);
        }
    }

    private static void assertSame(SessionState state, JsonNode session) {
        JsonNode ratchet = session.path("currentRatchet");
        assertThat(state.remoteRegistrationId())
                .isEqualTo(session.path("registrationId").asInt());
        assertThat(state.rootKey()).as("root key").isEqualTo(b64(ratchet.path("rootKey")));
        assertThat(state.ratchet().publicKey())
                .as("our ratchet key")
                .isEqualTo(raw(b64(ratchet.path("ephemeralKeyPair").path("pubKey"))));
        assertThat(state.remoteRatchetKey())
                .as("their ratchet key")
                .isEqualTo(raw(b64(ratchet.path("lastRemoteEphemeralKey"))));
        assertThat(state.previousCounter())
                .isEqualTo(ratchet.path("previousCounter").asLong());
        for (Map.Entry<String, JsonNode> entry : session.path("_chains").properties()) {
            byte[] key = raw(Base64.getDecoder().decode(entry.getKey()));
            JsonNode chain = entry.getValue();
            if (chain.path("chainType").asInt() == RECEIVING) {
                MessageChain receiving = state.receiving().stream()
                        .filter(of -> Arrays.equals(of.ratchetKey(), key))
                        .findFirst()
                        .orElseThrow()
                        .chain();
                assertSame(receiving, chain);
            } else if (Arrays.equals(key, state.ratchet().publicKey())) {
                assertSame(state.sending(), chain);
            }
        }
    }

    private static void assertSame(MessageChain chain, JsonNode json) {
        // The other one deletes the key of a chain that a ratchet step has ended.
        if (json.path("chainKey").has("key")) {
            assertThat(chain.key())
                    .as("chain key")
                    .isEqualTo(b64(json.path("chainKey").path("key")));
            assertThat(chain.next())
                    .isEqualTo(json.path("chainKey").path("counter").asLong() + 1);
        }
        for (Map.Entry<String, JsonNode> skipped : json.path("messageKeys").properties()) {
            int index = chain.skipped().indexOf(Long.parseLong(skipped.getKey()));
            assertThat(index).as("seed of counter " + skipped.getKey()).isNotNegative();
            assertThat(chain.skipped().seed(index)).isEqualTo(b64(skipped.getValue()));
        }
        assertThat(chain.skipped().size()).isEqualTo(json.path("messageKeys").size());
    }
}
