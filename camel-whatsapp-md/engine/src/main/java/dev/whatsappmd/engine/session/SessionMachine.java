package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.channel.DisconnectTable;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.LastDisconnect;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.message.Answers;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.pairing.ClientPayloads;
import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.prekey.PreKeyNotice;
import dev.whatsappmd.engine.request.RequestTable;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.reconnect.Cause;
import dev.whatsappmd.reconnect.Decision;
import dev.whatsappmd.reconnect.ReconnectAction;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectTracker;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What a session does about whatever happens: inputs in, effects out. It touches neither socket nor clock nor store, so
 * every course of events can be replayed from a seed.
 *
 * <p>What always holds, whatever comes in (SessionScheduleTest): one connection at most; each one that was begun is
 * closed by exactly one update; nothing is begun after a stop; no attempt before its delay; no effect ever removes
 * credentials.
 *
 * <p>Not thread-safe: it belongs to the session's thread.
 */
final class SessionMachine implements BringUp.Host, Linking.Host, Inbound.Host, Unlinking.Host {
    /** Removed so soon after pairing means that the link itself was not accepted. */
    private static final Duration LINK_TRIAL = Duration.ofMinutes(3);

    /** Ends that say nothing about the link that is being made; it goes on in the same window. */
    private static final Set<WhatsAppDisconnectKind> ON_THE_WAY = EnumSet.of(
            WhatsAppDisconnectKind.TRANSPORT_LOST,
            WhatsAppDisconnectKind.UNREACHABLE,
            WhatsAppDisconnectKind.UNRESPONSIVE,
            WhatsAppDisconnectKind.PROTOCOL_ERROR,
            WhatsAppDisconnectKind.SERVER_UNAVAILABLE);

    /** It becomes part of an address; the real one has some twenty bytes. */
    private static final int MAX_ROUTING_INFO = 1024;

    private final SessionSettings settings;
    private final RandomGenerator random;
    private final ReconnectTracker<WhatsAppDisconnectKind> tracker;
    private final Outbox out;
    private final Operations operations;
    private final Linking linking;
    private final Login login;
    private final Unlinking unlinking;
    private final KeyRepair repair = new KeyRepair();
    private final Deliveries deliveries;
    private final Inbound inbound;

    private Credentials credentials;
    /** As the store has them: what is gone back to when something fails. */
    private Credentials durable;

    private Phase phase = Phase.IDLE;
    private long epoch;
    /** Where the session stood before the last input that was no failure. */
    private Phase phaseBefore = Phase.IDLE;
    /** Whether the present connection has been told as begun and not yet as closed. */
    private boolean toldConnected;
    /** The one that was told last. */
    private long toldEpoch;

    private KeepAlive keepAlive;
    private BringUp bringUp;
    private OfflineQueue offline;
    private boolean withoutRouting;

    private Decision decision;
    private boolean awaitingLastWord;
    private Optional<ReconnectDirective> lastWord = Optional.empty();
    private boolean due;
    /** Another process owns the stored session by now: nothing is dialed any more, whoever asks. */
    private boolean takenOver;

    private boolean stopping;
    private boolean releasedAgain;
    private ConnectionState told;
    private LastDisconnect lastDisconnect;
    private ConnectionUpdate.Reconnect next;

    /** @param owner grows with every owner of the stored session */
    SessionMachine(SessionSettings settings, Credentials credentials, long owner, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.credentials = credentials;
        this.durable = credentials;
        this.tracker = settings.policy().newTracker(random);
        this.out = new Outbox(settings.sessionId());
        this.operations = new Operations(out);
        this.linking = new Linking(out, this, operations, settings, random);
        this.login = new Login(out);
        this.unlinking = new Unlinking(out, this, operations, settings.queryTimeout());
        this.deliveries = new Deliveries(out, settings.maxPendingExchanges(), settings.maximumDeliveries());
        this.inbound = new Inbound(out, this, deliveries, operations, owner);
    }

