package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.localserver.connection.ServerConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The refs that were given out and can still be scanned. Not thread-safe. */
final class PairingRefs {
    private static final int COUNT = 6;
    private static final int RANDOM_BYTES = 48;

    private final Clock clock;
    private final RandomGenerator random;
    private final Duration lifetime;
    private final Map<String, Ref> refs = new HashMap<>();

    PairingRefs(Clock clock, RandomGenerator random, Duration lifetime) {
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
    }

    /** Six new refs for this connection; its older ones are void. */
    List<String> issue(ServerConnection connection) {
        drop(connection);
        Instant end = clock.instant().plus(lifetime);
        List<String> issued = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            byte[] bytes = new byte[RANDOM_BYTES];
            random.nextBytes(bytes);
            String ref = "2@" + Base64.getEncoder().encodeToString(bytes);
            refs.put(ref, new Ref(connection, end));
            issued.add(ref);
        }
        return issued;
    }

    /** The connection that got this ref, when it can still be scanned. */
    Optional<ServerConnection> find(String ref) {
        return Optional.ofNullable(refs.get(ref))
                .filter(known -> clock.instant().isBefore(known.end))
                .map(Ref::connection);
    }

    /** The connection's refs are void. */
    void drop(ServerConnection connection) {
        refs.values().removeIf(ref -> ref.connection == connection);
    }

    private record Ref(ServerConnection connection, Instant end) {}
}
