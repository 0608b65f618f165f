package dev.whatsappmd.camel;

import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.engine.time.Timers;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.ExecutorServiceManager;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The threads that the sessions of one component share. They are there from the start of the first session to the stop of
 * the last one. All are Camel's, so that they are named, counted and virtual where the application says so.
 */
final class SessionThreads {
    /** Camel reads 0 and less as a queue without any room. */
    private static final int UNBOUNDED = Integer.MAX_VALUE;

    private static final long LANE_KEEP_ALIVE_SECONDS = 10;

    private final WhatsAppMdComponent component;
    private int sessions;
    private @Nullable Pools pools;

    /**
     * @param steps runs the steps of all sessions; those of one session never at the same time
     * @param timers only hands over
     * @param routing carries on exchanges of producers, and whatever else may block; grows and shrinks with need
     */
    record Pools(ExecutorService steps, Timers timers, ScheduledExecutorService alarms, ExecutorService routing) {}

    SessionThreads(WhatsAppMdComponent component) {
        this.component = component;
    }

    /** The threads, made for the first session. Each call needs one {@link #release()}. */
    synchronized Pools acquire() {
        if (pools == null) {
            ExecutorServiceManager manager = manager();
            int size = Math.max(2, Runtime.getRuntime().availableProcessors());
            ThreadPoolProfile steps = profile("WhatsAppMdSession", size);
            ThreadPoolProfile alarms = profile("WhatsAppMdTimer", 1);
            ScheduledExecutorService scheduler = manager.newScheduledThreadPool(component, "WhatsAppMdTimer", alarms);
            pools = new Pools(
                    manager.newThreadPool(component, "WhatsAppMdSession", steps),
                    new SystemTimers(scheduler),
                    scheduler,
                    manager.newCachedThreadPool(component, "WhatsAppMdRouting"));
        }
        sessions++;
        return pools;
    }

    /** One session less; with the last one the threads end, which is waited for. */
    synchronized void release() {
        if (--sessions == 0 && pools != null) {
            ExecutorServiceManager manager = manager();
            manager.shutdownNow(pools.alarms());
            manager.shutdownGraceful(pools.steps());
            manager.shutdownGraceful(pools.routing());
            pools = null;
        }
    }

    /**
     * An executor for exchanges that go one after the other. Its one thread ends when there has been nothing to do for a
     * while, so that a quiet consumer costs none.
     */
    ExecutorService newLaneExecutor(Object source, String sessionId) {
        ThreadPoolProfile lane = profile("WhatsAppMdConsumer", 1);
        lane.setKeepAliveTime(LANE_KEEP_ALIVE_SECONDS);
        lane.setTimeUnit(TimeUnit.SECONDS);
        lane.setAllowCoreThreadTimeOut(true);
        return manager().newThreadPool(source, "WhatsAppMd[" + sessionId + "]", lane);
    }

    private static ThreadPoolProfile profile(String id, int size) {
        ThreadPoolProfile profile = new ThreadPoolProfile(id);
        profile.setPoolSize(size);
        profile.setMaxPoolSize(size);
        profile.setMaxQueueSize(UNBOUNDED);
        // Camel's default runs a task on the thread that brings it, which must never happen to a session's thread.
        profile.setRejectedPolicy(ThreadPoolRejectedPolicy.Abort);
        return profile;
    }

    private ExecutorServiceManager manager() {
        CamelContext context = component.getCamelContext();
        return context.getExecutorServiceManager();
    }
}
