package dev.whatsappmd.examples.quickstart;

import dev.whatsappmd.camel.TerminalQr;
import dev.whatsappmd.camel.WhatsAppMdConstants;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.camel.Handler;
import org.apache.camel.Message;

/** The bean at the end of the route: prints each exchange as it comes, and lets the script wait for one. */
public final class Timeline {
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final List<Entry> entries = new ArrayList<>();

    /** One exchange, as its headers tell it. */
    record Entry(
            double seconds,
            Optional<String> state,
            Optional<String> qr,
            boolean newLogin,
            boolean pendingReceived,
            Optional<Boolean> online,
            Optional<Integer> code,
            String reason,
            String kind,
            String action,
            Optional<Long> delayMillis) {

        boolean is(String wanted) {
            return state.filter(wanted::equals).isPresent();
        }

        String describe() {
            if (is("close")) {
                String next = action
                        + delayMillis
                                .map(millis -> millis == 0 ? ", at once" : " " + seconds(millis))
                                .orElse("");
                return String.format(Locale.ROOT, "close       %d %s (%s)  →  %s", code.orElse(0), reason, kind, next);
            }
            if (qr.isPresent()) {
                return "QR code     it names this device, with a secret of one use";
            }
            if (newLogin) {
                return "paired      the phone has accepted this device; its keys are saved";
            }
            if (pendingReceived) {
                return "caught up   all pending notifications received";
            }
            if (online.isPresent()) {
                return online.get()
                        ? "online      contacts see this device"
                        : "not online  the phone goes on showing its notifications";
            }
            return state.map(Timeline::explain).orElse("update");
        }

        private static String seconds(long millis) {
            return String.format(Locale.ROOT, "in %.1f s", millis / 1000.0);
        }
    }

    Timeline(PrintStream out) {
        this.out = out;
    }

    private static String explain(String state) {
        return switch (state) {
            case "connecting" -> "connecting";
            case "open" -> "open        logged in; the server delivers";
            default -> state;
        };
    }

    /** Called by the route. */
    @Handler
    public void tell(Message message) {
        Entry entry = new Entry(
                seconds(),
                header(message, WhatsAppMdConstants.CONNECTION_STATE, String.class),
                header(message, WhatsAppMdConstants.QR, String.class),
                header(message, WhatsAppMdConstants.IS_NEW_LOGIN, Boolean.class).orElse(false),
                header(message, WhatsAppMdConstants.RECEIVED_PENDING_NOTIFICATIONS, Boolean.class)
                        .orElse(false),
                header(message, WhatsAppMdConstants.IS_ONLINE, Boolean.class),
                header(message, WhatsAppMdConstants.DISCONNECT_CODE, Integer.class),
                header(message, WhatsAppMdConstants.DISCONNECT_REASON, String.class)
                        .orElse(""),
                header(message, WhatsAppMdConstants.DISCONNECT_KIND, String.class)
                        .orElse(""),
                header(message, WhatsAppMdConstants.RECONNECT_ACTION, String.class)
                        .orElse(""),
                header(message, WhatsAppMdConstants.RECONNECT_DELAY, Long.class));
        synchronized (entries) {
            entries.add(entry);
            line(entry.describe());
            entry.qr().map(TerminalQr::draw).ifPresent(out::println);
            entries.notifyAll();
        }
    }

    private static <T> Optional<T> header(Message message, String name, Class<T> type) {
        return Optional.ofNullable(message.getHeader(name, type));
    }

    /** A line of the script's own. */
    void note(String text) {
        synchronized (entries) {
            out.println();
            line(text);
        }
    }

    private void line(String text) {
        out.printf(Locale.ROOT, "%6.2f s  %s%n", seconds(), text);
        out.flush();
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** How many exchanges have come so far; what the script waits for comes after them. */
    int mark() {
        synchronized (entries) {
            return entries.size();
        }
    }

    /**
     * Waits for an exchange.
     *
     * @param after how many exchanges to leave out
     * @throws IllegalStateException it did not come in time
     */
    Entry await(String what, int after, Duration limit, Predicate<Entry> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (entries) {
            while (true) {
                for (Entry entry : entries.subList(Math.min(after, entries.size()), entries.size())) {
                    if (wanted.test(entry)) {
                        return entry;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new IllegalStateException(
                            "no " + what + " within " + limit.toSeconds() + " s; see the lines above");
                }
                entries.wait(left);
            }
        }
    }

    List<Entry> closes() {
        synchronized (entries) {
            return entries.stream().filter(entry -> entry.is("close")).toList();
        }
    }

    /** When the session was open again after this close; empty when it never was. */
    Optional<Double> openAgainAfter(Entry close) {
        synchronized (entries) {
            return entries.stream()
                    .filter(entry -> entry.is("open") && entry.seconds() > close.seconds())
                    .map(open -> open.seconds() - close.seconds())
                    .findFirst();
        }
    }
}