    /**
     * Takes one input.
     *
     * @param now monotonic milliseconds
     * @return what is to be done, in this order
     */
    List<Effect> on(Input input, long now, Instant wall) {
        out.turn(now, wall);
        operations.turn();
        if (phase == Phase.STOPPED) {
            stopped(input);
        } else if (input instanceof Input.StoreFailed failed) {
            storeFailed(failed.failure());
        } else if (input instanceof Input.EffectFailed failed) {
            effectFailed(DisconnectCause.protocolError(failed.what()));
        } else {
            phaseBefore = phase;
            dispatch(input);
        }
        settle();
        return out.take();
    }

    /** What waits for a connection waits no longer than there is one to come. */
    private void settle() {
        if (!phase.connected()) {
            linking.endConnection();
        }
        if (phase == Phase.HALTED || phase == Phase.PARKED) {
            linking.refuseWaiting(
                    lastDisconnect == null
                            ? "the session is " + phase
                            : lastDisconnect.error().message());
        }
    }

    /** An effect has been carried out. What was decided and never came so far is taken back when something fails. */
    void done(Effect effect) {
        if (effect instanceof Effect.Save save) {
            durable = save.credentials();
        } else if (effect instanceof Effect.ReplaceIdentity replace) {
            durable = replace.fresh();
        } else if (effect instanceof Effect.Emit emit && emit.update().connection() == ConnectionState.CONNECTING) {
            toldConnected = true;
            toldEpoch = emit.update().generation();
        } else if (effect instanceof Effect.Emit emit && emit.update().closes()) {
            toldConnected = false;
        } else if (effect instanceof Effect.Complete complete) {
            operations.done(complete);
        } else if (effect instanceof Effect.SaveTaken save) {
            durable = save.credentials().orElse(durable);
        }
        deliveries.done(effect);
    }

    /**
     * After a defect in {@link #on}: what the input left half done is dropped, and the connection with it.
     *
     * @return what is to be done instead
     */
    List<Effect> recover(String what, long now, Instant wall) {
        out.take();
        out.turn(now, wall);
        out.clearAll();
        inbound.dropped();
        operations.dropped("internal error: " + what);
        credentials = durable;
        returnToTold();
        DisconnectCause cause = DisconnectCause.protocolError(what);
        boolean attempting = !toldConnected && phase.connected();
        try {
            decision = attempting || toldConnected ? decide(cause) : decision;
        } catch (RuntimeException e) {
            decision = stop("internal error: not even what follows could be decided");
        }
        if (toldConnected) {
            phase = phase.connected() ? phase : phaseBefore;
            ended(cause, false);
        } else if (decision != null) {
            // Of an attempt, if it was one, nothing has been told: there is none to close.
            epoch -= attempting ? 1 : 0;
            awaitingLastWord = false;
            next = describe();
            follow();
        }
        operations.failBegun("internal error: " + what);
        if (stopping) {
            release();
        }
        settle();
        return out.take();
    }

    /** The next connection was begun in the same turn as the present one was ended, and of neither was told anything. */
    private void returnToTold() {
        if (toldConnected && epoch != toldEpoch) {
            epoch = toldEpoch;
            phase = phaseBefore;
            out.connection(epoch, new RequestTable("0"), keepAlive);
        }
    }

    /** What asks for an answer gets one even now. */
    private void stopped(Input input) {
        if (input instanceof Input.Asked asked) {
            operations.begin(asked.operation());
            operations.fail(asked.operation(), "the session was stopped");
        } else if (input instanceof Input.EffectFailed && !releasedAgain) {
            releasedAgain = true;
            out.add(new Effect.Release());
        }
    }

    private void dispatch(Input input) {
        if (input instanceof Input.Start) {
            start();
        } else if (input instanceof Input.Stop) {
            stop();
        } else if (input instanceof Input.Reconnect) {
            reconnect();
        } else if (input instanceof Input.Asked asked) {
            operations.begin(asked.operation());
            asked(asked);
        } else if (input instanceof Input.GaveUp gave) {
            operations.fail(
                    gave.operation(), "no answer within " + gave.waited().toMillis() + " ms; the session is " + phase);
        } else if (input instanceof Input.TimerFired fired) {
            if (out.runOut(fired)) {
                timer(fired.timer());
            }
        } else if (input instanceof Input.LastWords words) {
            lastWords(words);
        } else if (inbound.takes(input)) {
            goOnPulling();
        } else if (phase.connected()) {
            connection(input);
        }
    }

