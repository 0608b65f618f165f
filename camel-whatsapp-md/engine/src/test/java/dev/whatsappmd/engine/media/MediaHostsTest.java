package dev.whatsappmd.engine.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.media.MediaException.Reason;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message must not be able to send us, or a credential, to a host of its choice. */
class MediaHostsTest {
    private static MediaConnection naming(String... hosts) {
        return new MediaConnection("auth", Duration.ofHours(1), Duration.ofHours(1), List.of(hosts), Instant.EPOCH);
    }

    @Test
    void asksTheServersHostsInTheirOrderAndTheMessagesLast() throws Exception {
        assertThat(MediaHosts.whatsApp()
                        .origins(
                                naming("media-a.cdn.whatsapp.net", "evil.example", "MMG.whatsapp.net"),
                                Optional.of("https://media-z.cdn.whatsapp.net/v/x?y=1")))
                .containsExactly(
                        URI.create("https://media-a.cdn.whatsapp.net"),
                        URI.create("https://mmg.whatsapp.net"),
                        URI.create("https://media-z.cdn.whatsapp.net"));
    }

    @Test
    void hasAHostWhenNobodyNamesOne() throws Exception {
        assertThat(MediaHosts.whatsApp().origins(null, Optional.empty()))
                .containsExactly(URI.create("https://mmg.whatsapp.net"));
    }

    @Test
    void asksOnlyTheConfiguredOne() throws Exception {
        MediaHosts hosts = MediaHosts.only(URI.create("http://127.0.0.1:8080/"));
        assertThat(hosts.origins(naming("mmg.whatsapp.net"), Optional.of("https://mmg.whatsapp.net/v/x")))
                .containsExactly(URI.create("http://127.0.0.1:8080"));
        assertThat(hosts.allows(URI.create("http://127.0.0.1:8080/v/y"))).isTrue();
        assertThat(hosts.allows(URI.create("http://127.0.0.1:8081/v/y"))).isFalse();
        assertThat(hosts.allows(URI.create("https://mmg.whatsapp.net/v/y"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "https://mmg.whatsapp.net/v/x, true",
        "HTTPS://MMG.WHATSAPP.NET:443/v/x, true",
        "http://mmg.whatsapp.net/v/x, false",
        "https://mmg.whatsapp.net:8443/v/x, false",
        "https://whatsapp.net/v/x, false",
        "https://evilwhatsapp.net/v/x, false",
        "https://mmg.whatsapp.net.evil.example/v/x, false",
        "https://evil.example/.whatsapp.net, false",
        "https://user@mmg.whatsapp.net/v/x, false",
        "https://evil.example#.whatsapp.net, false",
        "https://-.whatsapp.net/v/x, false",
        "ftp://mmg.whatsapp.net/v/x, false",
        "//mmg.whatsapp.net/v/x, false",
        "https://127.0.0.1/v/x, false",
    })
    void allowsOnlyWhatsAppsOwnByTls(String address, boolean allowed) {
        assertThat(MediaHosts.whatsApp().allows(URI.create(address))).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example/.whatsapp.net",
                "evil.example?.whatsapp.net",
                "evil.example#.whatsapp.net",
                "user@.whatsapp.net",
                "a b.whatsapp.net",
                "mmg.whatsapp.net:443",
                ".whatsapp.net",
                "",
            })
    void sendsNothingToANameThatTheServerMadeUp(String host) {
        assertThatThrownBy(() -> MediaHosts.whatsApp().origins(naming(host), Optional.empty()))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_HOST))
                .hasMessageContaining("mediaUrl");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mmg.whatsapp.net",
                "ws://mmg.whatsapp.net",
                "https://user:password@host",
                "https://host/path",
                "https://host?x=1",
                "https:///x",
            })
    void refusesAMediaUrlThatIsNone(String text) {
        assertThatThrownBy(() -> MediaHosts.only(URI.create(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mediaUrl")
                .hasMessageNotContaining("password");
    }

    private static MediaReference at(String directPath, String url) {
        byte[] hash = new byte[32];
        return new MediaReference(
                MediaType.IMAGE, directPath, Optional.ofNullable(url), hash, hash, hash, OptionalLong.empty());
    }

    @Test
    void takesThePathOfTheAddressWhenThereIsNoOther() throws Exception {
        assertThat(MediaHosts.path(at("/v/a?b=1", "https://mmg.whatsapp.net/v/c")))
                .isEqualTo("/v/a?b=1");
        assertThat(MediaHosts.path(at("", "https://mmg.whatsapp.net/v/c?d=%2F&e")))
                .isEqualTo("/v/c?d=%2F&e");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "v/x",
                "//evil.example/x",
                "/v/x y",
                "/v/x\r\nHost: evil",
                "/v/x#y",
                "/v/\u00e4",
                "\\v\\x",
                "@evil.example/x",
                ".evil.example/x",
                ":80/x",
            })
    void refusesAPathThatIsNone(String path) {
        assertThatThrownBy(() -> MediaHosts.path(at(path, null)))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_REFERENCE));
    }

    @Test
    void refusesAReferenceToNowhere() {
        assertThatThrownBy(() -> MediaHosts.path(at("", null))).hasMessageContaining("neither a path nor an address");
        assertThatThrownBy(() -> MediaHosts.path(at("", "not an address"))).isInstanceOf(MediaException.class);
    }
}
