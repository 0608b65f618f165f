package dev.whatsappmd.engine.client;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.channel.ServerProbe;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.event.SessionStatus;
import dev.whatsappmd.engine.pairing.DeviceConfig;
import dev.whatsappmd.engine.pairing.Pairing;
import dev.whatsappmd.engine.session.Session;
import dev.whatsappmd.engine.session.SessionSettings;
import dev.whatsappmd.engine.session.SessionWiring;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.time.Timers;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One WhatsApp session: paired once, connected for as long as it runs, told of in {@link SessionListener}s.
 *
 * <p>Used once: {@link #start}, then {@link #stop}. Safe for use by several threads; nothing here waits for the network
 * but {@link #close}.
 */
public final class WhatsAppClient implements AutoCloseable {
    private static final long CLOSE_SECONDS = 10;

    private final ClientOptions options;
    private final Session session;

    /**
     * Does nothing yet.
     *
     * @param threads runs the session's steps, one at a time; stays the caller's, and has to outlive the session
     * @param timers stays the caller's too
     * @throws IllegalArgumentException an {@code on.} option says something that cannot be; names it
     */
    public WhatsAppClient(ClientOptions options, Executor threads, Timers timers) {
        this.options = options;
        DeviceConfig device =
                DeviceConfig.of(options.device(), options.historySync()).withVersion(options.clientVersion());
        SessionSettings settings = new SessionSettings(
                options.sessionId(),
                device,
                options.pairing(),
                options.markOnlineOnConnect(),
                options.connectTimeout(),
                options.queryTimeout(),
                options.keepAliveInterval(),
                options.keepAliveTimeout(),
                options.routeDecisionTimeout(),
                options.maximumDeliveries(),
                options.maxPendingExchanges(),
                options.policy());
        SessionWiring wiring =
                new SessionWiring(options.serverUrl(), options.serverTrust(), options.proxy(), options.transport());
        this.session = new Session(settings, wiring, threads, timers);
    }

    /**
     * Whether the server of these options can be reached and is the one we trust. Sends nothing about any account, and
     * needs no store.
     *
     * @return empty when all is well, else one sentence that says what is wrong and what to do; within
     *     {@code connectTimeout}. Cancelling it ends the test and its connection
     */
    public static CompletableFuture<Optional<String>> testConnection(ClientOptions options) {
        CompletableFuture<Optional<DisconnectCause>> probe = ServerProbe.ask(
                options.serverUrl(),
                options.connectTimeout(),
                options.proxy(),
                options.serverTrust(),
                options.transport(),
                new SecureRandom());
        DisconnectCause late = DisconnectCause.deadline("connecting and the handshake", options.connectTimeout());
        probe.completeOnTimeout(Optional.of(late), options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture<Optional<String>> told = probe.thenApply(cause -> cause.map(DisconnectCause::message));
        told.whenComplete((trouble, failure) -> probe.cancel(false));
        return told;
    }

    /** Add listeners before {@link #start} to miss nothing. */
    public void addListener(SessionListener listener) {
        session.addListener(listener);
    }

    public void removeListener(SessionListener listener) {
        session.removeListener(listener);
    }

    /**
     * A listener wants other events than before, or takes what it has returned: all are asked again what they want, and what
     * is pending is given out.
     */
    public void listenersChanged() {
        session.listenersChanged();
    }

    /**
     * Opens the store, on this thread, and connects, in the background. A session without an identity gets one and
     * shows codes.
     *
     * @throws SessionStoreException the store could not be opened; nothing was started, and it may be tried again
     * @throws IllegalStateException it was started before
     */
    public void start() {
        session.start(options.store());
    }

    /**
     * Ends the session: from a wait or in the middle of connecting at once, else with a close frame.
     *
     * @return completes when no socket and no timer of this session is left and the store is given up, within seconds
     */
    public CompletableFuture<Void> stop() {
        return session.stop();
    }

    public SessionStatus status() {
        return session.status();
    }

    /**
     * Unlinks this device from the account. The credentials are kept, marked as revoked.
     *
     * @return completes when the server has confirmed it; fails with an {@link IllegalStateException} that says why not
     */
    public CompletableFuture<Void> logout() {
        return session.logout();
    }

    /**
     * Asks for a code that is typed into the phone in place of scanning a QR code, whatever {@link
     * ClientOptions#pairing} says; QR codes that are shown go on being shown. The code is also told as an update.
     *
     * <p>Only as long as this device is not linked. While it connects, this waits until the server offers to link it,
     * {@code queryTimeout} at most. A code can be typed for 180 s and replaces the one before; three are asked for in one
     * pairing window at most, those of options and replacements included. When the server takes it back, or the
     * connection is lost, another one is asked for in the same way and told as an update.
     *
     * @param phoneNumber of the account, with its country code; digits, and between them what people write there
     * @param ownCode a code to use in place of a random one: eight letters or digits, a dash between does not matter
     * @return completes with the code, eight capital letters and digits, once the server has taken it; fails with an
     *     {@link IllegalArgumentException} when the number or the code is none, else with an {@link
     *     IllegalStateException} that says why not: linked already, pairing window over, what the server said
     */
    public CompletableFuture<String> requestPairingCode(String phoneNumber, Optional<String> ownCode) {
        Pairing byCode;
        try {
            byCode = Pairing.code(phoneNumber, ownCode);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        return session.requestPairingCode(byCode);
    }

    /**
     * Opens a new pairing window: a new identity takes the place of one that was revoked, which is kept aside, or that
     * was never linked. What is connected, or waits, ends for it.
     *
     * @return completes when the new identity is stored and the connection to link it is begun; codes are told as
     *     updates; fails with an {@link IllegalStateException} that says why not, as when this device is linked
     */
    public CompletableFuture<Void> relink() {
        return session.relink();
    }

    /**
     * Shows this device as online, or as not; until the connection ends. While it is shown as online the phone is
     * silent about what arrives.
     *
     * @return completes when it is sent; fails with an {@link IllegalStateException} that says why not: the session is
     *     not open, or the name of the account, which goes with it, is not known yet
     */
    public CompletableFuture<Void> presence(boolean available) {
        return session.showPresence(available);
    }

    /**
     * Delivers again what was given up after {@code maximumDeliveries}.
     *
     * @return completes with how many events that are; fails with an {@link IllegalStateException} when the session does
     *     not run
     */
    public CompletableFuture<Long> redeliverFailed() {
        return session.redeliverFailed();
    }

    /** Ends a wait, a park or a stop now, and forgets the failures so far; without effect while connected. */
    public void reconnect() {
        session.reconnect();
    }

    /** {@link #stop}, and waits for it, ten seconds at most. */
    @Override
    public void close() {
        try {
            stop().get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "session " + options.sessionId() + " did not end within " + CLOSE_SECONDS + " s", e);
        }
    }
}
