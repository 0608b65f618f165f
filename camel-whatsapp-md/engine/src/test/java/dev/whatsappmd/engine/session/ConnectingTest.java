package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From the start to the answer of the login. */
class ConnectingTest {
    private static final DeviceConfig DEVICE = DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT);

    @Test
    void tellsConnectingBeforeItDials() {
        MachineWorld world = MachineWorld.of(Identities.NEW);

        world.start();

        assertThat(world.course).startsWith("LoadDeliveries", "tell connecting").endsWith("Connect");
        ConnectionUpdate connecting = world.updates.get(0);
        assertThat(connecting.generation()).isEqualTo(1);
        assertThat(connecting.receivedPendingNotifications()).isFalse();
        assertThat(world.machine.status().phase()).isEqualTo("dialing");
    }

    @Test
    void startsOnlyOnce() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.start();
        assertThat(world.dialed).hasSize(1);
    }

    @Test
    void registersADeviceThatIsNotLinked() {
        MachineWorld world = MachineWorld.of(Identities.NEW);

        world.start();
        world.handshake();

        assertThat(world.dialed.get(0).clientPayload()).isEqualTo(ClientPayloads.registration(Identities.NEW, DEVICE));
        assertThat(world.dialed.get(0).noiseKey()).isEqualTo(Identities.NEW.noiseKey());
        assertThat(world.machine.phase()).isEqualTo(Phase.PAIRING);
    }

    @Test
    void logsInADeviceThatIsLinked() {
        MachineWorld world = MachineWorld.of(Identities.LINKED);

        world.start();
        world.handshake();

        assertThat(world.dialed.get(0).clientPayload())
                .isEqualTo(ClientPayloads.login(
                        Identities.LINKED.account().orElseThrow().id(), DEVICE));
        assertThat(world.machine.phase()).isEqualTo(Phase.LOGGING_IN);
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            names = {"DIALING", "PAIRED", "LOGGING_IN"})
    void givesUpAStepThatTakesLongerThanConnectTimeout(Phase phase) {
        MachineWorld world = MachineWorld.in(phase);

        world.advanceUnanswered(Duration.ofSeconds(19));
        assertThat(world.closes()).isEmpty();
        world.advanceUnanswered(Duration.ofSeconds(1));

        assertThat(world.lastClose().lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.UNREACHABLE);
        assertThat(world.lastClose().lastDisconnect().reason()).isEqualTo("timedOut");
        assertThat(world.lastClose().lastDisconnect().error().message()).contains("connectTimeout=20000ms");
    }

    @Test
    void givesEachStepItsOwnTime() {
        MachineWorld world = MachineWorld.of(Identities.LINKED);
        world.start();
        world.advance(Duration.ofSeconds(19));
        world.handshake();
        world.advanceUnanswered(Duration.ofSeconds(19));
        world.receive(Stanzas.success());

        assertThat(world.closes()).isEmpty();
        assertThat(world.machine.phase()).isEqualTo(Phase.BRINGING_UP);
    }

    @Test
    void dropsWhatAnOlderConnectionStillSays() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        world.lost();
        world.nextAttempt();
        int told = world.updates.size();
        int sent = world.sent.size();

        world.input(new Input.HandshakeDone(1));
        world.input(new Input.Heard(1));
        world.input(new Input.Received(1, Stanzas.streamError("401")));
        world.input(new Input.Ended(1, DisconnectCause.streamEnd()));
        world.input(new Input.PreKeysLoaded(1, Identities.PRE_KEYS, true));

        assertThat(world.machine.phase()).isEqualTo(Phase.DIALING);
        assertThat(world.updates).hasSize(told);
        assertThat(world.sent).hasSize(sent);
    }

    @Test
    void countsOnlyTheFirstSuccess() {
        MachineWorld world = MachineWorld.in(Phase.OPEN);
        Credentials before = world.stored();

        world.receive(Stanzas.success("1768478400", "111:9@lid"));

        assertThat(world.stored()).isSameAs(before);
        assertThat(world.times(ConnectionState.OPEN)).isEqualTo(1);
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }

    @Test
    void keepsTheLidAndTheNameThatTheServerTells() {
        MachineWorld world = MachineWorld.in(Phase.LOGGING_IN);

        world.receive(Node.builder("success")
                .attribute("t", "1768478400")
                .attribute("lid", "1234567:7@lid")
                .attribute("display_name", "Support")
                .build());

        Credentials.Account account = world.stored().account().orElseThrow();
        assertThat(account.lid().orElseThrow()).hasToString("1234567:7@lid");
        assertThat(account.pushName()).contains("Support");
        assertThat(account.id())
                .isEqualTo(Identities.LINKED.account().orElseThrow().id());
    }

    @Test
    void showsItsNameAsPresenceOnceOpen() {
        MachineWorld world = MachineWorld.in(Phase.LOGGING_IN);
        world.receive(Stanzas.success().toBuilder()
                .attribute("display_name", "Support")
                .build());
        world.receive(Stanzas.answer(world.asked("count")));
        world.receive(Stanzas.answer(world.asked("active")));
        world.receive(Stanzas.answer(world.asked("digest")));

        Node presence = world.sent.stream()
                .filter(node -> node.is("presence"))
                .findFirst()
                .orElseThrow();
        assertThat(presence.attribute("name")).contains("Support");
        assertThat(presence.attribute("type")).contains("unavailable");
        assertThat(world.updates).anyMatch(update -> Boolean.FALSE.equals(update.isOnline()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4915550001234:7@s.whatsapp.net", "no address@", "98765432101234:7@lid"})
    void savesNothingWhenTheServerTellsNothingNew(String lid) {
        MachineWorld world = MachineWorld.in(Phase.LOGGING_IN);
        world.course.clear();

        world.receive(Stanzas.success("1768478400", lid));

        assertThat(world.course).doesNotContain("Save").contains("send get count");
        assertThat(world.machine.phase()).isEqualTo(Phase.BRINGING_UP);
    }

    @Test
    void clearsARevocationThatTheServerDoesNotKnowOf() {
        MachineWorld world = MachineWorld.of(Identities.REVOKED);
        assertThat(world.machine.status().registered()).isFalse();

        world.start();
        world.open();

        assertThat(world.stored().revocation()).isEmpty();
        assertThat(world.machine.status().registered()).isTrue();
    }

    /** The server is an hour ahead of the world. */
    @Test
    void tellsItsUnifiedSessionByTheServersClock() {
        long week = Duration.ofDays(7).toMillis();
        MachineWorld hourAhead = MachineWorld.in(Phase.LOGGING_IN);
        hourAhead.receive(Stanzas.success("1768482000", "98765432101234:7@lid"));
        hourAhead.receive(Stanzas.answer(hourAhead.asked("count")));
        hourAhead.receive(Stanzas.answer(hourAhead.asked("active")));
        hourAhead.receive(Stanzas.answer(hourAhead.asked("digest")));

        long expected = (1_768_482_000_000L + Duration.ofDays(3).toMillis()) % week;
        assertThat(hourAhead.sent).last().satisfies(ib -> assertThat(
                        ib.child("unified_session").orElseThrow().attribute("id"))
                .contains(Long.toString(expected)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-1768478400", "9223372036854775807", "99999999999999999999"})
    void opensWhateverTheServersTimeIs(String time) {
        MachineWorld world = MachineWorld.in(Phase.LOGGING_IN);
        world.receive(Stanzas.success(time, ""));
        world.answerAll();
        assertThat(world.machine.phase()).isEqualTo(Phase.OPEN);
    }
}
