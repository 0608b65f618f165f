package dev.whatsappmd.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyTest {
    @ParameterizedTest
    @CsvSource({
        "http://proxy.example:3128,     HTTP,   proxy.example, 3128",
        "HTTP://proxy.example:3128/,    HTTP,   proxy.example, 3128",
        "' http://10.0.0.1:80 ',        HTTP,   10.0.0.1,      80",
        "socks5://proxy.example:1080,   SOCKS5, proxy.example, 1080",
        "socks://proxy.example:65535,   SOCKS5, proxy.example, 65535",
        "socks5://[::1]:1080,           SOCKS5, [::1],         1080",
    })
    void readsWhatTheOptionSays(String text, Proxy.Scheme scheme, String host, int port) {
        assertThat(Proxy.parse(text, Optional.empty())).isEqualTo(new Proxy(scheme, host, port, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "proxy.example:3128",
                "proxy.example",
                "https://proxy.example:3128",
                "socks4://proxy.example:1080",
                "http://proxy.example",
                "http://proxy.example:0",
                "http://proxy.example:65536",
                "http://:3128",
                "http://proxy.example:3128/path",
                "http://proxy.example:3128?query",
                "http://proxy.example:3128#part",
                "http://not a host:3128",
            })
    void refusesWhatItIsNotAndSaysWhatItTakes(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Proxy.parse(text, Optional.empty()))
                .withMessageContaining("proxy=" + text)
                .withMessageContaining("http://host:port or socks5://host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://user:secret@proxy.example:3128", "http://user:sec ret@proxy.example:3128"})
    void refusesAUserInTheAddressWithoutShowingIt(String text) {
        Throwable refused = catchThrowable(() -> Proxy.parse(text, Optional.empty()));
        assertThat(refused)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("proxyUsername and proxyPassword")
                .hasNoCause();
        assertThat(refused.getMessage()).doesNotContain("sec").doesNotContain("user:");
    }

    @Test
    void refusesAPortThatThereIsNot() {
        for (int port : new int[] {-1, 0, 65_536}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Proxy(Proxy.Scheme.HTTP, "proxy.example", port, Optional.empty()))
                    .withMessageContaining(Integer.toString(port));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new Proxy(Proxy.Scheme.HTTP, "", 3128, Optional.empty()));
    }

    @Test
    void showsNoLogin() {
        Proxy proxy = Proxy.parse("socks5://proxy.example:1080", Optional.of(new Proxy.Login("alice", "hush")));
        assertThat(proxy.toString())
                .contains("proxy.example")
                .doesNotContain("alice")
                .doesNotContain("hush");
    }
}
