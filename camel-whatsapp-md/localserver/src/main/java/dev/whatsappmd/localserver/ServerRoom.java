package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.PhoneProfile;
import dev.whatsappmd.localserver.connection.ConnectionListener;
import dev.whatsappmd.localserver.connection.NoiseIdentity;
import dev.whatsappmd.localserver.connection.NoiseStream;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.contact.ContactDesk;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerScript;
import dev.whatsappmd.localserver.media.BlobServer;
import dev.whatsappmd.localserver.pairing.CodeDesk;
import dev.whatsappmd.localserver.pairing.RegistrationDesk;
import dev.whatsappmd.localserver.query.IqHandlers;
import dev.whatsappmd.localserver.query.StandardQueries;
import dev.whatsappmd.localserver.record.Recording;
import dev.whatsappmd.localserver.session.SessionDesk;
import dev.whatsappmd.localserver.transport.EventLoop;
import dev.whatsappmd.localserver.transport.LoopbackListener;
import dev.whatsappmd.localserver.transport.WebSocketLink;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a server and how they hang together. */
final class ServerRoom {
    private static final Logger LOG = LoggerFactory.getLogger(LocalWhatsAppServer.class);
    private static final int GOING_AWAY = 1001;

    private final RandomGenerator random;
    private final Recording recording;
    private final ServerScript script;
    private final NoiseIdentity identity;
    private final EventLoop loop;
    private final LoopbackListener listener;
    private final int port;
    private final BlobServer blobs;
    private final IqHandlers queries;
    private final RegistrationDesk registrations;
    private final CodeDesk codes;
    private final SessionDesk sessions;
    private final ContactDesk contacts;
    private final PhoneBook phoneBook = new PhoneBook();
    private final Clock clock;
    private final Map<String, Account> accounts = new LinkedHashMap<>();
    private final List<ServerConnection> connections = new ArrayList<>();
    private final List<Throwable> internalFailures = new CopyOnWriteArrayList<>();

    ServerRoom(LocalWhatsAppServer.Builder options, Recording recording, ServerScript script) {
        this.random = options.random;
        this.recording = recording;
        this.script = script;
        identity = NoiseIdentity.generate(options.clock.instant(), random);
        queries = new IqHandlers(this::failed);
        registrations = new RegistrationDesk(options.clock, random, options.refLifetime);
        codes = new CodeDesk(options.clock, random, options.codeLifetime, this::find, registrations, queries);
        sessions = new SessionDesk(
                options.clock,
                number -> Optional.ofNullable(accounts.get(number)),
                queries,
                options.offlineMode,
                options.owedPolicy);
        clock = options.clock;
        contacts = new ContactDesk(options.clock, random, sessions, queries, this::find);
        loop = new EventLoop("localserver", this::failed, recording::changed);
        LoopbackListener opened = null;
        try {
            opened = LoopbackListener.open(loop, options.port, this::accept);
        } finally {
            if (opened == null) {
                loop.close();
            }
        }
        listener = opened;
        port = listener.port();
        loop.rename("localserver-" + port);
        blobs = BlobServer.open(loop, options.clock);
        StandardQueries.addTo(queries, this::find, blobs.host());
        LOG.debug("local WhatsApp server listens on 127.0.0.1:{}", port);
    }

    int port() {
        return port;
    }

    String rootKeyHex() {
        return identity.rootKeyHex();
    }

    BlobServer blobs() {
        return blobs;
    }

    EventLoop loop() {
        return loop;
    }

    IqHandlers queries() {
        return queries;
    }

    RegistrationDesk registrations() {
        return registrations;
    }

    CodeDesk codes() {
        return codes;
    }

    SessionDesk sessions() {
        return sessions;
    }

    ContactDesk contacts() {
        return contacts;
    }

    PhoneBook phoneBook() {
        return phoneBook;
    }

    Instant now() {
        return clock.instant();
    }

    /** All linked devices of all accounts. On the event loop. */
    List<Device> devices() {
        return accounts.values().stream()
                .flatMap(account -> account.devices().stream())
                .toList();
    }

    /** Whether every linked device has answered all that it was sent. On the event loop. */
    boolean isAllAnswered() {
        return devices().stream().allMatch(device -> device.queue().isEmpty());
    }

    Recording recording() {
        return recording;
    }

    List<Throwable> internalFailures() {
        return List.copyOf(internalFailures);
    }

    /** On the event loop. */
    List<ServerConnection> connections() {
        return List.copyOf(connections);
    }

    /**
     * The account of this number, made when there is none. On the event loop.
     *
     * @param known whether one that is there already is welcome
     */
    Account account(PhoneProfile profile, boolean known) {
        Account there = accounts.get(profile.number());
        if (there != null && !known) {
            throw new IllegalStateException("there is a phone with this number already; get it with phone(number)");
        }
        return accounts.computeIfAbsent(profile.number(), number -> new Account(profile, random));
    }

    void close() {
        try {
            loop.run(() -> {
                listener.close();
                connections.stream()
                        .filter(ServerConnection::isLive)
                        .forEach(connection ->
                                connection.closeWith(ServerClose.socketClose(GOING_AWAY, "server is closed")));
            });
        } catch (IllegalStateException e) {
            // Closed before.
        }
        loop.close();
        blobs.close();
    }

    private ServerConnection accept(WebSocketLink link) {
        ServerConnection connection = new ServerConnection(
                loop, link, recording.begin(), script, new NoiseStream(identity, random), new Desks());
        connections.add(connection);
        return connection;
    }

    private Optional<Account> find(Jid address) {
        return accounts.values().stream()
                .filter(account -> account.owns(address))
                .findFirst();
    }

    private void failed(Throwable failure) {
        LOG.error("the local server failed inside; this is a bug of it or of an added IqHandler", failure);
        internalFailures.add(failure);
    }

    /** Hands what comes over connections to the desk whose business it is. */
    private final class Desks implements ConnectionListener {
        @Override
        public void onRegistration(ServerConnection connection, ClientPayload payload) {
            registrations.register(connection, payload);
        }

        @Override
        public void onLogin(ServerConnection connection, ClientPayload payload) {
            sessions.login(connection, payload);
        }

        @Override
        public void onStanza(ServerConnection connection, Node stanza) {
            sessions.onStanza(connection, stanza);
        }

        @Override
        public void onUnlinked(ServerConnection connection) {
            accounts.values().stream()
                    .flatMap(account -> account.devices().stream())
                    .filter(device -> Arrays.equals(device.keys().noiseKey(), connection.clientNoiseKey()))
                    .forEach(Device::remove);
        }

        @Override
        public void onClosed(ServerConnection connection) {
            registrations.closed(connection);
            codes.closed(connection);
            sessions.closed(connection);
        }
    }
}