    /** Inputs of the present connection; those of an older one are dropped. */
    private void connection(Input input) {
        if (input instanceof Input.Heard heard && heard.epoch() == epoch) {
            keepAlive.heard();
        } else if (input instanceof Input.Received received && received.epoch() == epoch) {
            received(received.node());
        } else if (input instanceof Input.Ended ended && ended.epoch() == epoch) {
            end(ended.cause());
        } else if (input instanceof Input.HandshakeDone done && done.epoch() == epoch) {
            handshakeDone();
        } else if (input instanceof Input.PreKeysLoaded loaded && loaded.epoch() == epoch) {
            bringUp.preKeysLoaded(loaded);
        } else if (input instanceof Input.TakenIn taken && taken.epoch() == epoch) {
            inbound.taken(taken);
        } else if (input instanceof Input.HelloMade made && made.epoch() == epoch && phase == Phase.PAIRING) {
            linking.helloMade(made);
        } else if (input instanceof Input.FinishMade made && made.epoch() == epoch) {
            linking.finishMade(made);
        }
    }

    // ---- asked by the application

    private void start() {
        if (phase == Phase.IDLE) {
            deliveries.begin();
            attempt(false);
        }
    }

    private void stop() {
        stopping = true;
        inbound.flush();
        if (phase.connected()) {
            end(DisconnectCause.closedByUs());
        }
        release();
    }

    private void release() {
        out.endConnection();
        out.clear(SessionTimer.REDELIVERY);
        awaitingLastWord = false;
        operations.failAll("the session was stopped");
        phase = Phase.STOPPED;
        out.add(new Effect.Release());
    }

    private void reconnect() {
        if (phase == Phase.IDLE || phase.connected()) {
            return;
        }
        tracker.reset();
        attempt(false);
    }

    private void asked(Input.Asked asked) {
        if (asked instanceof Input.Logout) {
            logout(asked.operation());
        } else if (asked instanceof Input.Relink) {
            relink(asked.operation());
        } else if (asked instanceof Input.ShowPresence shown) {
            showPresence(shown);
        } else if (asked instanceof Input.RequestPairingCode wanted) {
            requestPairingCode(wanted);
        } else if (asked instanceof Input.RedeliverFailed) {
            out.add(new Effect.TakeUp(asked.operation()));
        }
    }

    private void relink(long operation) {
        if (credentials.registered()) {
            operations.fail(operation, "cannot relink: this device is linked; log it out first");
        } else if (phase == Phase.IDLE || takenOver) {
            String why = takenOver ? "another process owns the stored session" : "the session has not begun";
            operations.fail(operation, "cannot relink: " + why);
        } else {
            if (phase.connected()) {
                decision = new Decision(ReconnectAction.RELINK, Optional.of(Duration.ZERO), 1, "asked for");
                ended(DisconnectCause.closedByUs(), false);
            }
            tracker.reset();
            attempt(true);
            operations.succeed(operation);
        }
    }

    private void showPresence(Input.ShowPresence asked) {
        if (phase != Phase.OPEN) {
            operations.fail(asked.operation(), "cannot show presence: the session is " + phase + ", not open");
        } else if (login.showPresence(account(), asked.available())) {
            operations.succeed(asked.operation());
        } else {
            operations.fail(
                    asked.operation(),
                    "cannot show presence: the account's name is not known yet; the phone sends it after linking");
        }
    }

    private void requestPairingCode(Input.RequestPairingCode asked) {
        String why =
                switch (phase) {
                    case PAIRED, BRINGING_UP, OPEN -> "this device is linked already; `logout` unlinks it";
                    case IDLE, PARKED, HALTED -> "the session is " + phase + "; `relink` opens a new pairing window";
                    default -> whyNoCode();
                };
        if (why.isEmpty()) {
            linking.requestCode(asked);
        } else {
            operations.fail(asked.operation(), "no pairing code: " + why);
        }
    }

    private String whyNoCode() {
        if (credentials.registered()) {
            return "this device is linked already; `logout` unlinks it";
        }
        return credentials.account().isPresent()
                ? "this device's link was revoked; `relink` opens a new pairing window"
                : "";
    }

