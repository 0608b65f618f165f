package dev.whatsappmd.localserver.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.noise.NoiseInitiator;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.DeviceProfile;
import dev.whatsappmd.engine.pairing.HistoryScope;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import java.net.URI;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** The local server and clients that say what they like: it refuses them, nothing fails inside, others are served. */
@Timeout(36_000)
class ServerFuzzTest {
    private static final Credentials UNKNOWN = NewCredentials.generate(new Random(1));
    private static final DeviceConfig DEVICE = DeviceConfig.of(DeviceProfile.DEFAULT, HistoryScope.RECENT);
    private static final byte[] REGISTRATION = ClientPayloads.registration(UNKNOWN, DEVICE);

    private static LocalWhatsAppServer server;
    private static URI url;
    private static Clients clients;
    private static MemoryStore linked;

    @BeforeAll
    static void link() throws Exception {
        server = LocalWhatsAppServer.builder().withoutStanzas().start();
        url = URI.create(server.url());
        clients = new Clients(server.rootKeyHex(), url);
        linked = clients.link(server);
    }

    @AfterAll
    static void close() throws Exception {
        clients.close();
        server.close();
        Clients.awaitNoThreads();
    }

    @Test
    void refusesHellosThatAreNone(TestInfo info) {
        Fuzz.run(info, 100, random -> {
            byte[] hello = noise(random, Curve25519.generateKeyPair(random)).clientHello();
            try (HostileClient client = new HostileClient(url)) {
                switch (random.nextInt(3)) {
                    case 0 -> client.sendFrame(damaged(hello, random));
                    case 1 -> client.sendBytes(damaged(hello, random));
                    default -> {
                        client.sendFrame(hello);
                        client.sendFrame(damaged(hello, random));
                    }
                }
            }
            assertNothingFailed();
        });
    }

    @Test
    void takesOrRefusesWhateverAClientSaysItIs(TestInfo info) {
        Fuzz.run(info, 100, random -> {
            try (HostileClient client = new HostileClient(url)) {
                boolean own = random.nextBoolean();
                KeyPair key = own ? UNKNOWN.noiseKey() : Curve25519.generateKeyPair(random);
                client.shakeHands(noise(random, key), payload(random));
                client.sendEncrypted(NodeEncoder.encode(new Babble(random).stanza()));
            }
            assertNothingFailed();
        });
    }

    @Test
    void answersOrRefusesWhateverALinkedDeviceSays(TestInfo info) {
        Credentials device = SessionRows.credentials(linked.snapshot()).orElseThrow();
        byte[] login = ClientPayloads.login(device.account().orElseThrow().id(), DEVICE);
        Fuzz.run(info, 60, random -> {
            try (HostileClient client = new HostileClient(url)) {
                client.shakeHands(noise(random, device.noiseKey()), login);
                Babble babble = new Babble(random);
                for (int i = random.nextInt(60); i > 0; i--) {
                    client.sendEncrypted(NodeEncoder.encode(babble.stanza()));
                }
                client.sendEncrypted(damaged(NodeEncoder.encode(babble.stanza()), random));
            }
            assertNothingFailed();
        });
    }

    @Test
    void servesAGoodClientAllTheWhile(TestInfo info) {
        Fuzz.run(info, 3, random -> {
            try (HostileClient hostile = new HostileClient(url)) {
                hostile.sendFrame(damaged(REGISTRATION, random));
                try (Clients.Running client = clients.start(linked.copy())) {
                    client.awaitOpenAfter(0);
                }
            }
        });
    }

    private static void assertNothingFailed() {
        assertThat(server.internalFailures()).isEmpty();
    }

    private static NoiseInitiator noise(RandomGenerator random, KeyPair key) {
        return new NoiseInitiator(key, ServerTrust.ofHex(server.rootKeyHex()), random);
    }

    private static byte[] payload(RandomGenerator random) throws Exception {
        if (random.nextInt(3) == 0) {
            return damaged(REGISTRATION, random);
        }
        ClientPayload.Builder payload = ClientPayload.parseFrom(REGISTRATION).toBuilder();
        ClientPayload.DevicePairingRegistrationData.Builder data = payload.getDevicePairingDataBuilder();
        byte[] bytes = new byte[random.nextInt(70)];
        random.nextBytes(bytes);
        ByteString odd = ByteString.copyFrom(bytes);
        switch (random.nextInt(10)) {
            case 0 -> data.setERegid(odd);
            case 1 -> data.setEKeytype(odd);
            case 2 -> data.setEIdent(odd);
            case 3 -> data.setESkeyId(odd);
            case 4 -> data.setESkeyVal(odd);
            case 5 -> data.setESkeySig(odd);
            case 6 -> data.setDeviceProps(odd);
            case 7 ->
                payload.clearDevicePairingData().setUsername(random.nextLong()).setDevice(random.nextInt());
            case 8 -> payload.clearDevicePairingData();
            default -> payload.setPassive(random.nextBoolean());
        }
        return payload.build().toByteArray();
    }

    /** Some bytes altered, left out or added. */
    private static byte[] damaged(byte[] bytes, RandomGenerator random) {
        byte[] damaged = Arrays.copyOf(
                bytes, random.nextInt(3) > 0 ? bytes.length : Math.max(0, bytes.length + random.nextInt(60) - 40));
        for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return damaged;
    }
}
