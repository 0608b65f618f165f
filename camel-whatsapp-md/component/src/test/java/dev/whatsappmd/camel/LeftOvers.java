package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.camel.util.concurrent.SizedScheduledExecutorService;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** What there was before a session began, and what of it is there when it should be gone. */
final class LeftOvers {
    private static final List<String> SOCKET_TABLES = List.of("/proc/self/net/tcp", "/proc/self/net/tcp6");

    /** ESTABLISHED, SYN_SENT and CLOSE_WAIT: somebody in this process still holds the socket. */
    private static final List<String> HELD = List.of("01", "02", "08");

    /** Of the JDK, the server and the tests themselves; they stay, whoever began to use them. */
    private static final List<String> NOT_OURS = List.of(
            "ForkJoinPool.commonPool",
            "CompletableFutureDelayScheduler",
            "localserver-",
            "awaitility",
            "junit-",
            "surefire");

    private final Set<Thread> before = threads();

    private static Set<Thread> threads() {
        return new HashSet<>(Thread.getAllStackTraces().keySet());
    }

    /** None of the threads that have begun since then. */
    void assertNoThread() {
        assertNoThread(name -> true);
    }

    /** None of the threads that have begun since then and are called like this. */
    void assertNoThread(Predicate<String> named) {
        soon().untilAsserted(() -> {
            Set<Thread> since = threads();
            since.removeAll(before);
            assertThat(since.stream().map(Thread::getName).filter(named))
                    .as("threads that are left")
                    .allMatch(name -> NOT_OURS.stream().anyMatch(name::startsWith));
        });
    }

    /** No socket that this process holds open to that port; looked for where the system has a table of them (Linux). */
    static void assertNoSocketTo(int port) {
        String end = String.format(Locale.ROOT, ":%04X", port);
        soon().untilAsserted(() -> assertThat(SOCKET_TABLES.stream()
                        .flatMap(LeftOvers::lines)
                        .map(line -> line.strip().split("\\s+"))
                        .filter(fields -> fields.length > 3 && fields[2].endsWith(end) && HELD.contains(fields[3])))
                .as("sockets to port %s", port)
                .isEmpty());
    }

    /** Nothing is going to happen later on the component's one timer thread. */
    static void assertNoTimer(ScheduledExecutorService alarms) {
        ScheduledThreadPoolExecutor pool = alarms instanceof SizedScheduledExecutorService sized
                ? sized.getScheduledThreadPoolExecutor()
                : (ScheduledThreadPoolExecutor) alarms;
        soon().untilAsserted(() ->
                assertThat(pool.getQueue()).as("timers that are left").isEmpty());
    }

    private static ConditionFactory soon() {
        return Awaitility.await()
                .atMost(RunningRoutes.LIMIT)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10));
    }

    private static Stream<String> lines(String table) {
        try {
            return Files.exists(Path.of(table)) ? Files.readAllLines(Path.of(table)).stream() : Stream.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
