package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.record.ConnectionRecord;
import dev.whatsappmd.localserver.record.NotSeenError;
import dev.whatsappmd.localserver.record.Recording;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Prints what happens on a server while it happens, from a daemon thread {@code localserver-activity}. */
final class ActivityLog implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofHours(1);

    private final Recording recording;
    private final PrintStream out;
    private final Set<String> printed = new HashSet<>();
    private final Thread thread;
    private volatile boolean closed;

    ActivityLog(Recording recording, PrintStream out) {
        this.recording = recording;
        this.out = out;
        thread = new Thread(this::run, "localserver-activity");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        while (!closed) {
            long version = recording.version();
            recording.all().forEach(this::print);
            try {
                recording.await(
                        "a change",
                        LOOK_AGAIN,
                        () -> recording.version() == version ? Optional.empty() : Optional.of(true));
            } catch (NotSeenError e) {
                // Nothing happened for an hour, or this log is closed; the loop looks which.
                continue;
            }
        }
    }

    private void print(ConnectionRecord connection) {
        for (Moment moment : Moment.values()) {
            if (moment.compareTo(Moment.HELLO) >= 0 && connection.reached(moment)) {
                once("connection " + connection.index() + ": " + moment.name().toLowerCase(Locale.ROOT));
            }
        }
        connection.failures().forEach(failure -> once("client failed: " + failure));
        connection.end().ifPresent(end -> once("connection " + connection.index() + ": ended " + end));
    }

    private void once(String line) {
        if (printed.add(line)) {
            out.println("· " + line);
        }
    }
}
