package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.request.RequestTable;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Collects what the parts of a session want done in answer to one input, and knows its time. */
final class Outbox {
    private final String sessionId;
    private final Map<SessionTimer, Long> timers = new EnumMap<>(SessionTimer.class);
    private List<Effect> effects = new ArrayList<>();
    private RequestTable requests = new RequestTable("0");
    private KeepAlive keepAlive;
    private long epoch;
    private long lastSetting;
    private long now;
    private Instant wall = Instant.EPOCH;

    Outbox(String sessionId) {
        this.sessionId = sessionId;
    }

    /** A new input has come. */
    void turn(long nowMillis, Instant wallClock) {
        now = nowMillis;
        wall = wallClock;
    }

    /** A new connection begins. */
    void connection(long newEpoch, RequestTable newRequests, KeepAlive newKeepAlive) {
        epoch = newEpoch;
        requests = newRequests;
        keepAlive = newKeepAlive;
    }

    /** The connection is over: nothing of it is waited for any more. */
    void endConnection() {
        requests.clear();
        for (SessionTimer timer : SessionTimer.values()) {
            if (timer != SessionTimer.REDELIVERY) {
                clear(timer);
            }
        }
    }

    List<Effect> take() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }

    long now() {
        return now;
    }

    Instant wall() {
        return wall;
    }

    long epoch() {
        return epoch;
    }

    RequestTable requests() {
        return requests;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void send(Node node) {
        add(new Effect.Send(epoch, node));
    }

    /** Sends a question; the handler hears the answer, or that there is none. */
    void ask(Node iq, Duration timeout, RequestTable.Handler handler) {
        send(requests.ask(iq, now + timeout.toMillis(), handler));
        keepAlive.asked();
        armRequests();
    }

    void armRequests() {
        OptionalLong next = requests.nextDeadline();
        if (next.isPresent()) {
            set(SessionTimer.REQUESTS, next.getAsLong() - now);
        } else {
            clear(SessionTimer.REQUESTS);
        }
    }

    void set(SessionTimer timer, long delayMillis) {
        timers.put(timer, ++lastSetting);
        add(new Effect.SetTimer(timer, lastSetting, Math.max(0, delayMillis)));
    }

    void set(SessionTimer timer, Duration delay) {
        set(timer, delay.toMillis());
    }

    void clear(SessionTimer timer) {
        if (timers.remove(timer) != null) {
            add(new Effect.ClearTimer(timer));
        }
    }

    /** Also those that look cleared: effects that were dropped may have been the clearing ones. */
    void clearAll() {
        timers.clear();
        for (SessionTimer timer : SessionTimer.values()) {
            add(new Effect.ClearTimer(timer));
        }
    }

    /** Whether this is the present setting of the timer; if so it counts as run out. */
    boolean runOut(Input.TimerFired fired) {
        return timers.remove(fired.timer(), fired.setting());
    }

    void save(Credentials credentials) {
        save(new ChangeSet(), credentials);
    }

    /** Saves the credentials together with the other changes. */
    void save(ChangeSet others, Credentials credentials) {
        add(new Effect.Save(SessionRows.putCredentials(others, credentials), credentials));
    }

    ConnectionUpdate.Builder update() {
        return ConnectionUpdate.builder(sessionId, epoch);
    }

    void emit(ConnectionUpdate.Builder update) {
        add(new Effect.Emit(update.build()));
    }

    void debug(String message) {
        log(Effect.Log.Level.DEBUG, message);
    }

    void info(String message) {
        log(Effect.Log.Level.INFO, message);
    }

    void warn(String message) {
        log(Effect.Log.Level.WARN, message);
    }

    private void log(Effect.Log.Level level, String message) {
        add(new Effect.Log(level, "session " + sessionId + ": " + message));
    }
}
