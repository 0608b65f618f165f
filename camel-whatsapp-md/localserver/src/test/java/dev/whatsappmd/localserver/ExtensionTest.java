package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.localserver.record.StanzaMatch;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The server as a JUnit extension: one per class here, one per test in the other test classes. */
class ExtensionTest {
    @RegisterExtension
    static final LocalWhatsAppServerExtension FOR_CLASS = new LocalWhatsAppServerExtension();

    @RegisterExtension
    final LocalWhatsAppServerExtension forTest = new LocalWhatsAppServerExtension();

    private static final Set<LocalWhatsAppServer> SEEN_FOR_CLASS = new HashSet<>();
    private static final Set<LocalWhatsAppServer> SEEN_FOR_TEST = new HashSet<>();

    @RepeatedTest(2)
    void aStaticFieldLivesForTheClassAndAnInstanceFieldForTheTest() {
        SEEN_FOR_CLASS.add(FOR_CLASS.server());
        assertThat(SEEN_FOR_CLASS).hasSize(1);
        assertThat(SEEN_FOR_TEST.add(forTest.server())).isTrue();
    }

    @Test
    void thereIsNoServerOutsideATest() {
        assertThatThrownBy(() -> new LocalWhatsAppServerExtension().server())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("@RegisterExtension");
    }

    @Test
    void aFailedTestSaysWhatTheServerSaw() {
        Linked.by(forTest.server().phone("4915100000001"), forTest.server());
        AssertionError failure = new AssertionError("expected: 1");

        assertThatThrownBy(() -> forTest.handleTestExecutionException(null, failure))
                .isSameAs(failure);

        assertThat(failure.getSuppressed()[0])
                .hasMessageContaining("the local server saw")
                .hasMessageContaining("hello registration paired");
    }

    @Test
    void aHandlerThatThrowsFailsTheTestAndAnswersTheClient() {
        LocalWhatsAppServerExtension own = new LocalWhatsAppServerExtension();
        own.beforeEach(null);
        LocalWhatsAppServer server = own.server();
        server.onIq(StanzaMatch.iq("get", "abt"), query -> {
            throw new IllegalStateException("bug of the test");
        });
        Linked linked = Linked.by(server.phone("4915100000001"), server);
        try (TestClient client = linked.goActive(server)) {
            assertThat(client.query(TestClient.iq("get", "abt"))
                            .child("error")
                            .flatMap(error -> error.attribute("code")))
                    .contains("500");
        }
        assertThatThrownBy(() -> own.afterEach(null))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("bug of the test");
    }
}
