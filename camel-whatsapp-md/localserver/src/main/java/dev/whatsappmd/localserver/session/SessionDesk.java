package dev.whatsappmd.localserver.session;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.query.IqHandler;
import dev.whatsappmd.localserver.query.IqHandlers;
import dev.whatsappmd.localserver.query.IqQuery;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Logs devices in, answers what clients send, and unlinks devices. On the event loop. */
public final class SessionDesk {
    private static final int LOGGED_OUT = 401;

    private final Clock clock;
    private final Function<String, Optional<Account>> accounts;
    private final IqHandlers queries;
    private final Map<ServerConnection, DeviceSession> sessions = new HashMap<>();
    private final Map<Device, DeviceSession> sessionsByDevice = new HashMap<>();
    private BiConsumer<Device, Node> mail = (device, stanza) -> {};
    private OfflineMode offlineMode;
    private OwedPolicy owedPolicy;

    /**
     * @param accounts finds an account by phone number
     * @param queries answers iq requests; what needs a session is added here
     */
    public SessionDesk(
            Clock clock,
            Function<String, Optional<Account>> accounts,
            IqHandlers queries,
            OfflineMode offlineMode,
            OwedPolicy owedPolicy) {
        this.clock = clock;
        this.accounts = accounts;
        this.queries = queries;
        this.offlineMode = offlineMode;
        this.owedPolicy = owedPolicy;
        queries.add(StanzaMatch.iq("set", "passive"), IqHandler.result());
        queries.add(StanzaMatch.iq("set", "md").child("remove-companion-device"), this::logout);
    }

    /** Who is told of what devices send to others: messages, and answers to what they got. After the server's own answer. */
    public void onMail(BiConsumer<Device, Node> listener) {
        mail = listener;
    }

    /** How offline queues are handed out from the next login on. */
    public void offlineMode(OfflineMode mode) {
        offlineMode = mode;
    }

    /** What is done about devices that do not answer, from the next login on. */
    public void owedPolicy(OwedPolicy policy) {
        owedPolicy = policy;
    }

    /** A client logs in: success, or failure 401 when it is not, or no longer, linked. */
    public void login(ServerConnection connection, ClientPayload payload) {
        Device device = accounts.apply(Long.toUnsignedString(payload.getUsername()))
                .flatMap(account -> account.device(payload.getDevice()))
                .filter(known -> !known.isRemoved())
                .filter(known -> Arrays.equals(known.keys().noiseKey(), connection.clientNoiseKey()))
                .orElse(null);
        if (device == null) {
            connection.closeWith(ServerClose.failure(LOGGED_OUT, Map.of("location", "local")));
            return;
        }
        session(device).ifPresent(older -> older.connection().closeWith(ServerClose.conflict("replaced")));
        DeviceSession session = new DeviceSession(connection, device, offlineMode, owedPolicy);
        sessions.put(connection, session);
        sessionsByDevice.put(device, session);
        session.begin(success(device), payload);
    }

    /** A stanza of a client, linked or not, that answers no request of the server. */
    public void onStanza(ServerConnection connection, Node stanza) {
        Optional<DeviceSession> session = Optional.ofNullable(sessions.get(connection));
        switch (stanza.tag()) {
            case "iq" -> answer(connection, session, stanza);
            case "ack", "receipt" ->
                session.ifPresent(known -> {
                    known.onAnswer(stanza);
                    mail.accept(known.device(), stanza);
                });
            case "ib" -> session.ifPresent(known -> known.onBulletin(stanza));
            case "message" ->
                session.ifPresent(known -> {
                    connection.send(ackOf(stanza));
                    mail.accept(known.device(), stanza);
                });
            default -> {
                // Presence, chat states and what is unknown: recorded, and owed no answer.
            }
        }
    }

    /** The connection is over. */
    public void closed(ServerConnection connection) {
        DeviceSession ended = sessions.remove(connection);
        if (ended != null) {
            sessionsByDevice.remove(ended.device(), ended);
        }
    }

    /** Adds a stanza to what the device is owed; it goes out when the device is active and has caught up. */
    public void deliver(Device device, Node stanza) {
        device.queue().add(stanza);
        session(device).ifPresent(DeviceSession::deliver);
    }

    /** Adds the same stanza, or one with its id, though one with that id may still be owed. */
    public void deliverCopy(Device device, Node stanza) {
        device.queue().addCopy(stanza);
        session(device).ifPresent(DeviceSession::deliver);
    }

    /** Unlinks a device; when it is on line it is told so. */
    public void remove(Device device) {
        device.remove();
        session(device).ifPresent(session -> session.connection()
                .closeWith(ServerClose.conflict("device_removed", LOGGED_OUT)));
    }

    /** The connection that a device is logged in on. */
    public Optional<ServerConnection> connection(Device device) {
        return session(device).map(DeviceSession::connection);
    }

    private Optional<DeviceSession> session(Device device) {
        return Optional.ofNullable(sessionsByDevice.get(device));
    }

    private void answer(ServerConnection connection, Optional<DeviceSession> session, Node iq) {
        if (iq.attribute("id").isEmpty()) {
            connection.clientFailed("an iq request without an id");
            return;
        }
        Device device = session.map(DeviceSession::device).orElse(null);
        Optional<Node> answer = queries.answer(new IqQuery(connection, device, iq, clock.instant()));
        answer.ifPresent(connection::send);
        boolean granted =
                answer.filter(node -> node.hasAttribute("type", "result")).isPresent();
        if (granted && iq.hasAttribute("xmlns", "passive") && iq.child("active").isPresent()) {
            session.ifPresent(DeviceSession::activate);
        }
    }

    /** A companion unlinks itself: answered, then told so like any removed device. */
    private Optional<Node> logout(IqQuery query) {
        Device device = query.loggedIn();
        if (device == null) {
            return Optional.of(query.error(LOGGED_OUT, "not-authorized"));
        }
        String named = query.child("remove-companion-device")
                .flatMap(node -> node.attribute("jid"))
                .orElse("");
        if (!named.equals(device.jid().toString()) && !named.equals(device.lid().toString())) {
            return Optional.of(query.error(403, "forbidden"));
        }
        query.connection().send(query.result());
        remove(device);
        return Optional.empty();
    }

    private Node success(Device device) {
        return Node.builder("success")
                .attribute("t", Long.toString(clock.instant().getEpochSecond()))
                .attribute("props", "27")
                .attribute("companion_enc_static", "")
                .attribute("lid", device.lid().toString())
                .attribute("display_name", device.account().profile().pushName())
                .attribute("creation", Long.toString(device.linkedAt().getEpochSecond()))
                .attribute("location", "local")
                .build();
    }

    private Node ackOf(Node message) {
        return Node.builder("ack")
                .attribute("class", "message")
                .attribute("from", message.attribute("to"))
                .attribute("id", message.attribute("id"))
                .attribute("t", Long.toString(clock.instant().getEpochSecond()))
                .build();
    }
}
