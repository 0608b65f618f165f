package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.OfflineMode;
import dev.whatsappmd.localserver.account.OwedPolicy;
import dev.whatsappmd.localserver.account.PhoneProfile;
import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.ServerScript;
import dev.whatsappmd.localserver.media.BlobServer;
import dev.whatsappmd.localserver.pairing.CodeDesk;
import dev.whatsappmd.localserver.query.IqHandler;
import dev.whatsappmd.localserver.record.ConnectionRecord;
import dev.whatsappmd.localserver.record.NotSeenError;
import dev.whatsappmd.localserver.record.RecordedStanza;
import dev.whatsappmd.localserver.record.Recording;
import dev.whatsappmd.localserver.record.StanzaMatch;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/**
 * A WhatsApp MD server in this process, on 127.0.0.1 only: script it, run a client against it, look at what it recorded.
 *
 * <pre>{@code
 * try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
 *     SimulatedPhone phone = server.phone("4915100000001");
 *     server.script().onLogin(2, ServerClose.failure(503));
 *
 *     // the client: serverUrl = server.url(), serverRootKey = server.rootKeyHex()
 *     LinkedDevice device = phone.scan(qrTextOfTheClient);
 *     server.awaitOpen(Duration.ofSeconds(10));
 *
 *     SimulatedContact anna = phone.contact("Anna");
 *     anna.writes("hello").awaitDelivered(Duration.ofSeconds(5));
 *     server.awaitAllAnswered(Duration.ofSeconds(5));
 *
 *     server.closeWith(ServerClose.conflict("replaced"));
 *     RecordedStanza upload = server.takeStanza(StanzaMatch.iq("set", "encrypt"), Duration.ofSeconds(5));
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> One daemon thread, {@code localserver-<port>}, owns the sockets, the timers and all state, and runs
 * the {@link IqHandler}s that were added. Everything public may be called from any thread: a command is done when its
 * method returns. Methods that wait have a deadline; they must not be called from an {@code IqHandler}.
 *
 * <p>It speaks the protocol with the engine's own codec, keys and certificates, under its own Noise root, so that no
 * client can mistake it for WhatsApp's.
 */
public final class LocalWhatsAppServer implements AutoCloseable {
    private final Recording recording;
    private final ServerScript script = new ServerScript();
    private final ServerRoom room;

    private LocalWhatsAppServer(Builder options) {
        recording = new Recording(options.clock, options.keepsStanzas);
        room = new ServerRoom(options, recording, script);
    }

    /** Starts a server on a free port, with new keys. */
    public static LocalWhatsAppServer start() {
        return builder().start();
    }

    /** A server with other settings than {@link #start()}'s. */
    public static Builder builder() {
        return new Builder();
    }

    /** What a client connects to, e.g. {@code ws://127.0.0.1:40123/ws/chat}: option {@code serverUrl}. */
    public String url() {
        return "ws://127.0.0.1:" + port() + "/ws/chat";
    }

    /** Where it has files, over HTTP, e.g. {@code http://127.0.0.1:40124}: option {@code mediaUrl}. */
    public String mediaUrl() {
        return room.blobs().url();
    }

    /** The files it has over HTTP: put some, script faults, look at what was asked for. */
    public BlobServer blobs() {
        return room.blobs();
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return room.port();
    }

    /** The server's own Noise root, 64 hexadecimal digits: option {@code serverRootKey}. */
    public String rootKeyHex() {
        return room.rootKeyHex();
    }

    /** The phone with this number, international digits only; made as a private Android phone when there is none. */
    public SimulatedPhone phone(String number) {
        return new SimulatedPhone(room, room.loop().call(() -> room.account(PhoneProfile.of(number), true)));
    }

    /** A phone with settings of its own. */
    public SimulatedPhone.Builder newPhone(String number) {
        return new SimulatedPhone.Builder(room, number);
    }

    /** What happens when. */
    public ServerScript script() {
        return script;
    }

    /** Everything that was seen and done. */
    public Recording recording() {
        return recording;
    }

    /** All connections in the order they came, ended ones too. */
    public List<ServerConnection> connections() {
        return room.loop().call(room::connections);
    }

