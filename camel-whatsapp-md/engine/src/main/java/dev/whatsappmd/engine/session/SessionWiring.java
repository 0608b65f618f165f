package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.Channel;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.engine.transport.Proxy;
import dev.whatsappmd.engine.transport.Transport;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Where a session connects to, and by what. */
public record SessionWiring(URI serverUrl, ServerTrust trust, Optional<Proxy> proxy, Transport transport) {
    /** Reads what the server sends, with the keys of this stored session. */
    Intake intake(StoredSession stored) {
        return new StoreIntake(stored);
    }

    Channel open(
            Effect.Connect connect,
            Duration connectTimeout,
            Channel.HandOver handOver,
            Supplier<Instant> wallClock,
            Channel.Listener listener,
            RandomGenerator random) {
        Channel.Settings settings = new Channel.Settings(
                serverUrl,
                connectTimeout,
                proxy,
                trust,
                connect.noiseKey(),
                connect.clientPayload(),
                connect.routingInfo(),
                wallClock);
        return Channel.open(settings, transport, handOver, listener, random);
    }
}
