package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.Channel;
import dev.whatsappmd.engine.time.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one session: the present one, and those before it until they are really gone. A new one is opened only
 * then, so that there is never more than one. Belongs to the session's thread.
 */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

    /** How long the other side may take to answer a close frame before its socket is cut. */
    private static final long CLOSE_MILLIS = 1_000;

    private final Timers timers;
    private final SerialExecutor executor;
    private final Map<Long, Timers.Timer> closing = new HashMap<>();
    private Optional<Runnable> whenFree = Optional.empty();
    private Channel channel;
    private long epoch;

    Connections(Timers timers, SerialExecutor executor) {
        this.timers = timers;
        this.executor = executor;
    }

    /** Opens a connection as soon as the one before it is gone. */
    void open(long newEpoch, Function<Long, Channel> opener) {
        epoch = newEpoch;
        channel = null;
        whenFree(() -> {
            if (epoch == newEpoch) {
                channel = opener.apply(newEpoch);
            }
        });
    }

    Optional<Channel> current(long wanted) {
        return epoch == wanted ? Optional.ofNullable(channel) : Optional.empty();
    }

    /** Ends a connection from this side; one that waits to be opened never is. */
    void close(long ended) {
        if (epoch != ended) {
            return;
        }
        epoch = 0;
        Channel last = channel;
        channel = null;
        if (last == null) {
            whenFree = Optional.empty();
            return;
        }
        if (last.isReleased()) {
            return;
        }
        close(last);
        closing.put(ended, timers.schedule(CLOSE_MILLIS, () -> executor.execute(last::abort)));
    }

    /** One that fails to close in good order is cut a little later all the same. */
    private static void close(Channel channel) {
        try {
            channel.close();
        } catch (RuntimeException e) {
            LOG.warn("a connection could not be closed", e);
        }
    }

    /** A socket is gone. */
    void released(long gone) {
        Timers.Timer cut = closing.remove(gone);
        if (cut != null) {
            cut.cancel();
        }
        if (closing.isEmpty()) {
            Optional<Runnable> next = whenFree;
            whenFree = Optional.empty();
            next.ifPresent(Runnable::run);
        }
    }

    /** Runs the task once no socket is left that is on its way out. */
    void whenFree(Runnable task) {
        if (closing.isEmpty()) {
            task.run();
        } else {
            whenFree = Optional.of(task);
        }
    }
}
