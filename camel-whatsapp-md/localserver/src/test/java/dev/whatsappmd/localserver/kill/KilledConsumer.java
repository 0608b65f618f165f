package dev.whatsappmd.localserver.kill;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.client.WhatsAppClient;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.engine.noise.ServerTrust;
import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SessionStoreException;
import dev.whatsappmd.engine.time.SystemTimers;
import dev.whatsappmd.engine.time.Timers;
import dev.whatsappmd.reconnect.ReconnectSettings;
import dev.whatsappmd.reconnect.ReconnectStrategy;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A consumer in a process of its own, made to be killed: it notes in a file what it sees, then says that it is done with it,
 * at once or some time later, and sometimes that it failed. What it says of itself stands on its standard output, a line
 * each: {@code qr <code>}, {@code open}, {@code close <code>}.
 */
public final class KilledConsumer implements SessionListener {
    private final FileChannel seen;
    private final ScheduledThreadPoolExecutor route = new ScheduledThreadPoolExecutor(2);
    private final Random random;

    private KilledConsumer(Path file, long seed) throws IOException {
        seen = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        random = new Random(seed);
    }

    /** Arguments: URL and root key of the server, the store ({@link Stores}), the file, a seed. Ends with its input. */
    public static void main(String[] args) throws Exception {
        try (SessionStore store = Stores.open(args[2])) {
            ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
            ClientOptions options = ClientOptions.builder("support", store)
                    .serverUrl(URI.create(args[0]))
                    .serverTrust(ServerTrust.ofHex(args[1]))
                    .reconnect(new ReconnectSettings(
                            ReconnectStrategy.SMART,
                            Duration.ofMillis(50),
                            1,
                            Duration.ofSeconds(1),
                            0,
                            0,
                            Duration.ofSeconds(30)))
                    .maxPendingExchanges(20)
                    .build();
            KilledConsumer consumer = new KilledConsumer(Path.of(args[3]), Long.parseLong(args[4]));
            WhatsAppClient client = start(options, new SystemTimers(timers), consumer);
            while (System.in.read() >= 0) {
                // The parent closes the pipe when it wants an end in good order.
            }
            client.close();
        }
        System.out.println("stopped");
        System.exit(0);
    }

    /** The one that was killed before may still be the owner, until its lease is over. */
    private static WhatsAppClient start(ClientOptions options, Timers timers, KilledConsumer consumer)
            throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int attempt = 1; ; attempt++) {
            WhatsAppClient client = new WhatsAppClient(options, Executors.newFixedThreadPool(2), timers);
            client.addListener(consumer);
            try {
                client.start();
                return client;
            } catch (SessionStoreException e) {
                if (e.reason() != SessionStoreException.Reason.LOCKED || attempt == 100) {
                    throw e;
                }
            }
            never.await(100, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
        receipt.complete(Optional.empty());
        if (update.qr() != null) {
            System.out.println("qr " + update.qr());
        } else if (update.connection() == ConnectionState.OPEN) {
            System.out.println("open");
        } else if (update.closes()) {
            System.out.println("close " + update.lastDisconnect());
        }
    }

    @Override
    public Set<EventKind> wantedEvents() {
        return EnumSet.of(EventKind.MESSAGE);
    }

    @Override
    public void onDelivery(Delivery delivery, DeliveryReceipt receipt) {
        int chance = random.nextInt(100);
        route.schedule(
                () -> process(delivery, receipt, chance < 5), chance < 50 ? 0 : chance / 10, TimeUnit.MILLISECONDS);
    }

    private void process(Delivery delivery, DeliveryReceipt receipt, boolean fails) {
        MessageEvent message = (MessageEvent) delivery.body();
        note(new SeenMessage(
                delivery.deliveryId(),
                delivery.redelivered(),
                message.content().kind().toString(),
                message.key().id(),
                message.content().text() == null ? "" : message.content().text()));
        if (fails) {
            receipt.failed(new IOException("this route fails now and then"));
        } else {
            receipt.completed();
        }
    }

    /** In one write: a process that is killed leaves whole lines, and the system keeps what was written. */
    private synchronized void note(SeenMessage message) {
        try {
            seen.write(ByteBuffer.wrap((message.toLine() + '\n').getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void onError(String message, Throwable cause) {
        System.out.println("error " + message);
    }
}
