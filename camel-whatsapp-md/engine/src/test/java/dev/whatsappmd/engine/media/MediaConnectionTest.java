package dev.whatsappmd.engine.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MediaConnectionTest {
    private static final Instant NOW = Instant.parse("2026-01-15T12:00:00Z");

    private static Node host(String name, String type) {
        return Node.builder("host")
                .attribute("hostname", name)
                .attribute("type", type)
                .build();
    }

    private static Node answer(String ttl, String authTtl, Node... hosts) {
        return Node.builder("iq")
                .attribute("type", "result")
                .child(Node.builder("media_conn")
                        .attribute("auth", "secret")
                        .attribute("ttl", ttl)
                        .attribute("auth_ttl", authTtl)
                        .children(List.of(hosts))
                        .build())
                .build();
    }

    @Test
    void asksAsBaileysDoes() {
        assertThat(MediaConnection.query())
                .isEqualTo(Node.builder("iq")
                        .attribute("type", "set")
                        .attribute("xmlns", "w:m")
                        .attribute("to", "@s.whatsapp.net")
                        .child("media_conn")
                        .build());
    }

    @Test
    void ordersPrimariesBeforeFallbacks() throws Exception {
        Node withFallback = Node.builder("host")
                .attribute("hostname", "media-a.cdn.whatsapp.net")
                .attribute("fallback_hostname", "media-b.cdn.whatsapp.net")
                .build();
        MediaConnection connection = MediaConnection.read(
                answer(
                        "300",
                        "900",
                        host("mmg.whatsapp.net", "fallback"),
                        withFallback,
                        host("c.whatsapp.net", "primary")),
                NOW);
        assertThat(connection.hosts())
                .containsExactly(
                        "media-a.cdn.whatsapp.net", "c.whatsapp.net", "mmg.whatsapp.net", "media-b.cdn.whatsapp.net");
        assertThat(connection.auth()).isEqualTo("secret");
        assertThat(connection.toString()).doesNotContain("secret");
    }

    @Test
    void expiresWithTheShorterOfTwoTimes() throws Exception {
        MediaConnection connection = MediaConnection.read(answer("300", "200", host("a.whatsapp.net", "")), NOW);
        assertThat(connection.expiresAt()).isEqualTo(NOW.plusSeconds(200));
        assertThat(connection.isFresh(NOW)).isTrue();
        assertThat(connection.isFresh(NOW.plusSeconds(199))).isTrue();
        assertThat(connection.isFresh(NOW.plusSeconds(200))).isFalse();
        assertThat(connection.isFresh(NOW.minusSeconds(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "soon", "99999999999999999999"})
    void isNotKeptWhenTheTimeIsNone(String ttl) throws Exception {
        MediaConnection connection = MediaConnection.read(answer(ttl, "900", host("a.whatsapp.net", "")), NOW);
        assertThat(connection.isFresh(NOW)).isFalse();
    }

    @Test
    void refusesWhatNamesNoHost() {
        Node error = Node.builder("iq")
                .attribute("type", "error")
                .child(Node.builder("error").attribute("code", "429").build())
                .build();
        for (Node node : List.of(error, answer("300", "300"), answer("1", "1", host("", "")), Node.of("iq"))) {
            assertThat(catchThrowableOfType(MediaException.class, () -> MediaConnection.read(node, NOW))
                            .reason())
                    .isEqualTo(Reason.NO_HOST);
        }
        assertThatThrownBy(() -> MediaConnection.read(error, NOW)).hasMessageEndingWith("error 429");
    }

    private static final class HandMoved implements Timers {
        private Instant now = NOW;

        @Override
        public long nowMillis() {
            return now.toEpochMilli();
        }

        @Override
        public Instant now() {
            return now;
        }

        @Override
        public Timer schedule(long delayMillis, Runnable task) {
            throw new AssertionError("nothing is scheduled here");
        }
    }

    private static MediaConnection fetched(Instant at) {
        return new MediaConnection(
                "secret", Duration.ofMinutes(5), Duration.ofMinutes(5), List.of("a.whatsapp.net"), at);
    }

    @Test
    void asksOnceForManyAndAgainWhenItIsOld() {
        HandMoved time = new HandMoved();
        Deque<CompletableFuture<MediaConnection>> asked = new ArrayDeque<>();
        MediaConnections connections = new MediaConnections(
                () -> {
                    asked.add(new CompletableFuture<>());
                    return asked.getLast();
                },
                time);
        CompletableFuture<MediaConnection> first = connections.get();
        CompletableFuture<MediaConnection> second = connections.get();
        assertThat(asked).hasSize(1);
        first.cancel(false);
        MediaConnection one = fetched(NOW);
        asked.getLast().complete(one);
        assertThat(second).isCompletedWithValue(one);
        assertThat(connections.get()).isCompletedWithValue(one);
        time.now = NOW.plusSeconds(300);
        connections.get();
        assertThat(asked).hasSize(2);
        MediaConnection two = fetched(time.now);
        asked.getLast().complete(two);
        assertThat(connections.instead(one))
                .as("somebody else has a newer one already")
                .isCompletedWithValue(two);
        connections.instead(two);
        connections.instead(two);
        assertThat(asked).hasSize(3);
        asked.getLast().completeExceptionally(new IllegalStateException("not open"));
        connections.instead(two);
        assertThat(asked).as("a failure is not kept").hasSize(4);
    }
}
