package dev.whatsappmd.engine.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.event.WhatsAppDisconnectKind;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.transport.TransportEnd;
import dev.whatsappmd.reconnect.ReconnectDirective;
import dev.whatsappmd.reconnect.ReconnectSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The loop around the machine: real threads, a clock moved by hand, sockets that do what the test says. */
class SessionTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final ManualTimers timers = new ManualTimers();
    private final FakeTransport transport = new FakeTransport();
    private final MemoryStore store = new MemoryStore().with(Identities.LINKED);
    private final Heard heard = new Heard();
    private Session session = session(Map.of());

    private Session session(Map<String, ?> overrides) {
        SessionSettings settings =
                MachineWorld.settings(ReconnectSettings.defaults().withJitter(0), overrides);
        SessionWiring wiring =
                new SessionWiring(URI.create("ws://127.0.0.1:1/"), ServerTrust.WHATSAPP, Optional.empty(), transport);
        Session made = new Session(settings, wiring, threads, timers);
        made.addListener(heard);
        return made;
    }

    @AfterEach
    void stop() {
        transport.answersClose = true;
        session.stop();
        threads.shutdown();
    }

    /** Hears everything; completes each receipt at once, or not at all. */
    private static final class Heard implements SessionListener {
        final List<ConnectionUpdate> updates = new CopyOnWriteArrayList<>();
        final List<String> errors = new CopyOnWriteArrayList<>();
        final List<Receipt> receipts = new CopyOnWriteArrayList<>();
        final List<Boolean> counted = new CopyOnWriteArrayList<>();
        volatile Function<ConnectionUpdate, Optional<ReconnectDirective>> word = update -> Optional.empty();

        @Override
        public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
            receipts.add(receipt);
            updates.add(update);
            if (word != null) {
                boolean counts = receipt.complete(word.apply(update));
                if (update.closes()) {
                    counted.add(counts);
                }
            }
        }

        @Override
        public void onError(String message, Throwable cause) {
            errors.add(message);
        }

        long times(ConnectionState state) {
            return updates.stream()
                    .filter(update -> update.connection() == state)
                    .count();
        }
    }

    private static void eventually(Callable<Boolean> condition) {
        await().atMost(LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(condition);
    }

    private void awaitDialed(int sockets) {
        eventually(() -> transport.sockets.size() == sockets);
    }

    private void awaitPhase(Phase phase) {
        eventually(() -> session.status().phase().equals(phase.toString()));
    }

    private ConnectionUpdate awaitClose(int nth) {
        eventually(() -> heard.times(ConnectionState.CLOSE) >= nth);
        return heard.updates.stream()
                .filter(ConnectionUpdate::closes)
                .skip(nth - 1L)
                .findFirst()
                .orElseThrow();
    }

    /** Ends the newest socket, and waits for the close to be told. */
    private ConnectionUpdate loseConnection(int nth) {
        transport.sockets.get(transport.sockets.size() - 1).end(TransportEnd.Kind.CONNECT);
        return awaitClose(nth);
    }

    private void started() {
        session.start(store);
        awaitDialed(1);
    }

    /** Moves the clock once the session has done all that it was given so far. */
    private void advance(Duration time) {
        settle();
        timers.advance(time);
        settle();
    }

    /** A refused logout stands behind everything that was given before; what that led to, before the second. */
    private void settle() {
        for (int i = 0; i < 2; i++) {
            assertThat(session.logout()).failsWithin(LIMIT);
        }
    }

    private static SessionStoreException failure(SessionStoreException.Reason reason) {
        return new SessionStoreException(reason, "by the test");
    }

    // ---- a listener that fails

    private void assertOthersAreNotHarmedBy(SessionListener failing) {
        Heard behind = new Heard();
        session.removeListener(heard);
        session.addListener(failing);
        session.addListener(heard);
        session.addListener(behind);
        started();

        loseConnection(1);
        awaitPhase(Phase.WAITING);
        // It counts as done with the close: nobody waits routeDecisionTimeout for it.
        advance(Duration.ofSeconds(1));

        awaitDialed(2);
        assertThat(behind.updates).isEqualTo(heard.updates);
        assertThat(heard.updates)
                .extracting(ConnectionUpdate::connection)
                .containsExactly(ConnectionState.CONNECTING, ConnectionState.CLOSE, ConnectionState.CONNECTING);
    }

    @Test
    void goesOnWhenAListenerFails() {
        assertOthersAreNotHarmedBy((update, receipt) -> {
            throw new IllegalStateException("by the test");
        });
    }

    @Test
    void goesOnWhenAListenerFailsWithAnError() {
        assertOthersAreNotHarmedBy((update, receipt) -> {
            throw new NoClassDefFoundError("by the test");
        });
    }

    @Test
    void hearsAWordOfAListenerThatFailsBehindIt() {
        session.addListener((update, receipt) -> {
            receipt.complete(Optional.of(ReconnectDirective.stop()));
            throw new IllegalStateException("by the test");
        });
        started();
        loseConnection(1);
        awaitPhase(Phase.HALTED);
    }

    @Test
    void goesOnWhenAListenerFailsToHearOfAnError() {
        session.addListener(new SessionListener() {
            @Override
            public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
                receipt.complete(Optional.empty());
            }

            @Override
            public void onError(String message, Throwable cause) {
                throw new IllegalStateException("by the test");
            }
        });
        started();
        transport.failNext = new IllegalArgumentException("by the test");
        loseConnection(1);
        awaitPhase(Phase.WAITING);
        advance(Duration.ofSeconds(1));
        awaitClose(2);
        awaitPhase(Phase.WAITING);
    }

    // ---- defects

    @Test
    void survivesADefectInTheMachine() {
        started();
        timers.failNextReading(new IllegalStateException("by the test"));

        ConnectionUpdate close = loseConnection(1);

        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(close.lastDisconnect().error().message()).contains("IllegalStateException while handling Ended");
        assertThat(heard.errors).containsExactly("defect while handling Ended");
        assertComesBack();
    }

    @Test
    void survivesADefectWhileItCarriesOut() {
        transport.failNext = new IllegalArgumentException("by the test");
        session.start(store);

        ConnectionUpdate close = awaitClose(1);

        assertThat(close.lastDisconnect().error().message()).contains("carrying out Connect");
        assertThat(heard.errors).containsExactly("defect while carrying out Connect");
        awaitPhase(Phase.WAITING);
        advance(Duration.ofSeconds(6));
        awaitDialed(1);
    }

    /** A transport that speaks before it is open. */
    @Test
    void survivesADefectWhileItReads() {
        started();

        transport.sockets.get(0).listener.onBytes(new byte[] {0, 0, 1, 7});

        ConnectionUpdate close = awaitClose(1);
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.PROTOCOL_ERROR);
        assertThat(heard.errors).hasSize(1);
        assertThat(transport.sockets.get(0).closed).isTrue();
        assertComesBack();
    }

    private void assertComesBack() {
        awaitPhase(Phase.WAITING);
        advance(Duration.ofSeconds(6));
        awaitDialed(2);
        assertThat(heard.times(ConnectionState.CLOSE)).isEqualTo(1);
    }

    @Test
    void survivesAListenersErrorInTheMiddleOfAStop() {
        session.addListener((update, receipt) -> {
            throw new StackOverflowError("by the test");
        });
        started();
        assertThat(session.stop()).succeedsWithin(LIMIT);
        assertThat(store.closed).isTrue();
    }

    // ---- starting and stopping

    @Test
    void savesANewIdentityBeforeItDials() {
        MemoryStore empty = new MemoryStore();
        AtomicReference<Integer> dialedAtCommit = new AtomicReference<>();
        empty.beforeCommit = () -> dialedAtCommit.compareAndSet(null, transport.sockets.size());
        session.start(empty);
        awaitDialed(1);
        assertThat(dialedAtCommit).hasValue(0);
        assertThat(empty.credentials()).isPresent();
    }

    @Test
    void leavesNoSocketAndNoTimerBehind() {
        started();
        assertThat(timers.size()).isPositive();

        assertThat(session.stop()).succeedsWithin(LIMIT);

        assertThat(transport.sockets.get(0).closed).isTrue();
        assertThat(timers.size()).isZero();
        assertThat(store.closed).isTrue();
        assertThat(session.status().phase()).isEqualTo("stopped");
        assertThat(heard.updates).last().satisfies(update -> assertThat(
                        update.lastDisconnect().kind())
                .isEqualTo(WhatsAppDisconnectKind.CLOSED_BY_US));
    }

    @Test
    void givesTheStoreUpOnlyWhenTheSocketIsGone() {
        transport.answersClose = false;
        started();
        CompletableFuture<Void> stopped = session.stop();
        eventually(() -> transport.sockets.get(0).closed);
        assertThat(stopped).isNotDone();
        assertThat(store.closed).isFalse();

        advance(Duration.ofSeconds(1));

        assertThat(stopped).succeedsWithin(LIMIT);
        assertThat(transport.sockets.get(0).aborted).isTrue();
        assertThat(timers.size()).isZero();
    }

    @Test
    void givesTheStoreUpInTheEndWhateverTheSocketDoes() {
        transport.answersClose = false;
        started();
        transport.sockets.get(0).end(TransportEnd.Kind.CONNECT);
        awaitPhase(Phase.WAITING);
        advance(Duration.ofSeconds(1));
        awaitDialed(2);
        FakeTransport.Socket hanging = transport.sockets.get(1);
        hanging.neverEnds = true;

        CompletableFuture<Void> stopped = session.stop();
        eventually(() -> hanging.closed);
        advance(Duration.ofMillis(4_999));
        assertThat(stopped).isNotDone();
        advance(Duration.ofMillis(1));

        assertThat(stopped).succeedsWithin(LIMIT);
        assertThat(store.closed).isTrue();
    }

    @Test
    void mayBeStoppedAtAnyTimeAndAgain() {
        assertThat(session.stop()).succeedsWithin(LIMIT);
        assertThat(session.stop()).succeedsWithin(LIMIT);
        assertThatThrownBy(() -> session.start(store)).isInstanceOf(IllegalStateException.class);
        assertThat(store.opened).hasValue(0);
    }

    @Test
    void startsOnlyOnce() {
        started();
        assertThatThrownBy(() -> session.start(store))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("support");
    }

    @Test
    void mayBeStartedAgainWhenTheStoreCouldNotBeOpened() {
        store.beforeOpen = () -> {
            throw failure(SessionStoreException.Reason.LOCKED);
        };
        assertThatThrownBy(() -> session.start(store)).isInstanceOf(SessionStoreException.class);
        assertThat(heard.updates).isEmpty();

        store.beforeOpen = () -> {};
        started();
    }

    @Test
    void givesTheStoreUpWhenItCannotBeRead() {
        MemoryStore empty = new MemoryStore();
        empty.beforeCommit = () -> {
            throw failure(SessionStoreException.Reason.FULL);
        };
        assertThatThrownBy(() -> session.start(empty)).isInstanceOf(SessionStoreException.class);
        assertThat(empty.closed).isTrue();
    }

    @Test
    void stopsAlsoWhileItStillOpensTheStore() {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.beforeOpen = () -> {
            opening.countDown();
            awaitQuietly(goOn);
        };
        CompletableFuture<Void> starting = CompletableFuture.runAsync(() -> session.start(store));
        awaitQuietly(opening);

        CompletableFuture<Void> stopped = session.stop();
        goOn.countDown();

        assertThat(starting).succeedsWithin(LIMIT);
        assertThat(stopped).succeedsWithin(LIMIT);
        assertThat(store.closed).isTrue();
        assertThat(transport.sockets).allMatch(socket -> socket.closed);
        assertThat(timers.size()).isZero();
    }

    @Test
    void isStoppedAlsoWhenTheStartFailsMeanwhile() {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        store.beforeOpen = () -> {
            opening.countDown();
            awaitQuietly(goOn);
            throw failure(SessionStoreException.Reason.CORRUPT);
        };
        CompletableFuture<Void> starting = CompletableFuture.runAsync(() -> session.start(store));
        awaitQuietly(opening);
        CompletableFuture<Void> stopped = session.stop();
        goOn.countDown();
        assertThat(starting).failsWithin(LIMIT);
        assertThat(stopped).succeedsWithin(LIMIT);
    }

    @Test
    void takesAReconnectBeforeTheStartForNothing() {
        session.reconnect();
        started();
        assertThat(heard.times(ConnectionState.CONNECTING)).isEqualTo(1);
    }

    @Test
    void reconnectsAtOnceWhenAPersonAsks() {
        started();
        loseConnection(1);
        session.reconnect();
        awaitDialed(2);
    }

    // ---- operations

    @Test
    void refusesALogoutWheneverItCannotBe() {
        assertThat(session.logout())
                .failsWithin(LIMIT)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("not running");
        started();
        assertThat(session.logout())
                .failsWithin(LIMIT)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(IllegalStateException.class)
                .withMessageContaining("dialing");
    }

    @Test
    void refusesALogoutThatComesBehindAStop() {
        transport.answersClose = false;
        started();
        session.stop();
        assertThat(session.logout())
                .failsWithin(LIMIT)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("stopped");
    }

    // ---- last words

    @Test
    void saysWhetherAWordCounted() {
        heard.word = update -> Optional.of(ReconnectDirective.park());
        started();
        loseConnection(1);
        awaitPhase(Phase.PARKED);
        assertThat(heard.counted).containsExactly(true);
    }

    @Test
    void saysThatAWordCameTooLate() {
        heard.word = null;
        started();
        loseConnection(1);
        SessionListener.Receipt receipt = heard.receipts.get(1);
        advance(Duration.ofSeconds(5));
        awaitDialed(2);

        assertThat(receipt.complete(Optional.of(ReconnectDirective.stop()))).isFalse();
        assertThat(receipt.complete(Optional.of(ReconnectDirective.stop()))).isFalse();
        assertThat(session.status().phase()).isEqualTo("dialing");
    }

    @Test
    void saysThatAWordBehindAStopIsTooLate() {
        heard.word = null;
        started();
        loseConnection(1);
        assertThat(session.stop()).succeedsWithin(LIMIT);
        assertThat(heard.receipts.get(1).complete(Optional.of(ReconnectDirective.now())))
                .isFalse();
    }

    @Test
    void takesTheMostCautiousOfSeveralListeners() {
        heard.word = update -> Optional.of(ReconnectDirective.now());
        session.addListener((update, receipt) -> receipt.complete(Optional.of(ReconnectDirective.park())));
        started();
        loseConnection(1);
        awaitPhase(Phase.PARKED);
    }

    @Test
    void hearsTheWordInTimeAlsoWhenAnotherListenerNeverSpeaks() {
        heard.word = update -> Optional.of(ReconnectDirective.stop());
        session.addListener((update, receipt) -> {});
        started();
        loseConnection(1);
        awaitPhase(Phase.WAITING);

        advance(Duration.ofSeconds(5));

        awaitPhase(Phase.HALTED);
        assertThat(transport.sockets).hasSize(1);
    }

    @Test
    void decidesAloneWhenNobodyListens() {
        session.removeListener(heard);
        started();
        transport.sockets.get(0).end(TransportEnd.Kind.CONNECT);
        awaitPhase(Phase.WAITING);
        advance(Duration.ofSeconds(1));
        awaitDialed(2);
    }

    // ---- the lease

    @Test
    void renewsItsLeaseUntilTheStoreIsGivenUp() {
        store.renewEvery = Optional.of(Duration.ofMillis(600));
        transport.answersClose = false;
        started();
        for (int i = 1; i <= 3; i++) {
            advance(Duration.ofMillis(600));
            assertThat(store.renewed).hasValue(i);
        }

        CompletableFuture<Void> stopped = session.stop();
        advance(Duration.ofMillis(600));
        assertThat(store.renewed).hasValue(4);
        assertThat(store.closed).isFalse();
        advance(Duration.ofMillis(400));

        assertThat(stopped).succeedsWithin(LIMIT);
        assertThat(store.closed).isTrue();
        assertThat(timers.size()).isZero();
    }

    @Test
    void dialsNoMoreOnceAnotherProcessTookTheStore() {
        store.renewEvery = Optional.of(Duration.ofSeconds(10));
        store.beforeRenew = () -> {
            throw failure(SessionStoreException.Reason.FENCED);
        };
        started();

        advance(Duration.ofSeconds(10));

        ConnectionUpdate close = awaitClose(1);
        assertThat(close.lastDisconnect().kind()).isEqualTo(WhatsAppDisconnectKind.EVICTED);
        awaitPhase(Phase.HALTED);
        advance(Duration.ofHours(1));
        session.reconnect();
        assertThat(session.stop()).succeedsWithin(LIMIT);
        assertThat(transport.sockets).hasSize(1);
        assertThat(store.renewed).hasValue(1);
        assertThat(heard.errors).containsExactly("by the test");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