    private void logout(long operation) {
        if (phase != Phase.OPEN && phase != Phase.BRINGING_UP || unlinking.isUnderWay()) {
            String why = unlinking.isUnderWay() ? "a logout is under way" : "the session is " + phase + ", not open";
            operations.fail(operation, "cannot log out: " + why);
            return;
        }
        unlinking.begin(operation, account().id());
    }

    // ---- connecting

    /** @param relinks whether a new identity takes the place of one that was revoked, or was never linked */
    private void attempt(boolean relinks) {
        due = false;
        awaitingLastWord = false;
        out.endConnection();
        if (takenOver) {
            phase = Phase.HALTED;
            out.warn("not connected: another process owns the stored session; stop this one and start it anew");
            return;
        }
        linking.beginConnection();
        login.beginConnection();
        epoch++;
        phase = Phase.DIALING;
        next = null;
        keepAlive = new KeepAlive(out, settings.keepAliveInterval(), settings.keepAliveTimeout(), random);
        RequestTable requests =
                new RequestTable(random.nextInt(10_000, 60_000) + "." + random.nextInt(10_000, 60_000) + "-" + epoch);
        out.connection(epoch, requests, keepAlive);
        offline = new OfflineQueue(out, deliveries::isFull);
        bringUp = new BringUp(out, this, settings.step(), repair, random);
        tell(out.update().connection(ConnectionState.CONNECTING).receivedPendingNotifications(false));
        if (relinks) {
            linking.closeWindow();
            credentials = NewCredentials.generate(random);
            out.add(new Effect.ReplaceIdentity(credentials));
        }
        out.set(SessionTimer.CONNECT, settings.connectTimeout());
        byte[] payload = credentials
                .account()
                .map(account -> ClientPayloads.login(account.id(), settings.device()))
                .orElseGet(() -> ClientPayloads.registration(credentials, settings.device()));
        Optional<byte[]> routing = withoutRouting ? Optional.empty() : credentials.routingInfo();
        out.add(new Effect.Connect(epoch, credentials.noiseKey(), payload, routing));
    }

    private void handshakeDone() {
        if (phase != Phase.DIALING) {
            return;
        }
        withoutRouting = false;
        phase = credentials.account().isPresent() ? Phase.LOGGING_IN : Phase.PAIRING;
        out.set(SessionTimer.CONNECT, settings.connectTimeout());
        keepAlive.begin();
    }

    private void timer(SessionTimer timer) {
        switch (timer) {
            case CONNECT -> end(DisconnectCause.deadline(step(), settings.connectTimeout()));
            case QR -> linking.qrOver();
            case PAIRING_WINDOW -> linking.windowOver();
            case REQUESTS -> {
                out.requests().expire(out.now());
                if (phase.connected()) {
                    out.armRequests();
                }
            }
            case PING -> keepAlive.pingDue();
            case DEAD -> end(DisconnectCause.unresponsive(settings.keepAliveTimeout()));
            case OFFLINE -> offline.gaveUp();
            case STABLE -> tracker.stable();
            case NEXT_ATTEMPT -> {
                due = true;
                attemptIfDue();
            }
            case LAST_WORD -> {
                out.debug("no last word of the routes within routeDecisionTimeout="
                        + settings.routeDecisionTimeout().toMillis() + "ms");
                decided(lastWord);
            }
            case REDELIVERY -> {
                deliveries.due();
                inbound.askFlush();
            }
        }
    }

    private String step() {
        return switch (phase) {
            case DIALING -> "connecting and the handshake";
            case PAIRING -> "waiting for codes to show";
            case PAIRED -> "waiting for the restart after pairing";
            default -> "the login";
        };
    }

    // ---- what the server says

    private void received(Node node) {
        switch (node.tag()) {
            case "stream:error" -> end(DisconnectTable.ofStreamError(node));
            case "failure" -> end(DisconnectTable.ofFailure(node));
            case "xmlstreamend" -> end(DisconnectCause.streamEnd());
            case "success" -> success(node);
            case "iq" -> iq(node);
            case "ib" -> node.children().forEach(this::info);
            default -> stanza(node);
        }
    }

