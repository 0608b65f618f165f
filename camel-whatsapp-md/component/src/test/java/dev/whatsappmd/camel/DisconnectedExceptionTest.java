package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.DisconnectOrigin;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DisconnectedExceptionTest {
    private static final Map<WhatsAppDisconnectKind, Class<? extends DisconnectedException>> CLASSES = Map.of(
            WhatsAppDisconnectKind.LOGGED_OUT, LoggedOutException.class,
            WhatsAppDisconnectKind.LINK_REJECTED, LoggedOutException.class,
            WhatsAppDisconnectKind.EVICTED, ConnectionReplacedException.class,
            WhatsAppDisconnectKind.TEMPORARILY_BANNED, AccountRestrictedException.class,
            WhatsAppDisconnectKind.ACCOUNT_LOCKED, AccountRestrictedException.class,
            WhatsAppDisconnectKind.BANNED, AccountRestrictedException.class,
            WhatsAppDisconnectKind.UNTRUSTED_SERVER, UntrustedServerException.class);

    @ParameterizedTest
    @EnumSource
    void eachKindHasItsClass(WhatsAppDisconnectKind kind) {
        ConnectionUpdate update = Updates.close(499, kind.name(), DisconnectOrigin.STREAM, kind);

        DisconnectedException exception = DisconnectedException.of(update);

        assertThat(exception.getClass()).isEqualTo(CLASSES.getOrDefault(kind, DisconnectedException.class));
        assertThat(exception).isInstanceOf(WhatsAppMdException.class);
        assertThat(exception.getKind()).isEqualTo(kind);
    }

    @Test
    void saysWhatHappenedAndWhatIsNext() {
        ConnectionUpdate update = Updates.unavailable();

        DisconnectedException exception = DisconnectedException.of(update);

        assertThat(exception)
                .hasMessage("Session sales lost its connection: the server ended the stream: code 503 (stream 503"
                        + " unavailableService, SERVER_UNAVAILABLE); next: backoff in 1500 ms, attempt 2");
        assertThat(exception.getStatusCode()).isEqualTo(503);
        assertThat(exception.getReason()).isEqualTo("unavailableService");
        assertThat(exception.getAction()).isEqualTo("backoff");
        assertThat(exception.getUpdate()).isSameAs(update);
    }

    @Test
    void withoutNextStepTheActionIsNone() {
        ConnectionUpdate update =
                Updates.close(401, "loggedOut", DisconnectOrigin.LOCAL, WhatsAppDisconnectKind.LOGGED_OUT, null);

        assertThat(DisconnectedException.of(update).getAction()).isEqualTo("none");
    }
}
