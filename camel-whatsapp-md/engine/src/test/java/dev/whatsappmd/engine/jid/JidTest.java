package dev.whatsappmd.engine.jid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JidTest {
    private static final String FILE = "jid.json";

    @TestFactory
    Stream<DynamicTest> readsAsTheReferenceDoes() {
        return Vectors.tests(FILE, "decode", vector -> {
            String text = vector.path("jid").asText();
            JsonNode decoded = vector.path("decoded");
            Optional<Jid> jid = Jid.tryParse(text);
            if (decoded.isNull()) {
                assertThat(jid).isEmpty();
                assertThatIllegalArgumentException().isThrownBy(() -> Jid.parse(text));
                return;
            }
            assertThat(jid).contains(Jid.parse(text));
            check(jid.orElseThrow(), decoded);
            assertThat(jid.orElseThrow().normalized())
                    .hasToString(vector.path("normalized").asText());
            assertThat(predicates(jid.orElseThrow())).isEqualTo(predicates(vector.path("is")));
        });
    }

    private static void check(Jid jid, JsonNode decoded) {
        assertThat(jid.user()).isEqualTo(decoded.path("user").asText());
        assertThat(jid.server()).isEqualTo(decoded.path("server").asText());
        assertThat(jid.domainType()).isEqualTo(decoded.path("domainType").asInt());
        assertThat(jid.device())
                .isEqualTo(
                        decoded.has("device")
                                ? OptionalInt.of(decoded.path("device").asInt())
                                : OptionalInt.empty());
    }

    private static Map<String, Boolean> predicates(Jid jid) {
        Map<String, Boolean> is = new LinkedHashMap<>();
        is.put("pnUser", jid.isPhoneNumber());
        is.put("lidUser", jid.isLid());
        is.put("broadcast", jid.isBroadcast());
        is.put("statusBroadcast", jid.isStatusBroadcast());
        is.put("group", jid.isGroup());
        is.put("newsletter", jid.isNewsletter());
        is.put("hostedPn", jid.isHosted());
        is.put("hostedLid", jid.isHostedLid());
        is.put("bot", jid.isBotNumber());
        is.put("metaAI", jid.isMetaAi());
        return is;
    }

    private static Map<String, Boolean> predicates(JsonNode json) {
        Map<String, Boolean> is = new LinkedHashMap<>();
        json.properties().forEach(e -> is.put(e.getKey(), e.getValue().asBoolean()));
        return is;
    }

    @TestFactory
    Stream<DynamicTest> writesAsTheReferenceDoes() {
        return Vectors.tests(FILE, "encode", vector -> {
            String user = vector.path("user").asText();
            String server = vector.path("server").asText();
            Jid jid = vector.has("device") || vector.has("agent")
                    ? Jid.of(
                            user,
                            server,
                            vector.path("device").asInt(),
                            vector.path("agent").asInt())
                    : Jid.of(user, server);
            assertThat(jid).hasToString(vector.path("jid").asText());
            assertThat(Jid.parse(jid.toString())).isEqualTo(jid);
        });
    }

    @TestFactory
    Stream<DynamicTest> comparesUsersAsTheReferenceDoes() {
        return Vectors.tests(FILE, "sameUser", vector -> {
            Optional<Jid> a = Jid.tryParse(vector.path("a").textValue());
            Optional<Jid> b = Jid.tryParse(vector.path("b").textValue());
            boolean same = a.isPresent() && b.isPresent() ? a.get().sameUser(b.get()) : a.isEmpty() && b.isEmpty();
            assertThat(same).isEqualTo(vector.path("same").asBoolean());
        });
    }

    @TestFactory
    Stream<DynamicTest> takesOverTheDeviceAsTheReferenceDoes() {
        return Vectors.tests(FILE, "transferDevice", vector -> {
            Jid from = Jid.parse(vector.path("from").asText());
            Jid to = Jid.parse(vector.path("to").asText());
            assertThat(to.withDeviceOf(from)).hasToString(vector.path("jid").asText());
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "44480015032:@lid",
                "44480015032:x@lid",
                "44480015032:1:2@lid",
                "44480015032:-1@lid",
                "44480015032:65536@lid",
                "44480015032:99999999999@lid",
                "44480015032_@lid",
                "44480015032_x@lid",
                "44480015032_256@lid",
                "44480015032_1_2@lid",
                "44480015032"
            })
    void refusesWhatIsNoAddressWithoutShowingIt(String text) {
        assertThat(Jid.tryParse(text)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Jid.parse(text))
                .withMessageContaining("user[_agent][:device]@server")
                .withMessageNotContaining("44480015032");
    }

    @Test
    void refusesPartsThatWouldReadAsAnotherAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> Jid.of("44480015032:1", JidServer.LID));
        assertThatIllegalArgumentException().isThrownBy(() -> Jid.of("a@b", JidServer.LID));
        assertThatIllegalArgumentException().isThrownBy(() -> Jid.of("a", JidServer.LID, -1));
        assertThatIllegalArgumentException().isThrownBy(() -> Jid.of("a", JidServer.LID, 65536));
    }

    @Test
    void deviceZeroEqualsNoDevice() {
        Jid phone = Jid.parse("44480015032:0@s.whatsapp.net");
        assertThat(phone)
                .isEqualTo(Jid.parse("44480015032@s.whatsapp.net"))
                .hasSameHashCodeAs(Jid.parse("44480015032@s.whatsapp.net"))
                .isNotEqualTo(phone.withDevice(1));
        assertThat(phone.device()).hasValue(0);
        assertThat(phone.withoutDevice().device()).isEmpty();
        assertThat(phone.withDevice(7)).hasToString("44480015032:7@s.whatsapp.net");
    }

    @Test
    void personsAreUsersAndGroupsAreNot() {
        assertThat(Stream.of("1@s.whatsapp.net", "1@c.us", "1@lid", "1@hosted", "1@hosted.lid"))
                .allMatch(text -> Jid.parse(text).isUser());
        assertThat(Stream.of("1@g.us", "1@newsletter", "status@broadcast", "1@bot"))
                .noneMatch(text -> Jid.parse(text).isUser());
    }

    @Test
    void logTextNeverShowsAFullNumber() {
        assertThat(Jid.parse("44480015032:3@s.whatsapp.net").toLogString()).isEqualTo("…5032:3@s.whatsapp.net");
        assertThat(Jid.parse("4448001@s.whatsapp.net").toLogString()).isEqualTo("…@s.whatsapp.net");
        assertThat(Jid.parse("553648351371-6631178721@g.us").toLogString()).isEqualTo("…8721@g.us");
        assertThat(Jid.parse("x@44480015032").toLogString()).isEqualTo("x@…5032");
        assertThat(Jid.STATUS_BROADCAST.toLogString()).isEqualTo("status@broadcast");
        assertThat(Jid.SERVER.toLogString()).isEqualTo("@s.whatsapp.net");
    }
}
