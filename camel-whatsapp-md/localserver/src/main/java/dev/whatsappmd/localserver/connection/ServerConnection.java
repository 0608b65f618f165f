package dev.whatsappmd.localserver.connection;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.frame.FrameException;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.node.NodeDecoder;
import dev.whatsappmd.engine.node.NodeEncoder;
import dev.whatsappmd.engine.node.NodeFormatException;
import dev.whatsappmd.engine.noise.NoiseException;
import dev.whatsappmd.engine.proto.payload.ClientPayload;
import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.fault.ServerScript;
import dev.whatsappmd.localserver.fault.StanzaFault;
import dev.whatsappmd.localserver.record.ConnectionRecord;
import dev.whatsappmd.localserver.record.RecordedStanza.Direction;
import dev.whatsappmd.localserver.transport.EventLoop;
import dev.whatsappmd.localserver.transport.LinkEnd;
import dev.whatsappmd.localserver.transport.LinkHandler;
import dev.whatsappmd.localserver.transport.UpgradeAnswer;
import dev.whatsappmd.localserver.transport.UpgradeRequest;
import dev.whatsappmd.localserver.transport.WebSocketLink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection. The public methods may be called from any thread; what they do happens on the event loop, in
 * order with everything else, and is done when they return.
 */
public final class ServerConnection implements LinkHandler {
    /** The address a server speaks from. */
    public static final String SERVER = "s.whatsapp.net";

    private static final String PATH = "/ws/chat";
    private static final long FIRST_ID = 1_000_000_000L;

    private final EventLoop loop;
    private final ConnectionRecord record;
    private final ServerScript script;
    private final ConnectionListener listener;
    private final NoiseStream stream;
    private final Outgoing out;
    private final FaultHand faults;
    private final Map<String, Request> requests = new HashMap<>();
    private final List<EventLoop.LoopTimer> timers = new ArrayList<>();
    private final AtomicLong nextId = new AtomicLong(FIRST_ID);
    private boolean over;

    /** For the server: a connection that has just been accepted. */
    public ServerConnection(
            EventLoop loop,
            WebSocketLink link,
            ConnectionRecord record,
            ServerScript script,
            NoiseStream stream,
            ConnectionListener listener) {
        this.loop = loop;
        this.record = record;
        this.script = script;
        this.stream = stream;
        this.listener = listener;
        out = new Outgoing(loop, link);
        faults = new FaultHand(loop, link, out, new FaultHand.Host() {
            @Override
            public void send(Node stanza) {
                ServerConnection.this.send(stanza);
            }

            @Override
            public void unlinked() {
                listener.onUnlinked(ServerConnection.this);
            }
        });
    }

    /** Place among all connections of this server, 1 for the first. */
    public int index() {
        return record.index();
    }

    /** Everything that happened on this connection. */
    public ConnectionRecord record() {
        return record;
    }

    /** Whether it has not ended. */
    public boolean isLive() {
        return record.isLive();
    }

    /** Sends any stanza; nothing happens when the connection has ended or is not through the handshake. */
    public void send(Node stanza) {
        loop.run(() -> sendNow(stanza, NodeEncoder.encode(stanza)));
    }

    /** Sends any stanza in a deflated frame. */
    public void sendDeflated(Node stanza) {
        loop.run(() -> sendNow(stanza, NodeEncoder.encodeDeflated(stanza)));
    }

    /**
     * Does something to this client now; nothing happens when the connection has ended.
     *
     * @throws IllegalArgumentException when it is about a certain moment or a certain stanza
     */
    public void inflict(ServerFault fault) {
        requireAnyTime(fault);
        loop.run(() -> {
            apply(fault);
            faults.provoke();
        });
    }

    /** Refuses a fault that is about a certain moment or a certain stanza. */
    public static void requireAnyTime(ServerFault fault) {
        if (!fault.fits(Moment.OPEN)) {
            throw new IllegalArgumentException("\"" + fault + "\" cannot be done now: it is about a certain moment, or"
                    + " a certain stanza; give it to the script");
        }
    }

    /** Ends this connection now. */
    public void closeWith(ServerClose close) {
        inflict(close);
    }