    /** The connections that have not ended. */
    public List<ServerConnection> liveConnections() {
        return connections().stream().filter(ServerConnection::isLive).toList();
    }

    /** Ends every live connection in this way, now. */
    public void closeWith(ServerClose close) {
        inflict(close);
    }

    /**
     * Does this to every live connection, now.
     *
     * @throws IllegalArgumentException when it is about a certain moment or a certain stanza
     */
    public void inflict(ServerFault fault) {
        ServerConnection.requireAnyTime(fault);
        room.loop().run(() -> room.connections().stream()
                .filter(ServerConnection::isLive)
                .forEach(connection -> connection.inflict(fault)));
    }

    /**
     * Answers such requests in this way from now on, instead of what the server does by itself.
     *
     * @return takes the handler away again
     */
    public Runnable onIq(StanzaMatch match, IqHandler handler) {
        return room.queries().add(match, handler);
    }

    /**
     * Refuses every request for a pairing code from now on, e.g. with 429 {@code rate-overlimit} or 400 {@code
     * bad-request}.
     *
     * @return ends it
     */
    public Runnable refusePairingCodes(int code, String text) {
        return onIq(CodeDesk.HELLO, IqHandler.error(code, text));
    }

    /** The requests that the server could not answer (error 501 for the client), in order. */
    public List<Node> unknownQueries() {
        return room.queries().unknown();
    }

    /** How offline queues are handed out, from the next login on. */
    public void offlineMode(OfflineMode mode) {
        Objects.requireNonNull(mode, "mode");
        room.loop().run(() -> room.sessions().offlineMode(mode));
    }

    /** What is done about devices that do not answer what they are sent, from the next login on. */
    public void owedPolicy(OwedPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        room.loop().run(() -> room.sessions().owedPolicy(policy));
    }

    /**
     * What went wrong inside the server itself, mostly in an added {@link IqHandler}; empty in a good test. What clients
     * did wrong is in {@link Recording#failures()}.
     */
    public List<Throwable> internalFailures() {
        return room.internalFailures();
    }

    /**
     * Takes the oldest received stanza that matches and was not taken before.
     *
     * @throws NotSeenError when none came in time; lists what came instead
     */
    public RecordedStanza takeStanza(StanzaMatch match, Duration timeout) {
        return recording.take(match, timeout);
    }

    /** {@link #takeStanza(StanzaMatch, Duration)} by tag. */
    public RecordedStanza takeStanza(String tag, Duration timeout) {
        return takeStanza(StanzaMatch.tag(tag), timeout);
    }

