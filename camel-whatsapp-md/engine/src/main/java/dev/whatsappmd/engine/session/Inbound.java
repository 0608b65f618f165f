package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.DeliveryRows;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.message.Happening;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the server sends, from its arrival until it is durable and answered. Stanzas that arrive close together become
 * durable in one commit: ratchets, used pre-keys, what is to be delivered, and what the application is done with. The
 * answers go out behind it, then the application gets to know.
 */
final class Inbound {
    /** So many wait for one commit at most. */
    static final int MAX_STANZAS = 400;

    static final long MAX_BYTES = 4L << 20;

    /** What the session does for it. */
    interface Host {
        Credentials credentials();

        void update(Credentials changed);

        /** Who and how this device is at this moment. */
        Self self();

        /** The stanza is durable, and answered if it has been. */
        void handled(Node stanza, boolean cleared);
    }

    private final Outbox out;
    private final Host host;
    private final Deliveries deliveries;
    private final Operations operations;
    private final long owner;
    private final Set<EventKind> toldUnwanted = EnumSet.noneOf(EventKind.class);

    private final Set<String> unknownTags = new HashSet<>();

    private Batch batch = new Batch();
    private boolean flushAsked;
    private long lastNumber;

    /** What becomes durable together. */
    private static final class Batch {
        private final ChangeSet changes = new ChangeSet();
        private final List<Node> answers = new ArrayList<>();
        private final List<Taken> stanzas = new ArrayList<>();
        private final List<PendingDelivery> pending = new ArrayList<>();
        private final List<Effect> passing = new ArrayList<>();
        private boolean credentials;
        private long bytes;

        private record Taken(Node stanza, boolean cleared) {}

        private boolean isFull() {
            return stanzas.size() >= MAX_STANZAS || bytes >= MAX_BYTES;
        }
    }

    /** @param owner tells the keys of this run from those of earlier ones */
    Inbound(Outbox out, Host host, Deliveries deliveries, Operations operations, long owner) {
        this.out = out;
        this.host = host;
        this.deliveries = deliveries;
        this.operations = operations;
        this.owner = owner;
    }

    /** Takes an input that is about what is durable, connected or not; false for any other. */
    boolean takes(Input input) {
        if (input instanceof Input.Flush) {
            flushAsked = false;
            flush();
        } else if (input instanceof Input.Delivered delivered) {
            deliveries.came(delivered);
            askFlush();
        } else if (input instanceof Input.DeliveriesLoaded loaded) {
            deliveries.loaded(loaded);
        } else if (input instanceof Input.Interest interest) {
            deliveries.interest(interest.kinds());
        } else if (input instanceof Input.TakenUp taken) {
            deliveries.takenUp();
            operations.succeed(taken.operation(), Long.toString(taken.count()));
        } else {
            return false;
        }
        return true;
    }

    /** A stanza for the application, or one that is owed an answer. */
    void take(Node stanza) {
        out.add(new Effect.TakeIn(out.epoch(), stanza, host.self()));
    }

    void taken(Input.TakenIn in) {
        var taken = in.taken();
        if (taken.credentials().isPresent()) {
            host.update(taken.credentials().get());
            batch.credentials = true;
        }
        batch.changes.addAll(taken.changes());
        batch.answers.addAll(taken.answers());
        taken.happenings().forEach(this::happened);
        batch.stanzas.add(new Batch.Taken(in.stanza(), taken.cleared()));
        if (batch.isFull()) {
            flush();
        } else {
            askFlush();
        }
    }

    private void happened(Happening happening) {
        if (happening instanceof Happening.MessageCame came) {
            keep(EventKind.MESSAGE, came, came.message().encode());
        } else if (happening instanceof Happening.HistoryOffered offered) {
            keep(EventKind.HISTORY, offered, offered.notice().encode());
        } else if (happening instanceof Happening.ReceiptCame came) {
            tell(EventKind.RECEIPT, came.receipt());
        } else if (happening instanceof Happening.PresenceChanged changed) {
            tell(EventKind.PRESENCE, changed.presence());
        } else if (happening instanceof Happening.CallCame came) {
            tell(EventKind.CALL, came.call());
        } else if (happening instanceof Happening.UnknownTag unknown) {
            noteUnknown(unknown.tag());
        } else if (happening instanceof Happening.Dropped dropped) {
            out.debug("answered and dropped: " + dropped.why());
        } else {
            out.debug(happening.toString());
        }
    }

    private void keep(EventKind kind, Happening.Durable happening, byte[] content) {
        if (isWanted(kind)) {
            String key = DeliveryRows.key(owner, ++lastNumber);
            batch.pending.add(new PendingDelivery(key, happening.deliveryId(), kind, content, 0, ""));
            batch.bytes += content.length;
        }
    }

    private void tell(EventKind kind, Object event) {
        if (isWanted(kind)) {
            batch.passing.add(new Effect.Tell(kind, event));
        }
    }

    private boolean isWanted(EventKind kind) {
        boolean wanted = deliveries.wants(kind);
        if (!wanted && toldUnwanted.add(kind)) {
            out.info("no route wants events of the kind " + kind
                    + ": they are answered and dropped; `events` says what a route gets");
        }
        return wanted;
    }

    private void noteUnknown(String tag) {
        if (unknownTags.size() < 100 && unknownTags.add(tag)) {
            out.info("unknown stanza <" + tag + "> answered with a plain ack");
        }
    }

    /** The application is done with something, or something was taken in: both become durable together, soon. */
    void askFlush() {
        if (!flushAsked) {
            flushAsked = true;
            out.add(new Effect.AskFlush());
        }
    }

    /** Makes durable what there is, answers, and tells the application. */
    void flush() {
        if (batch.stanzas.isEmpty() && !deliveries.hasChanges()) {
            return;
        }
        Batch done = batch;
        batch = new Batch();
        done.pending.forEach(delivery -> DeliveryRows.put(done.changes, delivery));
        List<PendingDelivery> givenUp = deliveries.givenUp();
        deliveries.addTo(done.changes);
        out.add(new Effect.SaveTaken(
                done.changes, done.credentials ? Optional.of(host.credentials()) : Optional.empty()));
        givenUp.forEach(delivery -> out.add(new Effect.GiveUp(delivery)));
        done.answers.forEach(out::send);
        deliveries.committed(done.pending);
        done.passing.forEach(out::add);
        done.stanzas.forEach(stanza -> host.handled(stanza.stanza(), stanza.cleared()));
        deliveries.goOn();
    }

    /** Effects were dropped because one before them failed: what was not durable is with the server still. */
    void dropped() {
        batch = new Batch();
        flushAsked = false;
        out.add(new Effect.ForgetTaken());
        deliveries.dropped();
    }
}
