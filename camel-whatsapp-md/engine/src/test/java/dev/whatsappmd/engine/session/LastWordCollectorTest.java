package dev.whatsappmd.engine.session;

import static dev.whatsappmd.reconnect.ReconnectDirective.backoff;
import static dev.whatsappmd.reconnect.ReconnectDirective.now;
import static dev.whatsappmd.reconnect.ReconnectDirective.park;
import static dev.whatsappmd.reconnect.ReconnectDirective.stop;
import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.reconnect.ReconnectDirective;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class LastWordCollectorTest {
    private final List<Input.LastWords> told = new CopyOnWriteArrayList<>();

    private LastWordCollector of(int listeners) {
        return new LastWordCollector(3, listeners, told::add);
    }

    private static Input.LastWords sofar(ReconnectDirective word) {
        return new Input.LastWords(3, Optional.of(word), false);
    }

    private static Input.LastWords all(ReconnectDirective word) {
        return new Input.LastWords(3, Optional.of(word), true);
    }

    @Test
    void isDoneWithItsOnlyListener() {
        of(1).add(Optional.of(stop()));
        assertThat(told).containsExactly(all(stop()));
    }

    @Test
    void waitsForListenersThatHaveNothingToSay() {
        LastWordCollector collector = of(2);
        collector.add(Optional.empty());
        assertThat(told).isEmpty();
        collector.add(Optional.empty());
        assertThat(told).containsExactly(new Input.LastWords(3, Optional.empty(), true));
    }

    @Test
    void handsOnEachWordJoinedWithThoseBefore() {
        LastWordCollector collector = of(5);
        collector.add(Optional.of(now()));
        collector.add(Optional.of(park()));
        collector.add(Optional.empty());
        collector.add(Optional.of(backoff()));
        collector.add(Optional.of(stop()));
        assertThat(told).containsExactly(sofar(now()), sofar(park()), sofar(park()), all(stop()));
    }

    @Test
    void keepsTheMostCautiousWordWhoeverIsLast() {
        LastWordCollector collector = of(2);
        collector.add(Optional.of(stop()));
        collector.add(Optional.empty());
        assertThat(told).containsExactly(sofar(stop()), all(stop()));
    }

    @Test
    void isCompleteOnceAndLastWhenAllSpeakAtTheSameTime() throws Exception {
        int listeners = 4;
        ExecutorService pool = Executors.newFixedThreadPool(listeners);
        try {
            CyclicBarrier together = new CyclicBarrier(listeners);
            for (int round = 0; round < 500; round++) {
                told.clear();
                LastWordCollector collector = of(listeners);
                List<Future<?>> speaking = new ArrayList<>();
                for (ReconnectDirective word : List.of(now(), backoff(), park(), stop())) {
                    speaking.add(pool.submit(() -> {
                        together.await();
                        collector.add(Optional.of(word));
                        return null;
                    }));
                }
                for (Future<?> speaker : speaking) {
                    speaker.get();
                }
                assertThat(told).hasSize(listeners).endsWith(all(stop()));
                assertThat(told).filteredOn(Input.LastWords::complete).hasSize(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