    /** Tells the client which routing info to connect with next time. */
    public void sendEdgeRouting(byte[] routingInfo) {
        send(Bulletins.edgeRouting(routingInfo));
    }

    /** Tells the client that something of its account has changed, e.g. {@code account_sync}. */
    public void sendDirty(String type, Instant since) {
        send(Bulletins.dirty(type, since));
    }

    /** Tells the client that its version is refused from then on. */
    public void sendClientExpiration(Instant from) {
        send(Bulletins.clientExpiration(from));
    }

    /** Tells a client that is not linked yet that the phone cannot link it. */
    public void sendDowngradeWebclient() {
        send(Bulletins.downgradeWebclient());
    }

    /** Tells a client that is not linked yet to make a new secret for its codes. */
    public void sendRegistrationRefresh() {
        send(Bulletins.newSecret(newId(), "companion_reg_refresh"));
    }

    /** As {@link #sendRegistrationRefresh}, in the other way it is said. */
    public void sendRotateQr() {
        send(Bulletins.newSecret(newId(), "pair-device-rotate-qr"));
    }

    /**
     * Asks the client for a sign of life.
     *
     * @return completed with its answer, a result or an error; fails when the connection ends first
     */
    public CompletableFuture<Node> ping() {
        CompletableFuture<Node> answer = new CompletableFuture<>();
        loop.run(() -> request(
                Bulletins.ping(),
                answer::complete,
                () -> answer.completeExceptionally(
                        new IllegalStateException("the connection ended before the client answered the ping"))));
        return answer;
    }

    /**
     * Sends a request and hears the answer. On the event loop.
     *
     * @param iq without an id, which is given here
     * @param onLost called instead when the connection ends first
     */
    public void request(Node iq, Consumer<Node> onAnswer, Runnable onLost) {
        loop.assertLoopThread();
        if (over) {
            onLost.run();
            return;
        }
        String id = newId();
        requests.put(id, new Request(onAnswer, onLost));
        send(iq.toBuilder().attribute("id", id).build());
    }

    /**
     * A moment has come: records it and does what the script says. On the event loop.
     *
     * @return whether the server goes on with this client; false when it was closed or silenced
     */
    public boolean reach(Moment moment) {
        loop.assertLoopThread();
        record.reach(moment);
        script.next(moment).ifPresent(this::apply);
        if (moment == Moment.OPEN) {
            faults.provoke();
        }
        return goesOn();
    }

    /** What is wrong with the answer to this login; known from {@link Moment#LOGIN} on. On the event loop. */
    public Optional<LoginFault> loginFault() {
        return faults.login();
    }

    /** Runs the task once after the delay, unless the connection has ended by then. On the event loop. */
    public void schedule(Duration delay, Runnable task) {
        if (!over) {
            timers.add(loop.schedule(delay, task));
        }
    }

    /** The client broke the protocol: recorded, nothing more. */
    public void clientFailed(String what) {
        record.fail(what, null);
    }

    /** The client's public Noise key; known from {@link Moment#REGISTRATION} or {@link Moment#LOGIN} on. */
    public byte[] clientNoiseKey() {
        return stream.clientKey();
    }

    @Override
    public void onAccepted() {
        reach(Moment.ACCEPT);
    }

    @Override
    public UpgradeAnswer onUpgrade(UpgradeRequest request) {
        record.requested(request);
        if (!request.path().equals(PATH)) {
            return UpgradeAnswer.refuse(404);
        }
        return reach(Moment.UPGRADE) ? faults.upgradeAnswer() : UpgradeAnswer.none();
    }

    @Override
    public void onBytes(byte[] bytes) {
        if (!goesOn()) {
            return;
        }
        try {
            stream.feed(bytes);
            for (byte[] frame = nextFrame(); frame != null; frame = nextFrame()) {
                onFrame(frame);
            }
        } catch (FrameException | NoiseException e) {
            broken(e.getMessage(), e, ServerClose.socketClose(1002));
        } catch (NodeFormatException e) {
            broken(e.getMessage(), e, ServerClose.xmlNotWellFormed());
        } catch (InvalidProtocolBufferException e) {
            broken("the ClientPayload cannot be read: " + e.getMessage(), e, ServerClose.failure(400));
        }
    }

