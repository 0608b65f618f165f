package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/reconnect.md has every kind and every name of Baileys' documents, and its options do what it says. */
class ReconnectDocumentTest {
    private static final Pattern OPTION = Pattern.compile("`on\\.([A-Za-z0-9_.]+)=([a-z]+(?::[0-9]+[smh])?)`");

    private static String page;

    @BeforeAll
    static void read() throws Exception {
        page = Files.readString(Path.of("..", "..", "docs", "reconnect.md"));
    }

    @ParameterizedTest
    @EnumSource
    void hasEveryKind(WhatsAppDisconnectKind kind) {
        assertThat(page).contains(kind.name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connectionClosed",
                "connectionLost",
                "connectionReplaced",
                "timedOut",
                "loggedOut",
                "badSession",
                "restartRequired",
                "multideviceMismatch",
                "forbidden",
                "unavailableService"
            })
    void hasARowForEveryReasonOfTheDocuments(String reason) {
        assertThat(page.lines()).anyMatch(line -> line.startsWith("| `" + reason + "` "));
    }

    @Test
    void everyOptionInItIsOne() {
        List<MatchResult> options = OPTION.matcher(page).results().toList();
        assertThat(options).hasSizeGreaterThan(10);
        assertThat(options).allSatisfy(option -> assertThatCode(() -> WhatsAppReconnect.policy(
                        ReconnectSettings.defaults(), Map.of(option.group(1), option.group(2))))
                .as(option.group())
                .doesNotThrowAnyException());
    }

    @Test
    void badSessionStopsWhenAskedToAndStillClearsNothing() {
        Node error = Node.builder("stream:error").child("system-shutdown").build();
        for (Map<String, String> on : List.of(Map.<String, String>of(), Map.of("badSession", "stop"))) {
            MachineWorld world = MachineWorld.of(Identities.LINKED, ReconnectSettings.defaults(), on);
            world.go(Phase.OPEN);
            Credentials before = world.stored();
            world.receive(error);
            assertThat(world.lastClose().lastDisconnect().reason()).isEqualTo("badSession");
            assertThat(world.lastClose().reconnect().action()).isEqualTo(on.isEmpty() ? "backoff" : "stop");
            assertThat(world.stored().identityKey()).isEqualTo(before.identityKey());
            assertThat(world.stored().revocation()).isEmpty();
        }
    }
}
