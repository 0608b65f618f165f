package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.time.Duration;
import java.util.OptionalLong;

/** Unlinks this device when the application asks for it: one at a time, answered by the server or by the end. */
final class Unlinking {
    /** What the session does for it. */
    interface Host {
        void end(DisconnectCause cause);
    }

    private final Outbox out;
    private final Host host;
    private final Operations operations;
    private final Duration timeout;
    private OptionalLong operation = OptionalLong.empty();

    /** @param timeout how long the server may take for its answer */
    Unlinking(Outbox out, Host host, Operations operations, Duration timeout) {
        this.out = out;
        this.host = host;
        this.operations = operations;
        this.timeout = timeout;
    }

    boolean isUnderWay() {
        return operation.isPresent();
    }

    void begin(long asked, Jid device) {
        operation = OptionalLong.of(asked);
        Node remove = Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("type", "set")
                .attribute("xmlns", "md")
                .child(Node.builder("remove-companion-device")
                        .attribute("jid", device.toString())
                        .attribute("reason", "user_initiated")
                        .build())
                .build();
        out.ask(remove, timeout, outcome -> {
            if (outcome.ok()) {
                host.end(DisconnectCause.loggedOutByUs());
            } else {
                operation = OptionalLong.empty();
                operations.fail(asked, "the server did not unlink this device: " + outcome.describe());
            }
        });
    }

    /** The connection is over. */
    void ended(DisconnectCause cause) {
        if (operation.isPresent() && cause.kind() == WhatsAppDisconnectKind.LOGGED_OUT) {
            operations.succeed(operation.getAsLong());
        } else if (operation.isPresent()) {
            operations.fail(operation.getAsLong(), "the connection ended: " + cause.message());
        }
        operation = OptionalLong.empty();
    }
}
