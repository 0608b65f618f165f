package dev.whatsappmd.engine.transport;

import static dev.whatsappmd.engine.transport.Recorder.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.transport.SocketDialer.DialException;
import dev.whatsappmd.engine.transport.TransportEnd.Kind;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The names, with a resolver that does what a test needs. */
@Timeout(60)
class SocketDialerTest {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch testOver = new CountDownLatch(1);

    @AfterEach
    void leavesNoThread() {
        testOver.countDown();
        Recorder.awaitNoThreads();
    }

    private static Transport.Dial dial(int port, Duration timeout) {
        return new Transport.Dial(
                URI.create("ws://chat.example:" + port + "/"), Recorder.ORIGIN, timeout, Optional.empty());
    }

    /** As a resolver whose server does not answer: not even an interruption ends it. */
    private InetAddress hangs(String host) throws UnknownHostException {
        asked.countDown();
        boolean over = false;
        while (!over) {
            try {
                over = testOver.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                // A look-up of the system takes no notice of it.
            }
        }
        throw new UnknownHostException(host);
    }

    @Test
    void dialsTheAddressThatTheNameHas() throws Exception {
        try (RawServer server = new RawServer(socket -> RawServer.write(socket, "x"))) {
            SocketDialer dialer = new SocketDialer(dial(server.port(), SOON), host -> InetAddress.getLoopbackAddress());
            try (Socket socket = dialer.dial()) {
                assertThat(socket.getInputStream().read()).isEqualTo('x');
                assertThat(socket.getTcpNoDelay()).isTrue();
                assertThat(socket.getSoTimeout()).isZero();
            }
            dialer.awaitClosed(0);
        }
    }

    @Test
    void tellsANameThatDoesNotResolve() {
        SocketDialer dialer = new SocketDialer(dial(1, SOON), host -> {
            throw new UnknownHostException(host);
        });
        assertThat(catchThrowableOfType(DialException.class, dialer::dial).end())
                .isEqualTo(TransportEnd.of(Kind.DNS, "the name of the server does not resolve: chat.example"));
    }

    @Test
    void doesNotWaitLongerThanTheDeadlineForAResolverThatHangs() {
        SocketDialer dialer = new SocketDialer(dial(1, Duration.ofMillis(100)), this::hangs);
        assertThat(catchThrowableOfType(DialException.class, dialer::dial).end())
                .isEqualTo(TransportEnd.of(
                        Kind.TIMED_OUT, "the name of the server did not resolve in time: chat.example"));
    }

    @Test
    void abortsWhileTheResolverHangs() throws Exception {
        SocketDialer dialer = new SocketDialer(dial(1, Duration.ofMinutes(1)), this::hangs);
        FutureTask<DialException> dialing =
                new FutureTask<>(() -> catchThrowableOfType(DialException.class, dialer::dial));
        RawServer.startDaemon(dialing::run);
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        dialer.abort();
        await().atMost(Duration.ofSeconds(2)).until(dialing::isDone);
        assertThat(dialing.get().end()).isEqualTo(TransportEnd.of(Kind.CONNECT, "given up before the socket was open"));
    }

    @Test
    void dialsNothingAfterAnAbort() {
        SocketDialer dialer = new SocketDialer(dial(1, SOON), host -> {
            asked.countDown();
            return InetAddress.getLoopbackAddress();
        });
        dialer.abort();
        assertThatExceptionOfType(DialException.class).isThrownBy(dialer::dial);
        assertThat(asked.getCount()).isEqualTo(1);
    }

    @Test
    void dialsNothingWithoutTime() {
        SocketDialer dialer = new SocketDialer(dial(1, Duration.ZERO), host -> InetAddress.getLoopbackAddress());
        assertThat(catchThrowableOfType(DialException.class, dialer::dial).end().kind())
                .isEqualTo(Kind.TIMED_OUT);
    }

    @Test
    void takesThePortOfTheSchemeWhenTheAddressHasNone() {
        assertThat(SocketDialer.port(URI.create("ws://h/"))).isEqualTo(80);
        assertThat(SocketDialer.port(URI.create("wss://h/"))).isEqualTo(443);
        assertThat(SocketDialer.port(URI.create("wss://h:8443/"))).isEqualTo(8443);
    }
}
