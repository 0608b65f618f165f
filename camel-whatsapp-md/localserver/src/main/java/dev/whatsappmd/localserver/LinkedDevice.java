package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.OwedStanza;
import dev.whatsappmd.localserver.connection.ServerConnection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A device that a {@link SimulatedPhone} has linked, as the server sees it. */
public final class LinkedDevice {
    private final ServerRoom room;
    private final Device device;

    LinkedDevice(ServerRoom room, Device device) {
        this.room = room;
        this.device = device;
    }

    Device device() {
        return device;
    }

    /** Device number, 1 and more. */
    public int id() {
        return device.id();
    }

    /** The address by number, e.g. {@code 4915100000001:1@s.whatsapp.net}. */
    public String jid() {
        return device.jid().toString();
    }

    /** The address by LID. */
    public String lid() {
        return device.lid().toString();
    }

    /** Its public Signal identity, 32 bytes. */
    public byte[] identityKey() {
        return device.keys().identityKey().clone();
    }

    /** The DeviceProps protobuf it registered with. */
    public byte[] deviceProps() {
        return device.keys().deviceProps().clone();
    }

    /** Whether the phone unlinked it or it logged out. */
    public boolean isRemoved() {
        return ask(Device::isRemoved);
    }

    /** How many one-time pre-keys the server has of it. */
    public int preKeyCount() {
        return ask(Device::preKeyCount);
    }

    /** The ids of these, oldest first. */
    public List<Integer> preKeyIds() {
        return ask(Device::preKeyIds);
    }

    /** The id of the signed pre-key that the server has of it. */
    public int signedPreKeyId() {
        return ask(known -> known.signedPreKey().id());
    }

    /** Uses pre-keys up, oldest first, until this many are left. */
    public void keepPreKeys(int count) {
        room.loop().run(() -> device.keepPreKeys(count));
    }

    /**
     * Has this stanza for the device: sent now when it is active and has caught up, else kept; owed until it is answered
     * as the protocol wants it, and sent first again on each connection until then.
     *
     * @param stanza with the attributes {@code id}, of its own, and {@code from}
     */
    public void deliver(Node stanza) {
        room.loop().run(() -> room.sessions().deliver(device, stanza));
    }

    /** What it has not answered yet, oldest first. */
    public List<Node> owed() {
        return ask(known -> known.queue().owed().stream().map(OwedStanza::node).toList());
    }

    /** Waits until it has answered everything. */
    public void awaitNothingOwed(Duration timeout) {
        room.recording()
                .await(
                        "answers to all that is owed to " + this,
                        timeout,
                        () -> ask(known -> known.queue().isEmpty()) ? Optional.of(true) : Optional.empty());
    }

    /** The connection it is logged in on. */
    public Optional<ServerConnection> connection() {
        return ask(room.sessions()::connection);
    }

    private <T> T ask(Function<Device, T> question) {
        return room.loop().call(() -> question.apply(device));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LinkedDevice linked && device == linked.device;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(device);
    }

    @Override
    public String toString() {
        return device.toString();
    }
}
