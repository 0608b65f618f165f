package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.media.MediaConnection;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.media.BlobServer;
import dev.whatsappmd.localserver.query.IqHandler;
import dev.whatsappmd.localserver.record.NotSeenError;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client asks for between success and open, and later. */
class BringUpTest {
    @RegisterExtension
    final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();

    private LocalWhatsAppServer server;
    private Linked linked;
    private TestClient client;

    @BeforeEach
    void login() {
        server = whatsApp.server();
        linked = Linked.by(server.phone("4915100000001"), server);
        client = linked.goActive(server);
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void isOpenAtOnceWhenNothingIsOwed() {
        assertThat(client.take(StanzaMatch.tag("ib").child("offline"))
                        .child("offline")
                        .orElseThrow()
                        .attribute("count"))
                .contains("0");
        assertThat(server.awaitOpen(TestClient.LIMIT).index()).isEqualTo(2);
    }

    @Test
    void countsKeepsAndDigestsUploadedPreKeys() throws Exception {
        assertThat(count()).isZero();
        assertThat(errorCode(client.query(TestClient.iq("get", "encrypt", Node.of("digest")))))
                .isEqualTo("404");

        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            keys.add(Curve25519.generateKeyPair(TestClient.RANDOM));
        }
        assertThat(client.query(upload(linked.credentials(), keys)).attribute("type"))
                .contains("result");

        assertThat(count()).isEqualTo(20);
        assertThat(linked.device().preKeyIds()).hasSize(20).startsWith(1, 2, 3);
        Node digest = client.query(TestClient.iq("get", "encrypt", Node.of("digest")))
                .child("digest")
                .orElseThrow();
        assertThat(digest.child("hash").orElseThrow().bytes().orElseThrow()).isEqualTo(hash(keys));
        assertThat(digest.child("list").orElseThrow().children()).hasSize(20);

        linked.device().keepPreKeys(3);
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void refusesAnUploadWhoseSignatureOrIdentityDoesNotHold() {
        KeyPair key = Curve25519.generateKeyPair(TestClient.RANDOM);
        Credentials stranger = dev.whatsappmd.engine.pairing.NewCredentials.generate(TestClient.RANDOM);

        assertThat(errorCode(client.query(upload(stranger, List.of(key))))).isEqualTo("406");

        assertThat(count()).isZero();
        assertThat(server.recording().failures()).hasSize(1);
    }

    @Test
    void rotatesTheSignedPreKeyWhenTheIdentitySignedIt() throws Exception {
        KeyPair key = Curve25519.generateKeyPair(TestClient.RANDOM);
        byte[] good = XEdDsa.sign(
                linked.credentials().identityKey().privateKey(),
                Curve25519.prefixed(key.publicKey()),
                TestClient.RANDOM);
        assertThat(errorCode(client.query(rotation(7, key, new byte[64])))).isEqualTo("406");
        assertThat(linked.device().signedPreKeyId()).isEqualTo(1);

        assertThat(client.query(rotation(7, key, good)).attribute("type")).contains("result");
        assertThat(linked.device().signedPreKeyId()).isEqualTo(7);
    }

    @Test
    void answersTheQueriesOfTheBackground() {
        assertThat(client.query(TestClient.iq("get", "abt", Node.of("props"))).child("props"))
                .isPresent();
        assertThat(client.query(TestClient.iq("get", "blocklist")).child("list"))
                .isPresent();
        assertThat(client.query(TestClient.iq("get", "privacy", Node.of("privacy")))
                        .child("privacy")
                        .orElseThrow()
                        .children("category"))
                .isNotEmpty();
        assertThat(client.query(TestClient.iq("get", "w:p", Node.of("ping"))).attribute("type"))
                .contains("result");
        assertThat(client.query(TestClient.iq("set", "passive", Node.of("passive")))
                        .attribute("type"))
                .contains("result");
    }

    @Test
    void namesItsOwnMediaServer() throws Exception {
        Node answer = client.query(MediaConnection.query().toBuilder());
        MediaConnection connection = MediaConnection.read(answer, Instant.now());
        assertThat(connection.hosts()).containsExactly(server.mediaUrl().replace("http://", ""));
        assertThat(connection.auth()).isEqualTo(BlobServer.AUTH);
        assertThat(connection.isFresh(Instant.now())).isTrue();
    }

    @Test
    void knowsItsOwnAccountsInUsyncAndNobodyElse() {
        Node query = Node.builder("query")
                .child("contact")
                .child("devices")
                .child("lid")
                .build();
        Node list = Node.builder("list")
                .child(Node.builder("user")
                        .attribute("jid", server.phone("4915100000001").jid())
                        .build())
                .child(Node.builder("user")
                        .child(Node.builder("contact").text("+4915199999999").build())
                        .build())
                .build();
        Node usync = client.query(TestClient.iq(
                        "get",
                        "usync",
                        Node.builder("usync")
                                .attribute("sid", "s1")
                                .attribute("mode", "query")
                                .child(query)
                                .child(list)
                                .build()))
                .child("usync")
                .orElseThrow();

        List<Node> users = usync.child("list").orElseThrow().children("user");
        Node known = users.get(0);
        assertThat(known.child("contact").orElseThrow().attribute("type")).contains("in");
        assertThat(known.child("lid").orElseThrow().attribute("val"))
                .contains(server.phone("4915100000001").lid());
        assertThat(known.child("devices")
                        .orElseThrow()
                        .child("device-list")
                        .orElseThrow()
                        .children())
                .extracting(node -> node.attribute("id", ""))
                .containsExactly("0", "1");
        assertThat(users.get(1).child("contact").orElseThrow().attribute("type"))
                .contains("out");
        assertThat(users.get(1).child("devices")).isEmpty();
    }

    @Test
    void refusesAndKeepsAQueryThatItDoesNotKnow() {
        Node answer = client.query(TestClient.iq("get", "w:nonsense"));

        assertThat(errorCode(answer)).isEqualTo("501");
        assertThat(server.unknownQueries())
                .extracting(node -> node.attribute("xmlns", ""))
                .containsExactly("w:nonsense");
    }

    @Test
    void addedHandlersComeFirstUntilTheyAreTakenAway() {
        Runnable remove = server.onIq(StanzaMatch.iq("get", "abt"), IqHandler.error(503, "service-unavailable"));
        assertThat(errorCode(client.query(TestClient.iq("get", "abt", Node.of("props")))))
                .isEqualTo("503");
        remove.run();
        assertThat(client.query(TestClient.iq("get", "abt", Node.of("props"))).attribute("type"))
                .contains("result");
    }

    @Test
    void recordsWhatNeedsNoAnswer() {
        client.send(Node.builder("presence").attribute("type", "available").build());
        client.send(Node.builder("ib")
                .child(Node.builder("unified_session").attribute("id", "42").build())
                .build());

        assertThat(server.takeStanza("presence", TestClient.LIMIT).node().attribute("type"))
                .contains("available");
        assertThat(server.takeStanza(StanzaMatch.tag("ib").child("unified_session"), TestClient.LIMIT)
                        .connection())
                .isEqualTo(2);
        assertThatThrownBy(() -> server.takeStanza("presence", Duration.ofMillis(1)))
                .isInstanceOf(NotSeenError.class)
                .hasMessageContaining("<presence>")
                .hasMessageContaining("connection 2 (generation 2): hello login success active open, live")
                .hasMessageNotContaining("4915100000001");
    }

    @Test
    void asksForASignOfLife() throws Exception {
        CompletableFuture<Node> pong = server.awaitOpen(TestClient.LIMIT).ping();
        Node ping = client.take(StanzaMatch.iq("get", "urn:xmpp:ping"));
        client.send(Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("type", "result")
                .attribute("id", ping.attribute("id"))
                .build());
        assertThat(pong.get(10, TimeUnit.SECONDS).attribute("type")).contains("result");
    }

    @Test
    void aPingFailsWhenTheConnectionEndsFirst() {
        CompletableFuture<Node> pong = server.awaitOpen(TestClient.LIMIT).ping();
        client.close();
        assertThatThrownBy(() -> pong.get(10, TimeUnit.SECONDS)).hasMessageContaining("ended before");
    }

    @Test
    void saysWhatItIsToldToSay() {
        var connection = server.awaitOpen(TestClient.LIMIT);
        connection.sendEdgeRouting(new byte[] {1, 2, 3});
        connection.sendDirty("account_sync", Instant.ofEpochSecond(1_700_000_000));
        connection.sendClientExpiration(Instant.ofEpochSecond(1_800_000_000));
        connection.sendDowngradeWebclient();
        connection.sendDeflated(Node.builder("ib").child("thread_metadata").build());

        Node routing = client.take(StanzaMatch.tag("ib").child("edge_routing"));
        assertThat(routing.child("edge_routing")
                        .orElseThrow()
                        .child("routing_info")
                        .orElseThrow()
                        .bytes()
                        .orElseThrow())
                .containsExactly(1, 2, 3);
        assertThat(client.take(StanzaMatch.tag("ib").child("dirty"))
                        .child("dirty")
                        .orElseThrow()
                        .attribute("timestamp"))
                .contains("1700000000");
        assertThat(client.take(StanzaMatch.tag("ib").child("client_expiration"))
                        .child("client_expiration")
                        .orElseThrow()
                        .attribute("t"))
                .contains("1800000000");
        client.take(StanzaMatch.tag("ib").child("downgrade_webclient"));
        client.take(StanzaMatch.tag("ib").child("thread_metadata"));
    }

    @Test
    void recordsAnAnswerToNothing() {
        client.send(Node.builder("iq")
                .attribute("type", "result")
                .attribute("id", "never-asked")
                .build());
        client.arrivedSoFar();
        assertThat(server.recording().failures()).hasSize(1);
    }

    private int count() {
        return Integer.parseInt(client.query(TestClient.iq("get", "encrypt", Node.of("count")))
                .child("count")
                .orElseThrow()
                .attribute("value", "-1"));
    }

    private static String errorCode(Node answer) {
        return answer.child("error").flatMap(error -> error.attribute("code")).orElse("none");
    }

    private static Node.Builder upload(Credentials credentials, List<KeyPair> keys) {
        Node.Builder list = Node.builder("list");
        for (int i = 0; i < keys.size(); i++) {
            list.child(Node.builder("key")
                    .child(id(i + 1))
                    .child(Node.builder("value").bytes(keys.get(i).publicKey()).build())
                    .build());
        }
        Credentials.SignedPreKey signed = credentials.signedPreKey();
        return TestClient.iq(
                "set",
                "encrypt",
                Node.builder("registration")
                        .bytes(ByteBuffer.allocate(4)
                                .putInt(credentials.registrationId())
                                .array())
                        .build(),
                Node.builder("type").bytes(new byte[] {5}).build(),
                Node.builder("identity")
                        .bytes(credentials.identityKey().publicKey())
                        .build(),
                list.build(),
                skey(signed.id(), signed.keyPair(), signed.signature()));
    }

    private static Node.Builder rotation(int id, KeyPair key, byte[] signature) {
        return TestClient.iq(
                "set",
                "encrypt",
                Node.builder("rotate").child(skey(id, key, signature)).build());
    }

    private static Node skey(int id, KeyPair key, byte[] signature) {
        return Node.builder("skey")
                .child(id(id))
                .child(Node.builder("value").bytes(key.publicKey()).build())
                .child(Node.builder("signature").bytes(signature).build())
                .build();
    }

    private static Node id(int id) {
        return Node.builder("id")
                .bytes(new byte[] {(byte) (id >>> 16), (byte) (id >>> 8), (byte) id})
                .build();
    }

    private byte[] hash(List<KeyPair> keys) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(linked.credentials().identityKey().publicKey());
        all.writeBytes(linked.credentials().signedPreKey().keyPair().publicKey());
        all.writeBytes(linked.credentials().signedPreKey().signature());
        keys.forEach(key -> all.writeBytes(key.publicKey()));
        return MessageDigest.getInstance("SHA-1").digest(all.toByteArray());
    }
}
