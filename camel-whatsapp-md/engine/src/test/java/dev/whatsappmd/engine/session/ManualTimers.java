package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A clock moved by hand. Safe for use by several threads. */
final class ManualTimers implements Timers {
    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000;
    private RuntimeException failNextReading;

    private record Task(long at, Runnable run) {}

    @Override
    public synchronized long nowMillis() {
        return now;
    }

    @Override
    public synchronized Instant now() {
        RuntimeException failure = failNextReading;
        failNextReading = null;
        if (failure != null) {
            throw failure;
        }
        return MachineWorld.START.plusMillis(now);
    }

    /** Whoever looks at the wall clock next meets a defect. */
    synchronized void failNextReading(RuntimeException failure) {
        failNextReading = failure;
    }

    @Override
    public synchronized Timer schedule(long delayMillis, Runnable task) {
        Task scheduled = new Task(now + delayMillis, task);
        tasks.add(scheduled);
        return () -> cancel(scheduled);
    }

    private synchronized void cancel(Task task) {
        tasks.removeIf(scheduled -> scheduled == task);
    }

    /** How many are set. */
    synchronized int size() {
        return tasks.size();
    }

    /** Moves the clock; what is due runs on the caller's thread. */
    void advance(Duration time) {
        long until = nowMillis() + time.toMillis();
        Optional<Task> due = takeDue(until);
        while (due.isPresent()) {
            due.get().run().run();
            due = takeDue(until);
        }
    }

    private synchronized Optional<Task> takeDue(long until) {
        Optional<Task> first =
                tasks.stream().filter(task -> task.at() <= until).min(Comparator.comparingLong(Task::at));
        first.ifPresent(task -> tasks.removeIf(scheduled -> scheduled == task));
        now = Math.max(now, first.map(Task::at).orElse(until));
        return first;
    }
}
