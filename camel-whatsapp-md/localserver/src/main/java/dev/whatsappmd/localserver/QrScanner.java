package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.pairing.PairingRefusedException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A phone that waits in front of the screen: give it every code that the client shows, e.g. the {@code Qr} header of a
 * connection exchange. It scans the first and, until one is linked, every later one that is different. Never throws and
 * never waits; the outcome is in {@link #linked()}. Safe for all threads.
 */
public final class QrScanner implements Consumer<String> {
    private final SimulatedPhone phone;
    private final CompletableFuture<LinkedDevice> linked = new CompletableFuture<>();
    private String lastShown = "";
    private volatile String lastRefusal = "no code was shown yet";

    QrScanner(SimulatedPhone phone) {
        this.phone = phone;
    }

    /** Shows it a code; does nothing when a device is linked already, or the code was shown before. */
    @Override
    public void accept(String qr) {
        Objects.requireNonNull(qr, "qr");
        synchronized (this) {
            if (linked.isDone() || qr.equals(lastShown)) {
                return;
            }
            lastShown = qr;
        }
        try {
            phone.startScan(qr).whenComplete((device, refusal) -> {
                if (device != null) {
                    linked.complete(device);
                } else {
                    lastRefusal = String.valueOf(
                            refusal.getCause() == null
                                    ? refusal.getMessage()
                                    : refusal.getCause().getMessage());
                }
            });
        } catch (IllegalArgumentException e) {
            lastRefusal = e.getMessage();
        }
    }

    /** Completed when a device is linked; never fails, because the next code may be better. */
    public CompletableFuture<LinkedDevice> linked() {
        return linked.copy();
    }

    /** Why the last scan was refused ({@link PairingRefusedException}), or that there was none. */
    public String lastRefusal() {
        return lastRefusal;
    }
}
