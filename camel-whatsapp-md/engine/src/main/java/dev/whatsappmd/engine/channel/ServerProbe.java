package dev.whatsappmd.engine.channel;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.frame.FrameDecoder;
import dev.whatsappmd.engine.frame.FrameEncoder;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.frame.IntroHeader;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.noise.UntrustedServerException;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.engine.transport.Transport;
import dev.whatsappmd.engine.transport.TransportEnd;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * Asks whether a server can be reached and is the one we trust: opens a connection, says hello with a key made for the
 * purpose, checks what comes back and closes. Nothing about any account is sent.
 */
public final class ServerProbe {
    private static final byte[] NOTHING = {};

    private ServerProbe() {}

    /**
     * Begins to ask and returns at once. Cancelling the future, or completing it in any way, ends the connection.
     *
     * @return empty when all is well, else why not; completed on a thread of the transport. It has no deadline of its
     *     own for an upgrade or an answer that never comes
     */
    public static CompletableFuture<Optional<DisconnectCause>> ask(
            URI url,
            Duration connectTimeout,
            Optional<Proxy> proxy,
            ServerTrust trust,
            Transport transport,
            RandomGenerator random) {
        CompletableFuture<Optional<DisconnectCause>> answer = new CompletableFuture<>();
        NoiseInitiator noise = new NoiseInitiator(Curve25519.generateKeyPair(random), trust, random);
        CompletableFuture<Transport.Connection> opened = new CompletableFuture<>();
        Transport.Connection connection = transport.connect(
                new Transport.Dial(url, Channel.ORIGIN, connectTimeout, proxy), new Transport.Listener() {
                    private final FrameDecoder decoder = new FrameDecoder();

                    @Override
                    public void onOpen() {
                        byte[] hello = new FrameEncoder(IntroHeader.PLAIN).encode(noise.clientHello());
                        opened.thenAccept(ready -> ready.send(hello));
                    }

                    @Override
                    public void onBytes(byte[] bytes) {
                        try {
                            decoder.feed(bytes);
                            Optional<byte[]> serverHello = decoder.poll();
                            if (serverHello.isPresent() && !answer.isDone()) {
                                noise.onServerHello(serverHello.get(), NOTHING, Instant.now());
                                answer.complete(Optional.empty());
                            }
                        } catch (UntrustedServerException e) {
                            answer.complete(Optional.of(DisconnectCause.untrusted(e.getMessage())));
                        } catch (NoiseException | FrameException e) {
                            answer.complete(Optional.of(DisconnectCause.protocolError(e.getMessage())));
                        }
                    }

                    @Override
                    public void onEnd(TransportEnd end) {
                        answer.complete(Optional.of(DisconnectCause.of(end)));
                    }
                });
        opened.complete(connection);
        answer.whenComplete((cause, failure) -> connection.abort());
        return answer;
    }
}