    private void iq(Node iq) {
        String type = iq.attribute("type", "");
        if (type.equals("result") || type.equals("error")) {
            if (out.requests().answer(iq) && phase.connected()) {
                out.armRequests();
            }
            return;
        }
        if (phase == Phase.PAIRING && linking.takesRequest(iq)) {
            return;
        }
        if (iq.hasAttribute("xmlns", "urn:xmpp:ping")) {
            out.send(Answers.result(iq));
        } else {
            out.send(Answers.unknownRequest(iq));
        }
    }

    @Override
    public void linked() {
        phase = Phase.PAIRED;
        out.set(SessionTimer.CONNECT, settings.connectTimeout());
        out.emit(out.update().isNewLogin(true));
    }

    /** The first one of a connection counts. */
    private void success(Node success) {
        if (phase != Phase.LOGGING_IN) {
            return;
        }
        Credentials known = login.taken(success, credentials);
        if (known != credentials) {
            credentials = known;
            out.save(credentials);
        }
        phase = Phase.BRINGING_UP;
        out.clear(SessionTimer.CONNECT);
        bringUp.begin();
    }

    private void info(Node child) {
        switch (child.tag()) {
            case "edge_routing" ->
                child.child("routing_info").flatMap(Node::bytes).ifPresent(this::route);
            case "downgrade_webclient" -> {
                if (phase == Phase.PAIRING) {
                    linking.unsupported();
                }
            }
            case "offline_preview" -> offline.preview();
            case "offline" -> {
                inbound.flush();
                offline.end();
            }
            default -> {
                // dirty, thread_metadata, tos, client_expiration and what is new: nothing is owed for an <ib>.
            }
        }
    }

    private void route(byte[] routingInfo) {
        byte[] known = credentials.routingInfo().orElse(new byte[0]);
        if (routingInfo.length > MAX_ROUTING_INFO || Arrays.equals(routingInfo, known)) {
            return;
        }
        credentials = credentials.toBuilder()
                .routingInfo(Optional.of(routingInfo).filter(info -> info.length > 0))
                .build();
        out.save(credentials);
    }

    private void stanza(Node stanza) {
        boolean loggedIn = phase == Phase.LOGGING_IN || phase == Phase.BRINGING_UP || phase == Phase.OPEN;
        if (phase == Phase.PAIRING && linking.takes(stanza)) {
            return;
        }
        if (loggedIn) {
            inbound.take(stanza);
        } else if (Answers.isOwed(stanza) && !stanza.is("message")) {
            out.send(Answers.ack(stanza, ownAddress(), Optional.empty()));
        }
        if (phase == Phase.PAIRING) {
            linking.acknowledged(stanza);
        }
    }

    @Override
    public Self self() {
        return new Self(credentials, login.isOnline(), login.serverTime(), random);
    }

    private void goOnPulling() {
        if (phase.connected()) {
            offline.goOn();
        }
    }

    @Override
    public void handled(Node stanza, boolean cleared) {
        if (phase == Phase.OPEN) {
            PreKeyNotice.parse(stanza).ifPresent(bringUp::noticed);
        }
        if (phase.connected()) {
            offline.handled(stanza, cleared);
        }
    }

    // ---- for the bring-up

    @Override
    public Credentials credentials() {
        return credentials;
    }

    @Override
    public void update(Credentials changed) {
        credentials = changed;
    }

    @Override
    public void delivering() {
        offline.begin();
    }

    @Override
    public void opened() {
        phase = Phase.OPEN;
        tracker.opened(out.now());
        out.set(SessionTimer.STABLE, tracker.policy().settings().stableAfter());
        tell(out.update().connection(ConnectionState.OPEN));
        offline.opened();
        login.showPresence(account(), settings.markOnlineOnConnect());
        login.sayUnifiedSession();
    }

    // ---- the end of a connection, and what comes after it

    @Override
    public void end(DisconnectCause cause) {
        if (!phase.connected()) {
            return;
        }
        inbound.flush();
        DisconnectCause meant = meaning(cause);
        decision = decide(meant);
        if (ON_THE_WAY.contains(meant.kind()) && decision.reconnects() && pairing() && closesBeforeNextAttempt()) {
            meant = linking.expired(Optional.of(meant));
            decision = decide(meant);
        }
        ended(meant, meant.kind() != WhatsAppDisconnectKind.RESTART_REQUESTED && !takenOver);
    }