    @Override
    public void onText(int length) {
        broken("a text message of " + length + " characters", null, ServerClose.socketClose(1003));
    }

    @Override
    public void onClosed(LinkEnd end) {
        if (over) {
            return;
        }
        over = true;
        timers.forEach(EventLoop.LoopTimer::cancel);
        record.closed(end);
        listener.onClosed(this);
        List<Request> lost = List.copyOf(requests.values());
        requests.clear();
        lost.forEach(request -> request.onLost.run());
    }

    private String newId() {
        return Long.toString(nextId.getAndIncrement());
    }

    private boolean goesOn() {
        return !over && !faults.isSilent();
    }

    private byte @Nullable [] nextFrame() {
        return goesOn() ? stream.poll().orElse(null) : null;
    }

    private void onFrame(byte[] frame) throws NoiseException, NodeFormatException, InvalidProtocolBufferException {
        switch (stream.stage()) {
            case HELLO -> hello(frame);
            case FINISH -> finish(frame);
            case ESTABLISHED -> stanza(stream.decrypt(frame), frame.length);
        }
    }

    private void hello(byte[] frame) throws NoiseException {
        byte[] answer = stream.hello(frame);
        stream.routingInfo().ifPresent(record::introduced);
        if (reach(Moment.HELLO)) {
            Optional<CertificateFault> certificate = faults.certificate();
            out.frame(certificate.isPresent() ? stream.helloAgain(frame, certificate.get()) : answer);
        }
    }

    private void finish(byte[] frame) throws NoiseException, InvalidProtocolBufferException {
        byte[] bytes = stream.finish(frame);
        record.identified(stream.clientKey(), bytes);
        ClientPayload payload = ClientPayload.parseFrom(bytes);
        if (payload.hasDevicePairingData()) {
            if (reach(Moment.REGISTRATION)) {
                listener.onRegistration(this, payload);
            }
        } else if (reach(Moment.LOGIN)) {
            listener.onLogin(this, payload);
        }
    }

    private void stanza(byte[] plaintext, int frameBytes) throws NodeFormatException {
        Node node = NodeDecoder.decode(plaintext);
        record.add(Direction.RECEIVED, node, frameBytes);
        script.next(node).ifPresent(this::apply);
        Optional<StanzaFault> fault = faults.takeStanza();
        fault.ifPresent(kept -> answerWith(kept, node));
        if (fault.isPresent() || !goesOn()) {
            return;
        }
        if (node.is("iq") && (node.hasAttribute("type", "result") || node.hasAttribute("type", "error"))) {
            Request request = requests.remove(node.attribute("id", ""));
            if (request == null) {
                clientFailed("an iq " + node.attribute("type", "") + " that answers nothing");
            } else {
                request.onAnswer.accept(node);
            }
            return;
        }
        listener.onStanza(this, node);
    }

    private void answerWith(StanzaFault fault, Node stanza) {
        boolean request = stanza.is("iq") && stanza.attribute("id").isPresent();
        if (request && fault instanceof StanzaFault.IqError error) {
            send(Node.builder("iq")
                    .attribute("from", SERVER)
                    .attribute("type", "error")
                    .attribute("id", stanza.attribute("id"))
                    .child(Node.builder("error")
                            .attribute("code", Integer.toString(error.code()))
                            .attribute("text", error.text())
                            .build())
                    .build());
        }
    }

    private void sendNow(Node stanza, byte[] encoded) {
        if (!goesOn() || stream.stage() != NoiseStream.Stage.ESTABLISHED) {
            return;
        }
        byte[] encrypted = stream.encrypt(out.deflates() ? NodeEncoder.encodeDeflated(stanza) : encoded);
        record.add(Direction.SENT, stanza, encrypted.length);
        out.frame(encrypted);
    }

    private void broken(String what, @Nullable Throwable cause, ServerClose close) {
        record.fail(what, cause);
        apply(close);
    }

    private void apply(ServerFault fault) {
        if (!over) {
            record.faulted(fault);
            faults.apply(fault);
        }
    }

    @Override
    public String toString() {
        return record.toString();
    }

    private record Request(Consumer<Node> onAnswer, Runnable onLost) {}
}
