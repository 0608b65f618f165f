package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExchangeLaneTest {
    private final ExchangeLane lane = new ExchangeLane("test", true);
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<String> begun = new ArrayList<>();
    private final List<String> postponed = new ArrayList<>();
    private final Deque<Runnable> done = new ArrayDeque<>();

    @Test
    void beginsEachWhenTheOneBeforeHasComeBack() {
        lane.open(tasks::add);
        lane.offer(work("a"));
        lane.offer(work("b"));
        runTasks();

        assertThat(begun).containsExactly("a");

        done.remove().run();
        runTasks();

        assertThat(begun).containsExactly("a", "b");
    }

    @Test
    void keepsWhatComesWhileItIsShut() {
        lane.offer(work("a"));
        lane.open(tasks::add);
        lane.shut();
        lane.offer(work("b"));
        runTasks();

        assertThat(begun).isEmpty();
        assertThat(postponed).as("nobody waits for them").contains("a", "b");

        lane.open(tasks::add);
        runTasks();
        done.remove().run();
        runTasks();

        assertThat(begun).containsExactly("a", "b");
    }

    @Test
    void dropsTheOldestBeyondItsBound() {
        IntStream.rangeClosed(0, ExchangeLane.MAX_PENDING).forEach(i -> lane.offer(work("" + i)));
        lane.open(tasks::add);
        runTasks();

        assertThat(begun).containsExactly("1");
    }

    @Test
    void clearedWorkIsNotRun() {
        lane.offer(work("a"));
        lane.clear();
        lane.open(tasks::add);
        lane.offer(work("b"));
        runTasks();

        assertThat(begun).containsExactly("b");
    }

    @Test
    void isIdleWhenNothingIsOnItsWay() throws InterruptedException {
        lane.open(tasks::add);
        lane.offer(work("a"));
        runTasks();

        assertThat(lane.awaitIdle(1)).isFalse();

        done.remove().run();

        assertThat(lane.awaitIdle(1)).isTrue();
    }

    @Test
    void shutLaneIsIdleThoughWorkIsPending() throws InterruptedException {
        lane.offer(work("a"));

        assertThat(lane.awaitIdle(1)).isTrue();
    }

    @Test
    void outlivesAnExecutorThatTakesNothingMore() {
        lane.open(task -> {
            throw new RejectedExecutionException();
        });
        lane.offer(work("a"));
        lane.open(tasks::add);
        runTasks();

        assertThat(begun).containsExactly("a");
    }

    @Test
    void workThatFailsToBeginDoesNotStopTheLane() {
        lane.open(tasks::add);
        lane.offer(whenDone -> {
            throw new IllegalStateException("expected by this test");
        });
        lane.offer(work("b"));
        runTasks();

        assertThat(begun).containsExactly("b");
    }

    private ExchangeLane.Work work(String name) {
        return new ExchangeLane.Work() {
            @Override
            public void run(Runnable whenDone) {
                begun.add(name);
                done.add(whenDone);
            }

            @Override
            public void postponed() {
                postponed.add(name);
            }
        };
    }

    private void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }
}