    /** @param changeable whether a route may still change what was decided */
    private void ended(DisconnectCause meant, boolean changeable) {
        boolean dialing = phase == Phase.DIALING;
        // A route that the server gave and that does not lead anywhere is not tried twice in a row.
        withoutRouting = dialing && !withoutRouting && credentials.routingInfo().isPresent();
        out.endConnection();
        out.add(new Effect.Disconnect(epoch));
        phase = Phase.HALTED;
        if (meant.kind() == WhatsAppDisconnectKind.PAIRING_EXPIRED
                || meant.kind() == WhatsAppDisconnectKind.PAIRING_UNSUPPORTED) {
            linking.closeWindow();
        }
        boolean revoked = revoke(meant);
        tellClose(meant);
        unlinking.ended(meant);
        if (meant.kind() != WhatsAppDisconnectKind.CLOSED_BY_US) {
            lastWord = Optional.empty();
            awaitingLastWord = changeable;
            if (awaitingLastWord) {
                out.set(SessionTimer.LAST_WORD, settings.routeDecisionTimeout());
            }
            follow();
        }
        if (revoked) {
            // Last, because what stands behind a save that fails is not done.
            out.save(credentials);
        }
    }

    private DisconnectCause meaning(DisconnectCause cause) {
        if (cause.kind() != WhatsAppDisconnectKind.LOGGED_OUT) {
            return cause;
        }
        if (unlinking.isUnderWay()) {
            return DisconnectCause.loggedOutByUs();
        }
        boolean fresh = credentials
                .account()
                .map(account -> Duration.between(account.pairedAt(), out.wall()).compareTo(LINK_TRIAL) < 0)
                .orElse(false);
        return fresh
                ? cause.as(
                        WhatsAppDisconnectKind.LINK_REJECTED,
                        "the server removed this device right after it was linked: " + cause.message())
                : cause;
    }

    private Decision decide(DisconnectCause cause) {
        if (cause.equals(DisconnectCause.loggedOutByUs())) {
            return Decision.none("logged out by this side");
        }
        if (takenOver) {
            return stop("another process owns the stored session");
        }
        return tracker.decide(new Cause<>(cause.kind(), cause.reason(), cause.code(), cause.hint()), out.now());
    }

    private static Decision stop(String why) {
        return new Decision(ReconnectAction.STOP, Optional.empty(), 0, why);
    }

    /** Before a device is linked, trouble on the way is part of the same pairing window. */
    private boolean pairing() {
        return credentials.account().isEmpty() && linking.isOpen();
    }

    private boolean closesBeforeNextAttempt() {
        return linking.closesBefore(
                out.now() + decision.delay().orElse(Duration.ZERO).toMillis());
    }

    private void tellClose(DisconnectCause cause) {
        lastDisconnect = new LastDisconnect(
                new LastDisconnect.Error(
                        cause.message(), new LastDisconnect.Output(cause.statusCode()), cause.attributes()),
                out.wall(),
                cause.origin(),
                cause.kind(),
                cause.reason());
        next = describe();
        tell(out.update()
                .connection(ConnectionState.CLOSE)
                .lastDisconnect(lastDisconnect)
                .reconnect(next));
        String line = "closed: " + cause.statusCode() + " " + cause.reason() + " (" + cause.origin() + ", "
                + cause.kind() + "): " + cause.message() + "; next: " + next;
        if (cause.kind().planned() || decision.reconnects()) {
            out.info(line);
        } else {
            out.warn(line);
        }
    }

    private ConnectionUpdate.Reconnect describe() {
        if (relinksWhatIsLinked()) {
            String why = "relink was asked for, but this device is still linked: log it out first";
            return new ConnectionUpdate.Reconnect(ReconnectAction.STOP.wireName(), 0, null, why);
        }
        return new ConnectionUpdate.Reconnect(
                decision.action().wireName(),
                decision.attempt(),
                decision.delay().map(Duration::toMillis).orElse(null),
                decision.why());
    }

    /** Kept, not removed: marked, so that it is plain what happened. False when there is nothing to mark. */
    private boolean revoke(DisconnectCause cause) {
        boolean ended = cause.kind() == WhatsAppDisconnectKind.LOGGED_OUT
                || cause.kind() == WhatsAppDisconnectKind.LINK_REJECTED;
        if (!ended || credentials.account().isEmpty()) {
            return false;
        }
        credentials = credentials.toBuilder()
                .revocation(Optional.of(new Credentials.Revocation(
                        cause.statusCode(), cause.kind().name(), out.wall())))
                .build();
        return true;
    }

