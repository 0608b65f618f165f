package dev.whatsappmd.localserver.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.Delivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.SessionListener;
import dev.whatsappmd.localserver.MessageLedger.Seen;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** A listener that wants messages, keeps what was delivered, and is done with it at once unless a test says otherwise. */
final class Arrivals implements SessionListener {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    volatile BiConsumer<Delivery, DeliveryReceipt> answer = (delivery, receipt) -> receipt.completed();

    @Override
    public void onConnectionUpdate(ConnectionUpdate update, Receipt receipt) {
        receipt.complete(Optional.empty());
    }

    @Override
    public Set<EventKind> wantedEvents() {
        return Set.of(EventKind.MESSAGE);
    }

    @Override
    public void onDelivery(Delivery delivery, DeliveryReceipt receipt) {
        deliveries.add(delivery);
        answer.accept(delivery, receipt);
    }

    /** All that was delivered, also again. */
    List<MessageEvent> messages() {
        return deliveries.stream()
                .map(delivery -> (MessageEvent) delivery.body())
                .toList();
    }

    /**
     * What could be read, in order, as a receiver keeps it that goes by the delivery id: without what came again and said
     * so, which a stop between a delivery and its completion may bring. Without what an odd stanza brought.
     */
    List<Seen> seen() {
        Set<String> known = new HashSet<>();
        return deliveries.stream()
                .filter(delivery -> known.add(delivery.deliveryId()) || !delivery.redelivered())
                .map(delivery -> (MessageEvent) delivery.body())
                .filter(message -> message.messageStubType() == null)
                .filter(message -> !message.key().id().startsWith("odd-"))
                .map(message -> new Seen(
                        message.key().id(),
                        Optional.ofNullable(message.content().text()).orElse("")))
                .toList();
    }

    List<String> texts() {
        return seen().stream().map(Seen::text).toList();
    }

    /** Waits until so many messages were read. */
    void awaitSeen(int count) {
        await(count + " messages")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(seen()).hasSizeGreaterThanOrEqualTo(count));
    }
}
