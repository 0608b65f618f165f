package dev.whatsappmd.localserver.account;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.Sha256;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.jid.JidServer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** One phone number with its LID, its identity and its linked devices. Not thread-safe. */
public final class Account {
    private static final BigInteger LID_RANGE = BigInteger.valueOf(900_000_000_000_000L);
    private static final BigInteger LID_FIRST = BigInteger.valueOf(100_000_000_000_000L);

    private final PhoneProfile profile;
    private final KeyPair identity;
    private final int rawId;
    private final String lidUser;
    private final Map<Integer, Device> devices = new LinkedHashMap<>();
    private final Set<Integer> simulated = new TreeSet<>();
    private int lastDeviceId;
    private int lastKeyIndex;

    /** A new account; its keys come from the random generator. */
    public Account(PhoneProfile profile, RandomGenerator random) {
        this.profile = profile;
        this.identity = Curve25519.generateKeyPair(random);
        this.rawId = random.nextInt(1, Integer.MAX_VALUE);
        this.lidUser = lidOf(profile.number());
    }

    public PhoneProfile profile() {
        return profile;
    }

    /** The phone's Signal identity, which signs what it links. */
    public KeyPair identity() {
        return identity;
    }

    /** Number of this account in what it signs. */
    public int rawId() {
        return rawId;
    }

    /** The account by phone number, without a device. */
    public Jid jid() {
        return Jid.of(profile.number(), JidServer.USER);
    }

    /** The account by LID, without a device. The same number always has the same LID. */
    public Jid lid() {
        return Jid.of(lidUser, JidServer.LID);
    }

    /** Whether the address names this account, by number or LID, with any device. */
    public boolean owns(Jid address) {
        return address.sameUser(jid()) || address.sameUser(lid());
    }

    /** The number that the next linked device gets: never one that was used before. */
    public int nextDeviceId() {
        return lastDeviceId + 1;
    }

    /** The key index that the next linked device gets. */
    public int nextKeyIndex() {
        return lastKeyIndex + 1;
    }

    /** Takes in a device whose signature was found good. */
    public Device add(CompanionKeys keys, int deviceId, int keyIndex, Instant linkedAt) {
        Device device = new Device(this, deviceId, keyIndex, keys, linkedAt);
        devices.put(deviceId, device);
        lastDeviceId = Math.max(lastDeviceId, deviceId);
        lastKeyIndex = Math.max(lastKeyIndex, keyIndex);
        return device;
    }

    /** The linked device with this number, removed ones too. */
    public Optional<Device> device(int id) {
        return Optional.ofNullable(devices.get(id));
    }

    /** All devices that are linked now. */
    public List<Device> devices() {
        return devices.values().stream().filter(device -> !device.isRemoved()).toList();
    }

    /**
     * Counts a device that is simulated: no client logs in as it.
     *
     * @param id 0 for the phone, which every account has; more for others
     */
    public void simulate(int id) {
        if (id != 0) {
            simulated.add(id);
            lastDeviceId = Math.max(lastDeviceId, id);
        }
    }

    /** The numbers of the simulated devices, without the phone's. */
    public List<Integer> simulatedDevices() {
        return List.copyOf(simulated);
    }

    private static String lidOf(String number) {
        byte[] hash = Sha256.hash(number.getBytes(StandardCharsets.US_ASCII));
        return new BigInteger(1, hash).mod(LID_RANGE).add(LID_FIRST).toString();
    }

    @Override
    public String toString() {
        return profile.toString();
    }
}
