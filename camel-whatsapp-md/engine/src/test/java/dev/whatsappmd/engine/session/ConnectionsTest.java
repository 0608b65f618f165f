package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.channel.Channel;
import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Never two sockets of one session. */
class ConnectionsTest {
    private final ManualTimers timers = new ManualTimers();
    private final FakeTransport transport = new FakeTransport();
    private final Connections connections = new Connections(timers, new SerialExecutor(Runnable::run));

    private void open(long epoch) {
        connections.open(epoch, this::channel);
    }

    private Channel channel(long epoch) {
        Channel.Listener listener = new Channel.Listener() {
            @Override
            public void onHandshakeDone() {}

            @Override
            public void onHeard() {}

            @Override
            public void onNode(Node node) {}

            @Override
            public void onEnd(DisconnectCause cause) {}

            @Override
            public void onReleased() {
                connections.released(epoch);
            }
        };
        Channel.Settings settings = new Channel.Settings(
                URI.create("ws://127.0.0.1:1/"),
                Duration.ofSeconds(20),
                Optional.empty(),
                ServerTrust.WHATSAPP,
                Identities.NEW.noiseKey(),
                new byte[0],
                Optional.empty(),
                timers::now);
        return Channel.open(settings, transport, Runnable::run, listener, new Random(1));
    }

    private FakeTransport.Socket socket(int index) {
        return transport.sockets.get(index);
    }

    @Test
    void opensAtOnceWhenNoSocketIsLeft() {
        open(1);
        assertThat(transport.sockets).hasSize(1);
        assertThat(connections.current(1)).isPresent();
        assertThat(connections.current(2)).isEmpty();
    }

    @Test
    void opensTheNextOnlyWhenTheLastIsGone() {
        transport.answersClose = false;
        open(1);
        connections.close(1);
        assertThat(socket(0).closed).isTrue();
        assertThat(connections.current(1)).isEmpty();

        open(2);
        assertThat(transport.sockets).hasSize(1);
        socket(0).end(TransportEnd.Kind.CLOSED);

        assertThat(transport.sockets).hasSize(2);
        assertThat(connections.current(2)).isPresent();
        assertThat(timers.size()).isZero();
    }

    @Test
    void opensTheNextAtOnceWhenTheLastHasEndedByItself() {
        open(1);
        socket(0).end(TransportEnd.Kind.FAILED);
        connections.close(1);
        assertThat(timers.size()).isZero();
        open(2);
        assertThat(transport.sockets).hasSize(2);
    }

    @Test
    void cutsASocketWhoseOtherSideDoesNotAnswerTheCloseFrame() {
        transport.answersClose = false;
        open(1);
        connections.close(1);
        open(2);
        timers.advance(Duration.ofMillis(999));
        assertThat(socket(0).aborted).isFalse();

        timers.advance(Duration.ofMillis(1));

        assertThat(socket(0).aborted).isTrue();
        assertThat(transport.sockets).hasSize(2);
    }

    @Test
    void cutsASocketThatFailsToClose() {
        open(1);
        socket(0).failClose = new IllegalStateException("by the test");
        connections.close(1);
        timers.advance(Duration.ofSeconds(1));
        assertThat(socket(0).aborted).isTrue();
        open(2);
        assertThat(transport.sockets).hasSize(2);
    }

    @Test
    void neverOpensWhatWasClosedWhileItWaited() {
        transport.answersClose = false;
        open(1);
        connections.close(1);
        open(2);
        connections.close(2);
        socket(0).end(TransportEnd.Kind.CLOSED);
        assertThat(transport.sockets).hasSize(1);
    }

    @Test
    void opensOnlyTheNewestOfThoseThatWait() {
        transport.answersClose = false;
        open(1);
        connections.close(1);
        open(2);
        connections.close(2);
        open(3);
        socket(0).end(TransportEnd.Kind.CLOSED);
        assertThat(transport.sockets).hasSize(2);
        assertThat(connections.current(3)).isPresent();
        assertThat(connections.current(2)).isEmpty();
    }

    @Test
    void ignoresTheEndOfAnOlderConnection() {
        open(1);
        socket(0).end(TransportEnd.Kind.CLOSED);
        connections.close(1);
        open(2);
        connections.close(1);
        assertThat(socket(1).closed).isFalse();
        assertThat(connections.current(2)).isPresent();
    }

    @Test
    void tellsWhenNoSocketIsLeft() {
        transport.answersClose = false;
        AtomicInteger free = new AtomicInteger();
        connections.whenFree(free::incrementAndGet);
        assertThat(free).hasValue(1);

        open(1);
        connections.close(1);
        connections.whenFree(free::incrementAndGet);
        assertThat(free).hasValue(1);
        socket(0).end(TransportEnd.Kind.CLOSED);
        assertThat(free).hasValue(2);
    }
}
