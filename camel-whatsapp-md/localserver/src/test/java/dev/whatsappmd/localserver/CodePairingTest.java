package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairDevice;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.pairing.PairingCode;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.pairing.PairingRefusedException;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Linking with a typed code: the engine's half against the server and its phone, with a client that does only what it is told. */
class CodePairingTest {
    private static final String NUMBER = "4915100000001";
    private static final StanzaMatch PRIMARY_HELLO = stage("primary_hello");

    private final AtomicReference<Instant> time = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private LocalWhatsAppServer server;
    private SimulatedPhone phone;

    private final Credentials credentials = NewCredentials.generate(TestClient.RANDOM);

    @BeforeEach
    void start() {
        server = LocalWhatsAppServer.builder().clock(clock()).start();
        phone = server.phone(NUMBER);
    }

    @AfterEach
    void stop() {
        server.close();
        assertThat(server.internalFailures()).isEmpty();
    }

    /** Certificates hold for a year around the server's start, so the test's own time does for both sides. */
    private Clock clock() {
        time.set(Instant.now());
        return new Clock() {
            @Override
            public Instant instant() {
                return time.get();
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
    }

    private void pass(Duration duration) {
        time.updateAndGet(now -> now.plus(duration));
    }

    @Test
    void linksAClientWhoseCodeIsTyped() throws Exception {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            CompletableFuture<LinkedDevice> linking = phone.startEnterCode(code.code());

            PairingCode.Finished finished = answerPhone(client, code);
            PairSuccess.Accepted accepted = confirm(client, finished.updated());

            LinkedDevice device = linking.get(10, TimeUnit.SECONDS);
            assertThat(device.jid()).isEqualTo(NUMBER + ":1@s.whatsapp.net");
            assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                    .contains("515");
            try (TestClient again = TestClient.connect(server, accepted.updated())) {
                again.take(StanzaMatch.tag("success"));
            }
        }
        assertThat(server.recording().failures()).isEmpty();
        assertThat(server.unknownQueries()).isEmpty();
    }

    @Test
    void linksHostedAccountsAndOwnCodesTypedWithADash() throws Exception {
        SimulatedPhone hosted =
                server.newPhone("4915100000003").hosted().hostedDevice().create();
        try (TestClient client = register()) {
            PairingCode code = hello(client, "4915100000003", Optional.of("camelcam"));
            CompletableFuture<LinkedDevice> linking = hosted.startEnterCode("came-lcam");
            confirm(client, answerPhone(client, code).updated());
            assertThat(linking.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void saysThatACodeIsWrongAndTakesTheRightOneThen() throws Exception {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.of("ABCD1234"));

            CompletableFuture<LinkedDevice> wrong = phone.startEnterCode("ABCD1235");
            answerPhone(client, code);
            assertThatThrownBy(() -> wrong.get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("wrong code");
            assertThat(phone.devices()).isEmpty();

            CompletableFuture<LinkedDevice> right = phone.startEnterCode("ABCD1234");
            confirm(client, answerPhone(client, code).updated());
            assertThat(right.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void goesOnWithTheLastAnswerToARepeatedHello() throws Exception {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            CompletableFuture<LinkedDevice> linking = phone.startEnterCode(code.code(), 3);
            answerPhone(client, code);
            answerPhone(client, code);
            confirm(client, answerPhone(client, code).updated());
            assertThat(linking.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void refusesACodeThatNobodyAskedFor() {
        assertThatThrownBy(() -> phone.enterCode("ABCD1234"))
                .isInstanceOf(PairingRefusedException.class)
                .hasMessageContaining("no client shows a code");
        assertThatThrownBy(() -> phone.enterCode("ABCD"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8 letters or digits");
        assertThatThrownBy(() -> phone.startEnterCode("ABCD1234", 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesACodeForAnotherPhone() {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            assertThatThrownBy(() -> server.phone("4915100000002").enterCode(code.code()))
                    .hasMessageContaining("no client shows a code");
        }
    }

    @Test
    void refusesACodeAfter180Seconds() {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            pass(PairingCode.LIFETIME);
            assertThatThrownBy(() -> phone.enterCode(code.code()))
                    .isInstanceOf(PairingRefusedException.class)
                    .hasMessageContaining("too old");
        }
    }

    @Test
    void refusesAnAnswerThatComesTooLate() {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            CompletableFuture<LinkedDevice> linking = phone.startEnterCode(code.code());
            Node hello = client.take(PRIMARY_HELLO);
            pass(PairingCode.LIFETIME);
            PairingCode.Finished finished = (PairingCode.Finished) code.finish(hello, credentials, TestClient.RANDOM);
            assertThat(errorCode(client.query(finished.request().toBuilder()))).isEqualTo("404");
            assertThatThrownBy(() -> linking.get(10, TimeUnit.SECONDS)).hasMessageContaining("too old");
        }
    }

    @Test
    void refusesTheCodeOfAConnectionThatHasEnded() {
        CompletableFuture<LinkedDevice> typed;
        PairingCode code;
        try (TestClient client = register()) {
            code = hello(client, Optional.empty());
            typed = phone.startEnterCode(code.code());
            client.take(PRIMARY_HELLO);
        }
        server.awaitAllClosed(TestClient.LIMIT);
        assertThatThrownBy(() -> typed.get(10, TimeUnit.SECONDS)).hasMessageContaining("connection ended");
        assertThatThrownBy(() -> phone.enterCode(code.code())).hasMessageContaining("connection has ended");
    }

    @Test
    void aNewRequestReplacesTheCodeBefore() throws Exception {
        try (TestClient client = register()) {
            PairingCode first = hello(client, Optional.of("AAAA1111"));
            CompletableFuture<LinkedDevice> typed = phone.startEnterCode("AAAA1111");
            Node late = client.take(PRIMARY_HELLO);

            PairingCode second = hello(client, Optional.of("BBBB2222"));

            assertThatThrownBy(() -> typed.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            Node finish = ((PairingCode.Finished) first.finish(late, credentials, TestClient.RANDOM)).request();
            assertThat(errorCode(client.query(finish.toBuilder()))).isEqualTo("404");
            CompletableFuture<LinkedDevice> linking = phone.startEnterCode("BBBB2222");
            confirm(client, answerPhone(client, second).updated());
            assertThat(linking.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
    }

    @Test
    void takesACodeBackOnCommand() {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());

            phone.refreshCode();

            Node refresh = client.take(stage("refresh_code"));
            assertThat(code.isRefresh(refresh)).isTrue();
            assertThatThrownBy(() -> phone.enterCode(code.code())).hasMessageContaining("taken back");
            assertThatThrownBy(() -> phone.refreshCode()).isInstanceOf(PairingRefusedException.class);
        }
    }

    @Test
    void asksForANewSecretInBothWays() {
        try (TestClient client = register()) {
            hello(client, Optional.empty());
            server.liveConnections().get(0).sendRegistrationRefresh();
            server.liveConnections().get(0).sendRotateQr();

            Node first = client.take(StanzaMatch.tag("notification").child("companion_reg_refresh"));
            Node second = client.take(StanzaMatch.tag("notification").child("pair-device-rotate-qr"));
            assertThat(PairDevice.wantsNewSecret(first)).isTrue();
            assertThat(PairDevice.wantsNewSecret(second)).isTrue();
            assertThat(first.attribute("id")).isPresent().isNotEqualTo(second.attribute("id"));
        }
    }

    @Test
    void refusesRequestsOnCommand() {
        Runnable again = server.refusePairingCodes(429, "rate-overlimit");
        try (TestClient client = register()) {
            PairingCode code = PairingCode.create(NUMBER, Optional.empty(), TestClient.RANDOM);
            Node.Builder request = code.hello(credentials, DeviceProfile.DEFAULT, TestClient.RANDOM).toBuilder();
            assertThat(errorCode(client.query(request))).isEqualTo("429");
            again.run();
            assertThat(client.query(request).attribute("type")).contains("result");
        }
    }

    @Test
    void refusesRequestsThatWhatsAppWouldRefuse() {
        try (TestClient client = register()) {
            assertThat(helloWith(client, "companion_platform_display", "Chrome (Apache Camel)"))
                    .isEqualTo("400");
            assertThat(helloWith(client, "companion_platform_display", "Chrome"))
                    .isEqualTo("400");
            assertThat(helloWith(client, "companion_platform_id", "0")).isEqualTo("400");
            assertThat(helloWith(client, "link_code_pairing_wrapped_companion_ephemeral_pub", "short"))
                    .isEqualTo("400");
            assertThat(helloWith(client, "companion_server_auth_key_pub", "another"))
                    .isEqualTo("400");
            assertThat(errorCode(client.query(PairingCode.create("4915199999999", Optional.empty(), TestClient.RANDOM)
                            .hello(credentials, DeviceProfile.DEFAULT, TestClient.RANDOM)
                            .toBuilder())))
                    .isEqualTo("404");
        }
        assertThat(server.recording().failures()).hasSize(6);
    }

    @Test
    void refusesAFinishThatNothingWasSaidBefore() {
        try (TestClient client = register()) {
            PairingCode code = hello(client, Optional.empty());
            phone.startEnterCode(code.code());
            Node hello = client.take(PRIMARY_HELLO);
            Node finish = ((PairingCode.Finished) code.finish(hello, credentials, TestClient.RANDOM)).request();
            Node otherIdentity = changed(
                    finish,
                    "companion_identity_public",
                    Curve25519.generateKeyPair(TestClient.RANDOM).publicKey());
            assertThat(errorCode(client.query(otherIdentity.toBuilder()))).isEqualTo("400");
            Node otherRef = changed(finish, "link_code_pairing_ref", new byte[] {1});
            assertThat(errorCode(client.query(otherRef.toBuilder()))).isEqualTo("404");
        }
        Linked linked = Linked.by(phone, server);
        try (TestClient client = linked.login(server)) {
            Node hello = PairingCode.create(NUMBER, Optional.empty(), TestClient.RANDOM)
                    .hello(linked.credentials(), DeviceProfile.DEFAULT, TestClient.RANDOM);
            assertThat(errorCode(client.query(hello.toBuilder()))).isEqualTo("400");
        }
    }

    @Test
    void aCodeAndAScanTogetherLinkOnce() throws Exception {
        try (TestClient client = TestClient.connect(server, credentials)) {
            String qr = Linked.codes(client, credentials).get(0);
            PairingCode code = hello(client, Optional.empty());
            CompletableFuture<LinkedDevice> typed = phone.startEnterCode(code.code());
            PairingCode.Finished finished = answerPhone(client, code);
            assertThatThrownBy(() -> phone.startScan(qr).get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(PairingRefusedException.class);
            confirm(client, finished.updated());
            assertThat(typed.get(10, TimeUnit.SECONDS).id()).isEqualTo(1);
        }
        assertThat(phone.devices()).hasSize(1);
    }

    @Test
    void takesALinkBackAtEveryMomentAfterIt() {
        for (Moment moment : new Moment[] {Moment.PAIRED, Moment.LOGIN, Moment.SUCCESS, Moment.ACTIVE, Moment.OPEN}) {
            server.script().clear().onNext(moment, ServerClose.unlink());
            LinkedDevice device;
            if (moment == Moment.PAIRED) {
                device = linkExpecting("401").device();
            } else {
                Linked linked = linkExpecting("515");
                device = linked.device();
                try (TestClient client = TestClient.connect(server, linked.credentials())) {
                    if (moment == Moment.ACTIVE || moment == Moment.OPEN) {
                        client.send(TestClient.iq("set", "passive", Node.of("active"))
                                .attribute("id", "a")
                                .build());
                    }
                    assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                            .contains("401");
                }
            }
            assertThat(device.isRemoved()).as("removed at %s", moment).isTrue();
            assertThat(phone.devices()).isEmpty();
        }
    }

    private Linked linkExpecting(String streamError) {
        Credentials own = NewCredentials.generate(TestClient.RANDOM);
        try (TestClient client = TestClient.connect(server, own)) {
            CompletableFuture<LinkedDevice> scan =
                    phone.startScan(Linked.codes(client, own).get(0));
            PairSuccess.Accepted accepted =
                    Linked.accepted(client.take(StanzaMatch.tag("iq").child("pair-success")), own);
            client.send(accepted.reply());
            assertThat(client.take(StanzaMatch.tag("stream:error")).attribute("code"))
                    .contains(streamError);
            return new Linked(accepted.updated(), scan.join());
        }
    }

    private TestClient register() {
        TestClient client = TestClient.connect(server, credentials);
        Linked.codes(client, credentials);
        return client;
    }

    private PairingCode hello(TestClient client, Optional<String> ownCode) {
        return hello(client, NUMBER, ownCode);
    }

    private PairingCode hello(TestClient client, String number, Optional<String> ownCode) {
        PairingCode code = PairingCode.create(number, ownCode, TestClient.RANDOM);
        Node answer = client.query(code.hello(credentials, DeviceProfile.DEFAULT, TestClient.RANDOM).toBuilder());
        assertThat(answer.attribute("type")).contains("result");
        return code.answered(answer);
    }

    /** Answers primary_hello; the server takes the answer. */
    private PairingCode.Finished answerPhone(TestClient client, PairingCode code) {
        Node hello = client.take(PRIMARY_HELLO);
        PairingCode.Finished finished = (PairingCode.Finished) code.finish(hello, credentials, TestClient.RANDOM);
        assertThat(client.query(finished.request().toBuilder()).attribute("type"))
                .contains("result");
        return finished;
    }

    private static PairSuccess.Accepted confirm(TestClient client, Credentials with) {
        PairSuccess.Accepted accepted =
                Linked.accepted(client.take(StanzaMatch.tag("iq").child("pair-success")), with);
        client.send(accepted.reply());
        return accepted;
    }

    private String helloWith(TestClient client, String tag, String content) {
        Node hello = PairingCode.create(NUMBER, Optional.empty(), TestClient.RANDOM)
                .hello(credentials, DeviceProfile.DEFAULT, TestClient.RANDOM);
        return errorCode(client.query(changed(hello, body -> Node.builder(tag).text(content), tag).toBuilder()));
    }

    private static Node changed(Node request, String tag, byte[] content) {
        return changed(request, body -> body.bytes(content), tag);
    }

    private static Node changed(Node request, UnaryOperator<Node.Builder> change, String tag) {
        Node body = request.children().get(0);
        Node.Builder other = Node.builder(body.tag());
        body.attributes().forEach(other::attribute);
        body.children()
                .forEach(child -> other.child(
                        child.is(tag) ? change.apply(Node.builder(tag)).build() : child));
        Node.Builder all = Node.builder(request.tag());
        request.attributes().forEach(all::attribute);
        return all.child(other.build()).build();
    }

    private static String errorCode(Node answer) {
        return answer.child("error").flatMap(error -> error.attribute("code")).orElse("none: " + answer);
    }

    private static StanzaMatch stage(String stage) {
        return StanzaMatch.tag("notification").also(stage, node -> node.child("link_code_companion_reg")
                .filter(body -> body.hasAttribute("stage", stage))
                .isPresent());
    }
}
