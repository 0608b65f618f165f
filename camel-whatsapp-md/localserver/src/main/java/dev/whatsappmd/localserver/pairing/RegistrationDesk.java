package dev.whatsappmd.localserver.pairing;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.CompanionKeys;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/** Gives refs to clients without an account, and links those whose code a phone scans. On the event loop. */
public final class RegistrationDesk {
    private static final int RESTART_REQUIRED = 515;

    private final Clock clock;
    private final RandomGenerator random;
    private final PairingRefs refs;
    private final Map<ServerConnection, CompanionKeys> registering = new HashMap<>();
    private final Map<ServerConnection, Linking> linking = new HashMap<>();

    /** @param refLifetime how long a ref can be scanned after it was given out */
    public RegistrationDesk(Clock clock, RandomGenerator random, Duration refLifetime) {
        this.clock = clock;
        this.random = random;
        this.refs = new PairingRefs(clock, random, refLifetime);
    }

    /** A client registers: it gets pair-device with six refs, or failure 400 when its keys do not hold. */
    public void register(ServerConnection connection, ClientPayload payload) {
        CompanionKeys keys;
        try {
            keys = RegistrationPayload.keys(connection.clientNoiseKey(), payload);
        } catch (IllegalArgumentException e) {
            connection.clientFailed(e.getMessage());
            connection.closeWith(ServerClose.failure(400));
            return;
        }
        registering.put(connection, keys);
        connection.request(
                PairingStanzas.pairDevice(refs.issue(connection)),
                answer -> {
                    if (answer.hasAttribute("type", "error")) {
                        connection.clientFailed("refused pair-device");
                    }
                },
                () -> {});
    }

    /**
     * A phone scans a code: sends pair-success and completes the future when the companion has signed and was told to
     * restart.
     *
     * @return fails with {@link PairingRefusedException}
     */
    public CompletableFuture<Device> link(Account account, PairingQr qr) {
        ServerConnection connection = refs.find(qr.ref()).orElse(null);
        CompanionKeys keys = connection == null ? null : registering.get(connection);
        if (keys == null) {
            return refused("the server knows no such ref: it is too old, was used, or its connection has ended."
                    + " Scan the code that is shown now.");
        }
        if (!Arrays.equals(qr.noiseKey(), keys.noiseKey()) || !Arrays.equals(qr.identityKey(), keys.identityKey())) {
            return refused("the keys in the QR code are not those of the client that got its ref");
        }
        return link(connection, account, qr.advSecret());
    }

    /**
     * The phone and this client have agreed on a secret: goes on as after a scan.
     *
     * @return fails with {@link PairingRefusedException}
     */
    CompletableFuture<Device> link(ServerConnection connection, Account account, byte[] advSecret) {
        CompanionKeys keys = registering.get(connection);
        if (keys == null || linking.containsKey(connection)) {
            return refused("this client is being linked already, or its connection has ended");
        }
        Linking link = new Linking(account, keys, clock.instant());
        linking.put(connection, link);
        refs.drop(connection);
        connection.request(
                PairingStanzas.pairSuccess(account, link.deviceId, link.identity.sealed(advSecret), link.at),
                answer -> onAnswer(connection, link, answer),
                () -> link.fail("the connection ended before the companion had signed"));
        return link.result;
    }

    /** What a client registered with that is not linked yet. */
    Optional<CompanionKeys> registering(ServerConnection connection) {
        return Optional.ofNullable(registering.get(connection));
    }

    /** The connection is over: its refs are void. */
    public void closed(ServerConnection connection) {
        refs.drop(connection);
        registering.remove(connection);
        linking.remove(connection);
    }

    private void onAnswer(ServerConnection connection, Linking link, Node answer) {
        linking.remove(connection);
        if (answer.hasAttribute("type", "error")) {
            String error = answer.child("error")
                    .map(node -> node.attribute("code", "?") + " " + node.attribute("text", ""))
                    .orElse("no error");
            link.fail("the companion refused pair-success: " + error);
            return;
        }
        Optional<String> wrong = link.refuse(answer);
        if (wrong.isPresent()) {
            connection.clientFailed("pair-device-sign: " + wrong.get());
            connection.closeWith(ServerClose.conflict("device_removed", 401));
            link.fail("the companion's answer does not hold: " + wrong.get());
            return;
        }
        registering.remove(connection);
        Device device = link.account.add(link.keys, link.deviceId, link.identity.keyIndex(), link.at);
        if (connection.reach(Moment.PAIRED)) {
            connection.closeWith(ServerClose.streamError(RESTART_REQUIRED));
        }
        link.result.complete(device);
    }

    private static CompletableFuture<Device> refused(String why) {
        return CompletableFuture.failedFuture(new PairingRefusedException(why));
    }

    /** A link that waits for the companion's signature. */
    private final class Linking {
        private final Account account;
        private final CompanionKeys keys;
        private final Instant at;
        private final int deviceId;
        private final DeviceIdentity identity;
        private final CompletableFuture<Device> result = new CompletableFuture<>();

        private Linking(Account account, CompanionKeys keys, Instant at) {
            this.account = account;
            this.keys = keys;
            this.at = at;
            this.deviceId = account.nextDeviceId();
            this.identity = DeviceIdentity.issue(account, keys.identityKey(), at, random);
        }

        private Optional<String> refuse(Node answer) {
            Node signed = answer.child("pair-device-sign")
                    .flatMap(sign -> sign.child("device-identity"))
                    .orElse(null);
            if (signed == null || signed.bytes().isEmpty()) {
                return Optional.of("it holds no device-identity");
            }
            if (!signed.hasAttribute("key-index", Integer.toString(identity.keyIndex()))) {
                return Optional.of("its key-index is " + signed.attribute("key-index", "missing") + ", not "
                        + identity.keyIndex());
            }
            return identity.refuse(signed.bytes().orElseThrow());
        }

        private void fail(String why) {
            result.completeExceptionally(new PairingRefusedException(why));
        }
    }
}
