package dev.whatsappmd.localserver.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one thread of a server: sockets, timers and all server state belong to it.
 *
 * <p>Any thread may hand work in ({@link #execute}, {@link #call}); it runs in the order it came. What runs here must
 * never wait for anything, least of all for a client.
 */
public final class EventLoop implements Executor, AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private static final int READ_BUFFER = 64 * 1024;

    private final Selector selector;
    private final ByteBuffer readBuffer = ByteBuffer.allocate(READ_BUFFER);
    private final Thread thread;
    private final Consumer<Throwable> failures;
    private final Runnable afterTurn;
    private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
    private final PriorityQueue<LoopTimer> timers =
            new PriorityQueue<>(Comparator.comparingLong((LoopTimer timer) -> timer.dueNanos));
    private volatile boolean closing;
    private volatile boolean closed;

    /**
     * Starts the thread.
     *
     * @param threadName name of the thread, as seen in a thread dump
     * @param failures told what a task threw; called on the loop, must not throw
     * @param afterTurn runs on the loop after each turn in which something was done; must not throw
     */
    public EventLoop(String threadName, Consumer<Throwable> failures, Runnable afterTurn) {
        this.failures = Objects.requireNonNull(failures, "failures");
        this.afterTurn = Objects.requireNonNull(afterTurn, "afterTurn");
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("could not open a selector", e);
        }
        thread = new Thread(this::work, threadName);
        thread.setDaemon(true);
        thread.start();
    }

    /** What runs when a channel is ready; on the loop. */
    interface ReadyHandler {
        void onReady(SelectionKey key) throws IOException;

        /** The channel's handler threw: let go of the channel. */
        void onBroken(Exception cause);
    }

    /** Gives the thread another name. */
    public void rename(String threadName) {
        thread.setName(threadName);
    }

    /** Whether the calling thread is the loop's. */
    public boolean isLoopThread() {
        return Thread.currentThread() == thread;
    }

    /** Fails when called from another thread; says so in the message, for whoever broke the rule. */
    public void assertLoopThread() {
        if (!isLoopThread()) {
            throw new IllegalStateException("must run on " + thread.getName() + ", but runs on "
                    + Thread.currentThread().getName());
        }
    }

    /** Runs the task on the loop soon; dropped when the loop has ended. */
    @Override
    public void execute(Runnable task) {
        submit(new Task(task, () -> {}));
    }

    /**
     * Runs the task on the loop and waits for its result; at once when called on the loop.
     *
     * @throws IllegalStateException when the loop has ended
     */
    public <T> T call(Supplier<T> task) {
        if (isLoopThread()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        submit(new Task(
                () -> {
                    try {
                        result.complete(task.get());
                    } catch (Throwable e) {
                        result.completeExceptionally(e);
                    }
                },
                () -> result.completeExceptionally(new IllegalStateException("the server is closed"))));
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                cause.addSuppressed(new RuntimeException("called from here"));
                throw cause;
            }
            throw e;
        }
    }

    /** {@link #call} without a result. */
    public void run(Runnable task) {
        call(() -> {
            task.run();
            return null;
        });
    }

    /** Runs the task once after the delay; on the loop, called on the loop. */
    public LoopTimer schedule(Duration delay, Runnable task) {
        assertLoopThread();
        LoopTimer timer = new LoopTimer(System.nanoTime() + delay.toNanos(), task);
        timers.add(timer);
        return timer;
    }

    /** A task that waits for its time. */
    public final class LoopTimer {
        private final long dueNanos;
        private final Runnable task;

        private LoopTimer(long dueNanos, Runnable task) {
            this.dueNanos = dueNanos;
            this.task = task;
        }

        /** Takes the task back; nothing happens when it has run. On the loop. */
        public void cancel() {
            assertLoopThread();
            timers.remove(this);
        }
    }

    SelectionKey register(SelectableChannel channel, int interest, ReadyHandler handler) throws IOException {
        assertLoopThread();
        return channel.register(selector, interest, handler);
    }

    /** The buffer that all channels read into, empty; whoever reads takes all out before returning. */
    ByteBuffer readBuffer() {
        return readBuffer.clear();
    }

    /** Ends the thread, drops its timers and closes every channel; waits for that, except on the loop itself. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        if (isLoopThread()) {
            return;
        }
        try {
            thread.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " did not end within " + STOP_LIMIT
                    + ": something on it waits, see a thread dump");
        }
    }

    private void submit(Task task) {
        tasks.add(task);
        if (closed) {
            dropTasks();
        } else {
            selector.wakeup();
        }
    }

    private void work() {
        try {
            while (!closing) {
                selectOnce();
                runTasks();
                runTimers();
                afterTurn.run();
            }
        } finally {
            runTasks();
            closeChannels();
            timers.clear();
            closed = true;
            dropTasks();
            afterTurn.run();
        }
    }

    private void selectOnce() {
        try {
            if (timers.isEmpty()) {
                selector.select(this::ready);
            } else {
                long waitNanos = timers.peek().dueNanos - System.nanoTime();
                if (waitNanos <= 0) {
                    selector.selectNow(this::ready);
                } else {
                    selector.select(this::ready, waitNanos / 1_000_000 + 1);
                }
            }
        } catch (IOException e) {
            failures.accept(e);
        }
    }

    private void ready(SelectionKey key) {
        ReadyHandler handler = (ReadyHandler) key.attachment();
        try {
            handler.onReady(key);
        } catch (IOException | CancelledKeyException e) {
            handler.onBroken(e);
        } catch (RuntimeException | Error e) {
            failures.accept(e);
            handler.onBroken(e instanceof RuntimeException cause ? cause : new IllegalStateException(e));
        }
    }

    private void runTasks() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task.work);
        }
    }

    private void runTimers() {
        while (!timers.isEmpty() && timers.peek().dueNanos - System.nanoTime() <= 0) {
            guarded(timers.poll().task);
        }
    }

    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            failures.accept(e);
        }
    }

    private void closeChannels() {
        for (SelectionKey key : new ArrayList<>(selector.keys())) {
            try {
                key.channel().close();
            } catch (IOException e) {
                failures.accept(e);
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            failures.accept(e);
        }
    }

    private void dropTasks() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.dropped.run();
        }
    }

    private record Task(Runnable work, Runnable dropped) {}
}