    /**
     * Waits until something is so; asked again after everything the server does.
     *
     * @param what what is waited for, as it stands in the error
     * @throws NotSeenError when it is not so in time; lists what happened instead
     */
    public void awaitUntil(String what, Duration timeout, BooleanSupplier condition) {
        recording.await(what, timeout, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    /** Waits for the nth connection of this server, 1 for the first. */
    public ServerConnection awaitConnection(int nth, Duration timeout) {
        recording.await(
                "connection " + nth,
                timeout,
                () -> recording.all().size() >= nth ? Optional.of(nth) : Optional.empty());
        return connection(nth);
    }

    /** Waits until this moment has come for the nth time since the server's start; gives the connection it came on. */
    public ServerConnection await(Moment moment, int nth, Duration timeout) {
        String what = moment.name().toLowerCase(Locale.ROOT) + " number " + nth;
        return connection(recording.await(what, timeout, () -> recording.all().stream()
                .filter(connection -> connection.reached(moment))
                .sorted(Comparator.comparing(
                        connection -> connection.momentAt(moment).orElseThrow()))
                .skip(nth - 1L)
                .findFirst()
                .map(ConnectionRecord::index)));
    }

    /** Waits until a connection is open ({@link Moment#OPEN}) and has not ended; gives the newest. */
    public ServerConnection awaitOpen(Duration timeout) {
        return awaitLive(Moment.OPEN, timeout);
    }

    /** Waits until a connection has reached the moment and has not ended; gives the newest. */
    public ServerConnection awaitLive(Moment moment, Duration timeout) {
        String what = "a live connection at " + moment.name().toLowerCase(Locale.ROOT);
        return connection(recording.await(what, timeout, () -> recording.all().stream()
                .filter(ConnectionRecord::isLive)
                .filter(connection -> connection.reached(moment))
                .reduce((older, newer) -> newer)
                .map(ConnectionRecord::index)));
    }

    /** Waits until this connection has ended, by whomever. */
    public void awaitClosed(ServerConnection connection, Duration timeout) {
        recording.await("the end of connection " + connection.index(), timeout, () -> connection
                .record()
                .end());
    }

    /** Waits until no connection is live. */
    public void awaitAllClosed(Duration timeout) {
        recording.await(
                "the end of all connections",
                timeout,
                () -> recording.all().stream().noneMatch(ConnectionRecord::isLive)
                        ? Optional.of(true)
                        : Optional.empty());
    }

    /**
     * Waits until every linked device has answered all that it was sent, in the way that clears it, and makes sure that no
     * client did anything wrong so far.
     *
     * @throws NotSeenError when something is still owed; says what
     * @throws AssertionError when {@link Recording#failures()} has something
     */
    public void awaitAllAnswered(Duration timeout) {
        recording.await(
                () -> "answers to all stanzas, still owed: " + stillOwed(),
                timeout,
                () -> room.loop().call(room::isAllAnswered) ? Optional.of(true) : Optional.empty());
        if (!recording.failures().isEmpty()) {
            throw new AssertionError("clients did something wrong: " + recording.failures());
        }
    }

    private List<String> stillOwed() {
        return room.loop().call(() -> room.devices().stream()
                .flatMap(device -> device.queue().owed().stream())
                .map(owed -> StanzaMatch.label(owed.node()) + " " + owed.id())
                .toList());
    }

    /** Ends every socket, the timers and the thread; returns when they are gone. Does nothing the second time. */
    @Override
    public void close() {
        room.close();
    }

    private ServerConnection connection(int index) {
        return connections().get(index - 1);
    }

    /** Settings of a server. */
    public static final class Builder {
        int port;
        Clock clock = Clock.systemUTC();
        RandomGenerator random = new SecureRandom();
        OfflineMode offlineMode = OfflineMode.STRICT_PULL;
        OwedPolicy owedPolicy = OwedPolicy.patient();
        Duration refLifetime = Duration.ofSeconds(160);
        Duration codeLifetime = Duration.ofSeconds(180);
        boolean keepsStanzas = true;

        private Builder() {}

        /** A fixed port instead of a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("a port is 0 (any free one) to 65535, not " + port);
            }
            this.port = port;
            return this;
        }

        /** The clock for the times of stanzas, refs and the recording; the system's by default. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** Source of all keys and refs; a seeded one makes a server that can be repeated. */
        public Builder random(RandomGenerator random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /** How offline queues are handed out; {@link OfflineMode#STRICT_PULL} by default. */
        public Builder offlineMode(OfflineMode mode) {
            this.offlineMode = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /** What is done about devices that do not answer; {@link OwedPolicy#patient()} by default. */
        public Builder owedPolicy(OwedPolicy policy) {
            this.owedPolicy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /** How long a ref can be scanned after it was given out; 160 s by default, as long as clients show six codes. */
        public Builder refLifetime(Duration lifetime) {
            if (lifetime.isNegative() || lifetime.isZero()) {
                throw new IllegalArgumentException("a ref lives for a positive time, not " + lifetime);
            }
            this.refLifetime = lifetime;
            return this;
        }

        /** How long a pairing code can be typed after a client asked for it; 180 s by default. */
        public Builder codeLifetime(Duration lifetime) {
            if (lifetime.isNegative() || lifetime.isZero()) {
                throw new IllegalArgumentException("a code lives for a positive time, not " + lifetime);
            }
            this.codeLifetime = lifetime;
            return this;
        }

        /** Records connections and moments but no stanza: for load tests, whose recording would fill the memory. */
        public Builder withoutStanzas() {
            this.keepsStanzas = false;
            return this;
        }

        /** Starts the server. */
        public LocalWhatsAppServer start() {
            return new LocalWhatsAppServer(this);
        }
    }
}
