package dev.whatsappmd.engine.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what a transport tells, in order, and on which threads. */
final class Recorder implements Transport.Listener {
    static final String ORIGIN = "https://web.whatsapp.com";
    static final Duration SOON = Duration.ofSeconds(10);

    private final List<Object> heard = new CopyOnWriteArrayList<>();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** The one thing that is told without a value. */
    private enum Opened {
        OPENED
    }

    static Transport.Dial dial(String url) {
        return new Transport.Dial(URI.create(url), ORIGIN, Duration.ofSeconds(20), Optional.empty());
    }

    static Transport.Dial dial(String url, Proxy proxy) {
        return new Transport.Dial(URI.create(url), ORIGIN, Duration.ofSeconds(20), Optional.of(proxy));
    }

    @Override
    public void onOpen() {
        note(Opened.OPENED);
    }

    @Override
    public void onBytes(byte[] bytes) {
        note(bytes);
    }

    @Override
    public void onEnd(TransportEnd end) {
        note(end);
    }

    private void note(Object what) {
        threads.add(Thread.currentThread());
        heard.add(what);
    }

    boolean isOpen() {
        return heard.contains(Opened.OPENED);
    }

    boolean hasEnded() {
        return heard.stream().anyMatch(TransportEnd.class::isInstance);
    }

    void awaitOpen() {
        await().atMost(SOON).until(() -> isOpen() || hasEnded());
        assertThat(isOpen()).as("open, but it was told %s", heard).isTrue();
    }

    List<byte[]> messages() {
        return heard.stream()
                .filter(byte[].class::isInstance)
                .map(byte[].class::cast)
                .toList();
    }

    void awaitMessages(int count) {
        await().atMost(SOON).until(() -> messages().size() >= count);
    }

    List<String> texts() {
        return messages().stream()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .toList();
    }

    /** Waits for the end, and for the threads to be gone, and sees that the end was the last word and the only one. */
    TransportEnd awaitEnd() {
        await().atMost(SOON).until(this::hasEnded);
        awaitNoThreads();
        assertThat(heard.stream().filter(TransportEnd.class::isInstance))
                .as("the end is told once")
                .hasSize(1);
        Object last = heard.get(heard.size() - 1);
        assertThat(last).as("nothing is told after the end").isInstanceOf(TransportEnd.class);
        assertThat(heard.stream().filter(Opened.class::isInstance).count()).isLessThanOrEqualTo(1);
        assertThat(threads).allMatch(Thread::isDaemon).doesNotContain(Thread.currentThread());
        return (TransportEnd) last;
    }

    /** The threads of the websocket library; those of a server of that library must have been stopped before. */
    static void awaitNoThreads() {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("WebSocket")));
    }
}
