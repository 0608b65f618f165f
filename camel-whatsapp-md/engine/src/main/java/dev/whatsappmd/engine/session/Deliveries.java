package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.DeliveryRows;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.store.ChangeSet;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * Gives the application what the log of pending deliveries holds: in its order, only so many at a time, again after a
 * failure, and until it is done with. What does not fit the window stays in the store and is read from there later, so
 * that memory does not grow with what is pending.
 *
 * <p>Nothing counts as done, or as given out, before the effect that does it was carried out ({@link #done}); after a
 * failure {@link #dropped} goes back to what is known.
 */
final class Deliveries {
    /** However large each may be, the window holds no more than this beyond one of them. */
    static final long MAX_BYTES = 16L << 20;

    private static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    private static final Duration MAX_DELAY = Duration.ofMinutes(5);
    /** How long a save that failed is left alone. */
    private static final Duration SAVE_AGAIN = Duration.ofSeconds(5);

    private static final int MAX_PAGE = 200;
    private static final long NEVER = Long.MAX_VALUE;

    private final Outbox out;
    private final int maxPending;
    private final int maximumDeliveries;

    /** Read and not done with, by key. */
    private final NavigableMap<String, Held> window = new TreeMap<>();
    /** Done with and still in the store, with what becomes of the row. */
    private final Map<String, Ending> endings = new LinkedHashMap<>();

    private Set<EventKind> wanted = EnumSet.noneOf(EventKind.class);
    private long windowBytes;
    /** The last row that was looked at. */
    private String cursor = "";
    /** Whether there may be rows behind the cursor. */
    private boolean more = true;

    private boolean loading;
    /** Rows up to here were written by an earlier run. */
    private String earlierUpTo = "";
    /** When what could not be written or read is tried again. */
    private long saveAgainAt = NEVER;

    private long pending;
    private long failed;
    private boolean counted;

    private enum Place {
        /** Decided, and not known to be carried out. */
        GIVING,
        /** The application has it. */
        OUT,
        /** It failed; its time has not come yet. */
        WAITING
    }

    private static final class Held {
        private PendingDelivery delivery;
        private final boolean earlier;
        private Place place = Place.GIVING;
        private long dueAt;

        private Held(PendingDelivery delivery, boolean earlier) {
            this.delivery = delivery;
            this.earlier = earlier;
        }
    }

    /** What becomes of a row. */
    private enum Fate {
        REMOVED,
        GIVEN_UP,
        /** It stays, with one failure more. */
        COUNTED
    }

    private record Ending(Fate fate, PendingDelivery delivery) {}

    /**
     * @param maxPending how many the application has at a time, at least 1
     * @param maximumDeliveries how often one is given out, at least 1
     */
    Deliveries(Outbox out, int maxPending, int maximumDeliveries) {
        this.out = out;
        this.maxPending = maxPending;
        this.maximumDeliveries = maximumDeliveries;
    }

    /** The session begins; what an earlier run left comes first. */
    void begin() {
        load();
    }

    // ---- what the application wants

    /** From now on it wants these kinds. Rows that nobody wanted so far were passed over: they are looked at again. */
    void interest(Set<EventKind> kinds) {
        wanted = kinds.isEmpty() ? EnumSet.noneOf(EventKind.class) : EnumSet.copyOf(kinds);
        if (counted) {
            startOver();
            load();
        }
    }

    boolean wants(EventKind kind) {
        return wanted.contains(kind);
    }

    /** The application has more than it should: the server is not asked for more. */
    boolean isFull() {
        return pending >= maxPending;
    }

    long pending() {
        return pending;
    }

    long failed() {
        return failed;
    }

    // ---- from the log to the application

    private void load() {
        int room = Math.min(MAX_PAGE, maxPending - window.size());
        if (more && !loading && room > 0 && windowBytes < MAX_BYTES) {
            loading = true;
            out.add(new Effect.LoadDeliveries(cursor, room));
        }
    }

    void loaded(Input.DeliveriesLoaded loaded) {
        loading = false;
        if (!counted) {
            counted = true;
            earlierUpTo = loaded.earlierUpTo();
        }
        pending = loaded.pending()
                - endings.values().stream()
                        .filter(ending -> ending.fate() != Fate.COUNTED)
                        .count();
        failed = loaded.failed();
        DeliveryRows.Page page = loaded.page();
        if (!page.damaged().isEmpty()) {
            out.warn(page.damaged().size() + " pending deliveries are damaged in the store and cannot be delivered;"
                    + " they are kept there: " + page.damaged());
        }
        more = page.full();
        for (PendingDelivery delivery : page.rows()) {
            if (windowBytes >= MAX_BYTES) {
                more = true;
                break;
            }
            cursor = delivery.key();
            if (isNew(delivery.key()) && wanted.contains(delivery.kind())) {
                give(hold(delivery));
            }
        }
        if (page.rows().isEmpty() && !page.last().isEmpty()) {
            cursor = page.last();
        }
        load();
    }

    private boolean isNew(String key) {
        Ending ending = endings.get(key);
        return !window.containsKey(key) && (ending == null || ending.fate() == Fate.COUNTED);
    }

    private Held hold(PendingDelivery delivery) {
        Held held = new Held(delivery, delivery.key().compareTo(earlierUpTo) <= 0);
        window.put(delivery.key(), held);
        windowBytes += delivery.content().length;
        return held;
    }

    private void release(Held held) {
        window.remove(held.delivery.key());
        windowBytes -= held.delivery.content().length;
    }

    private void give(Held held) {
        held.place = Place.GIVING;
        PendingDelivery delivery = held.delivery;
        boolean again = held.earlier || delivery.failures() > 0;
        out.add(new Effect.Deliver(delivery, again, delivery.failures() + 1));
    }

    /** These have just been written, behind all others. */
    void committed(Collection<PendingDelivery> fresh) {
        pending += fresh.size();
        for (PendingDelivery delivery : fresh) {
            boolean room = window.size() < maxPending && windowBytes < MAX_BYTES;
            if (counted && !more && !loading && room) {
                cursor = delivery.key();
                give(hold(delivery));
            } else {
                more = true;
            }
        }
    }

    // ---- and back

    /** What the application made of one. */
    void came(Input.Delivered delivered) {
        switch (delivered.outcome()) {
            case COMPLETED -> completed(delivered.key());
            case FAILED -> failed(delivered.key(), delivered.failure());
            case RETURNED -> returned(delivered.key());
        }
    }

    private void completed(String key) {
        Held held = window.get(key);
        if (held != null) {
            release(held);
            end(Fate.REMOVED, held.delivery);
        }
    }

    private void failed(String key, String failure) {
        Held held = window.get(key);
        if (held == null) {
            return;
        }
        held.delivery = held.delivery.failedBy(failure);
        if (held.delivery.failures() < maximumDeliveries) {
            held.place = Place.WAITING;
            held.dueAt = out.now() + delay(held.delivery.failures());
            end(Fate.COUNTED, held.delivery);
            arm();
        } else {
            release(held);
            end(Fate.GIVEN_UP, held.delivery);
        }
    }

    /** It waits in the store until the application's wishes change. */
    private void returned(String key) {
        Held held = window.get(key);
        if (held != null) {
            release(held);
        }
    }

    private void end(Fate fate, PendingDelivery delivery) {
        endings.put(delivery.key(), new Ending(fate, delivery));
    }

    private static long delay(int failures) {
        long doubled = FIRST_DELAY.toMillis() << Math.min(20, failures - 1);
        return Math.min(doubled, MAX_DELAY.toMillis());
    }

    /** Sets the timer for what is due first. */
    void arm() {
        long due = window.values().stream()
                .filter(held -> held.place == Place.WAITING)
                .mapToLong(held -> held.dueAt)
                .reduce(saveAgainAt, Math::min);
        if (due != NEVER) {
            out.set(SessionTimer.REDELIVERY, due - out.now());
        }
    }

    /** The timer ran out. */
    void due() {
        if (saveAgainAt <= out.now()) {
            saveAgainAt = NEVER;
        }
        for (Held held : List.copyOf(window.values())) {
            if (held.place == Place.WAITING && held.dueAt <= out.now()) {
                if (wanted.contains(held.delivery.kind())) {
                    give(held);
                } else {
                    release(held);
                }
            }
        }
        arm();
        load();
    }

    // ---- what has to be written

    boolean hasChanges() {
        return !endings.isEmpty();
    }

    /** Adds what became of deliveries; {@link #done} says that it is written. */
    void addTo(ChangeSet changes) {
        endings.forEach((key, ending) -> {
            switch (ending.fate()) {
                case REMOVED -> DeliveryRows.remove(changes, key);
                case GIVEN_UP -> DeliveryRows.giveUp(changes, ending.delivery());
                case COUNTED -> DeliveryRows.put(changes, ending.delivery());
            }
        });
    }

    /** An effect was carried out. */
    void done(Effect effect) {
        if (effect instanceof Effect.Deliver given) {
            Held held = window.get(given.delivery().key());
            if (held != null && held.place == Place.GIVING) {
                held.place = Place.OUT;
            }
        } else if (effect instanceof Effect.SaveTaken) {
            saved();
        }
    }

    private void saved() {
        for (Ending ending : endings.values()) {
            if (ending.fate() != Fate.COUNTED) {
                pending--;
            }
            if (ending.fate() == Fate.GIVEN_UP) {
                failed++;
            }
        }
        endings.clear();
    }

    /** Those that {@link #addTo} gives up: the application hears of them when that is written. */
    List<PendingDelivery> givenUp() {
        return endings.values().stream()
                .filter(ending -> ending.fate() == Fate.GIVEN_UP)
                .map(Ending::delivery)
                .toList();
    }

    /** After rows were read, written or done with: whether more can be given out. */
    void goOn() {
        load();
    }

    /** Those that were given up are in the log again. */
    void takenUp() {
        startOver();
        load();
    }

    private void startOver() {
        cursor = "";
        more = true;
    }

    /** Effects were dropped because one before them failed: what is in the log, and what the application has, is open. */
    void dropped() {
        loading = false;
        List<Held> unsure = window.values().stream()
                .filter(held -> held.place == Place.GIVING)
                .toList();
        unsure.forEach(this::release);
        startOver();
        saveAgainAt = out.now() + SAVE_AGAIN.toMillis();
        arm();
    }
}
