package dev.whatsappmd.camel;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/**
 * When a session connects again, and after which delay. What each kind of end does by itself, and what
 * {@code on.} options can name, is in docs/reconnect.md.
 */
@UriParams
public class ReconnectConfiguration {
    @UriParam(label = "consumer,reconnect", defaultValue = "smart", enums = "smart,always,never")
    private @Nullable String reconnectStrategy;

    @UriParam(label = "consumer,reconnect", defaultValue = "1s")
    private @Nullable Duration reconnectDelay;

    @UriParam(label = "consumer,reconnect", defaultValue = "2")
    private @Nullable Double reconnectMultiplier;

    @UriParam(label = "consumer,reconnect", defaultValue = "5m")
    private @Nullable Duration reconnectMaxDelay;

    @UriParam(label = "consumer,reconnect", defaultValue = "0.2")
    private @Nullable Double reconnectJitter;

    @UriParam(label = "consumer,reconnect", defaultValue = "0")
    private @Nullable Integer reconnectMaxAttempts;

    @UriParam(label = "consumer,reconnect", defaultValue = "30s")
    private @Nullable Duration reconnectStableAfter;

    @UriParam(label = "consumer,reconnect", defaultValue = "5s")
    private @Nullable Duration routeDecisionTimeout;

    @UriParam(label = "consumer,reconnect", prefix = "on.", multiValue = true)
    private Map<String, Object> on = new OnConfiguration();

    /** Shows the visitor each option; what it answers becomes the option's value. */
    void visit(OptionVisitor visitor) {
        reconnectStrategy = visitor.visit("reconnectStrategy", reconnectStrategy);
        reconnectDelay = visitor.visit("reconnectDelay", reconnectDelay);
        reconnectMultiplier = visitor.visit("reconnectMultiplier", reconnectMultiplier);
        reconnectMaxDelay = visitor.visit("reconnectMaxDelay", reconnectMaxDelay);
        reconnectJitter = visitor.visit("reconnectJitter", reconnectJitter);
        reconnectMaxAttempts = visitor.visit("reconnectMaxAttempts", reconnectMaxAttempts);
        reconnectStableAfter = visitor.visit("reconnectStableAfter", reconnectStableAfter);
        routeDecisionTimeout = visitor.visit("routeDecisionTimeout", routeDecisionTimeout);
        setOn(visitor.visit("on", on));
    }

    public @Nullable String getReconnectStrategy() {
        return reconnectStrategy;
    }

    /**
     * Which ends are followed by a reconnect. smart: each does what its row of the table says. always: every end reconnects,
     * except those after which it cannot help or would do harm (logged out, locked, banned, untrusted server and the like).
     * never: the first end that was not planned ends the session. A restart that the server asks for is followed in each.
     */
    public void setReconnectStrategy(@Nullable String reconnectStrategy) {
        this.reconnectStrategy = reconnectStrategy;
    }

    public @Nullable Duration getReconnectDelay() {
        return reconnectDelay;
    }

    /**
     * The first delay of a backoff.
     */
    public void setReconnectDelay(@Nullable Duration reconnectDelay) {
        this.reconnectDelay = reconnectDelay;
    }

    public @Nullable Double getReconnectMultiplier() {
        return reconnectMultiplier;
    }

    /**
     * How each delay of a backoff grows from the one before; 1 is a fixed delay.
     */
    public void setReconnectMultiplier(@Nullable Double reconnectMultiplier) {
        this.reconnectMultiplier = reconnectMultiplier;
    }

    public @Nullable Duration getReconnectMaxDelay() {
        return reconnectMaxDelay;
    }

    /**
     * The longest delay of a backoff.
     */
    public void setReconnectMaxDelay(@Nullable Duration reconnectMaxDelay) {
        this.reconnectMaxDelay = reconnectMaxDelay;
    }

    public @Nullable Double getReconnectJitter() {
        return reconnectJitter;
    }

    /**
     * The share of a delay by which it is shortened or lengthened at random, from 0 to 1.
     */
    public void setReconnectJitter(@Nullable Double reconnectJitter) {
        this.reconnectJitter = reconnectJitter;
    }

    public @Nullable Integer getReconnectMaxAttempts() {
        return reconnectMaxAttempts;
    }

    /**
     * How many attempts one streak of failures may have before the session is stopped; 0 is no limit.
     */
    public void setReconnectMaxAttempts(@Nullable Integer reconnectMaxAttempts) {
        this.reconnectMaxAttempts = reconnectMaxAttempts;
    }

    public @Nullable Duration getReconnectStableAfter() {
        return reconnectStableAfter;
    }

    /**
     * How long a connection must be open before a streak of failures is over.
     */
    public void setReconnectStableAfter(@Nullable Duration reconnectStableAfter) {
        this.reconnectStableAfter = reconnectStableAfter;
    }

    public @Nullable Duration getRouteDecisionTimeout() {
        return routeDecisionTimeout;
    }

    /**
     * How long the end of a connection waits for the route to say what happens next (header CamelWhatsAppMdReconnectAction).
     * The delay of the reconnect runs meanwhile.
     */
    public void setRouteDecisionTimeout(@Nullable Duration routeDecisionTimeout) {
        this.routeDecisionTimeout = routeDecisionTimeout;
    }

    /** Never null. */
    public Map<String, Object> getOn() {
        return on;
    }

    /**
     * What to do after one kind of end, as on.WHAT=ACTION or, after park and backoff, on.WHAT=ACTION:DURATION; for example
     * on.440=stop, on.connectionReplaced=park:10m, on.stream.503=now. WHAT is a kind, a reason, origin.code or a code, and wins in this order; case, _ and - do not
     * matter. ACTION is now, backoff, park (wait the duration, or until asked), stop or relink.
     */
    public void setOn(@Nullable Map<String, Object> on) {
        this.on = on == null ? new OnConfiguration() : new OnConfiguration(on);
    }
}