    /** Sets off what the decision says. */
    private void follow() {
        due = false;
        out.clear(SessionTimer.NEXT_ATTEMPT);
        boolean waits = decision.reconnects() || decision.action() == ReconnectAction.PARK;
        if (!waits || relinksWhatIsLinked()) {
            phase = Phase.HALTED;
            return;
        }
        phase = decision.action() == ReconnectAction.PARK ? Phase.PARKED : Phase.WAITING;
        decision.delay().ifPresent(delay -> out.set(SessionTimer.NEXT_ATTEMPT, delay));
    }

    private void attemptIfDue() {
        if (!due || awaitingLastWord || phase != Phase.WAITING && phase != Phase.PARKED) {
            return;
        }
        if (relinksWhatIsLinked()) {
            // The mark of the revocation could not be saved.
            out.warn("no new identity: the store still has this device as linked");
            next = describe();
            phase = Phase.HALTED;
            return;
        }
        attempt(decision.action() == ReconnectAction.RELINK);
    }

    /** What is linked is never replaced. */
    private boolean relinksWhatIsLinked() {
        return decision.action() == ReconnectAction.RELINK && credentials.registered();
    }

    private void lastWords(Input.LastWords words) {
        if (words.epoch() == epoch && awaitingLastWord) {
            lastWord = words.directive();
            if (words.complete()) {
                decided(lastWord);
            }
        } else {
            words.directive()
                    .ifPresent(late -> out.info("the route's last word " + late + " came too late and is ignored"));
        }
    }

    private void decided(Optional<ReconnectDirective> word) {
        awaitingLastWord = false;
        out.clear(SessionTimer.LAST_WORD);
        if (word.isPresent() && decision.action() != ReconnectAction.NONE) {
            decision = tracker.override(decision, word.get(), out.now());
            next = describe();
            out.info("the route's last word is " + word.get() + "; next: " + next);
            follow();
        }
        attemptIfDue();
    }

    private void storeFailed(SessionStoreException failure) {
        takenOver |= failure.reason() == SessionStoreException.Reason.FENCED;
        if (toldConnected) {
            effectFailed(
                    takenOver
                            ? DisconnectCause.takenOver(failure.getMessage())
                            : DisconnectCause.storeFailed(failure.getMessage()));
            return;
        }
        inbound.dropped();
        operations.dropped("the store failed: " + failure.getMessage());
        credentials = durable;
        out.warn("the store failed: " + failure.getMessage());
        if (takenOver) {
            out.endConnection();
            awaitingLastWord = false;
            phase = Phase.HALTED;
        }
    }

    private void effectFailed(DisconnectCause cause) {
        inbound.dropped();
        operations.dropped(cause.message());
        credentials = durable;
        if (toldConnected) {
            // The effects that were not begun may have been those that clear timers, or even end the connection.
            out.clearAll();
            deliveries.arm();
            returnToTold();
            phase = phase.connected() ? phase : phaseBefore;
            end(cause);
        }
    }

    // ---- small things

    private void tell(ConnectionUpdate.Builder update) {
        ConnectionUpdate built = update.build();
        if (built.connection() != null) {
            told = built.connection();
        }
        out.add(new Effect.Emit(built));
    }

    private Credentials.Account account() {
        return credentials.account().orElseThrow(() -> new IllegalStateException("no account in phase " + phase));
    }

    private Optional<String> ownAddress() {
        return credentials.account().map(account -> account.id().toString());
    }

    Phase phase() {
        return phase;
    }

    /** The connection whose close still waits for the routes' last word; 0 for none. */
    long awaitsLastWord() {
        return awaitingLastWord ? epoch : 0;
    }

    SessionStatus status() {
        return new SessionStatus(
                settings.sessionId(),
                phase.toString(),
                told,
                credentials.registered(),
                epoch,
                offline != null && offline.received(),
                lastDisconnect,
                phase.connected() ? null : next,
                deliveries.pending(),
                deliveries.failed());
    }
}
