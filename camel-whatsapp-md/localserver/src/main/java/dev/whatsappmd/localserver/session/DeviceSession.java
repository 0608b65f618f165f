package dev.whatsappmd.localserver.session;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OfflineQueue;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.util.Optional;

/** A device that is logged in, on one connection. On the event loop. */
final class DeviceSession {
    private final ServerConnection connection;
    private final Device device;
    private final OwedPolicy policy;
    private final OfflineDelivery delivery;
    private boolean active;

    DeviceSession(ServerConnection connection, Device device, OfflineMode mode, OwedPolicy policy) {
        this.connection = connection;
        this.device = device;
        this.policy = policy;
        this.delivery = new OfflineDelivery(connection, device.queue(), mode, policy);
    }

    ServerConnection connection() {
        return connection;
    }

    Device device() {
        return device;
    }

    /** Says that the login is good; a client that did not log in passively is active at once. */
    void begin(Node success, ClientPayload payload) {
        Optional<LoginFault> fault = connection.loginFault();
        if (fault.filter(LoginFault.NO_SUCCESS::equals).isPresent()) {
            return;
        }
        connection.send(success);
        if (fault.filter(LoginFault.TWO_SUCCESSES::equals).isPresent()) {
            connection.send(success);
        }
        if (connection.reach(Moment.SUCCESS) && !payload.getPassive()) {
            activate();
        }
    }

    /** The client went active: from now on it gets stanzas. */
    void activate() {
        if (!active) {
            active = true;
            if (connection.reach(Moment.ACTIVE)) {
                delivery.start();
            }
        }
    }

    /** Something was added to the device's queue. */
    void deliver() {
        delivery.go();
    }

    /** An {@code <ack>} or {@code <receipt>} of the client. */
    void onAnswer(Node answer) {
        for (OfflineQueue.Mistake mistake : device.queue().answer(answer)) {
            connection.clientFailed(mistake.what());
            if (mistake.typeAdded() && policy.endsOnAddedType()) {
                connection.closeWith(ServerClose.ack(mistake.stanzaId()));
            }
        }
        delivery.go();
    }

    /** An {@code <ib>} of the client. */
    void onBulletin(Node ib) {
        Optional<Node> batch = ib.child("offline_batch");
        if (batch.isEmpty()) {
            return;
        }
        String count = batch.get().attribute("count", "");
        if (count.matches("[1-9][0-9]{0,5}")) {
            delivery.pull(Integer.parseInt(count));
        } else {
            connection.clientFailed("offline_batch with a count that is no positive number");
        }
    }
}
