package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.event.CallEvent;
import dev.whatsappmd.engine.event.MessageKey;
import dev.whatsappmd.engine.event.PresenceEvent;
import dev.whatsappmd.engine.event.PresenceEvent.Presence;
import dev.whatsappmd.engine.event.ReceiptEvent;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what passes and is not kept: receipts, presences, calls. What makes no sense is empty. */
final class Observed {
    private static final int DELIVERED = 3;

    private Observed() {}

    /** The events of a receipt: one, or of a group's collected receipt one for each who says so. */
    static List<ReceiptEvent> receipts(Node stanza, Self self) {
        Optional<Jid> from = jid(stanza, "from");
        String id = stanza.attribute("id", "");
        if (from.isEmpty() || id.isEmpty()) {
            return List.of();
        }
        Optional<Jid> participant = jid(stanza, "participant");
        boolean shared = from.get().isGroup() || from.get().isBroadcast();
        if (shared && participant.isEmpty()) {
            return collected(stanza, from.get(), self);
        }
        Jid user = participant.orElse(from.get());
        List<String> ids = new ArrayList<>(List.of(id));
        stanza.child("list").stream()
                .flatMap(list -> list.children("item").stream())
                .flatMap(item -> item.attribute("id").stream())
                .filter(item -> !item.isEmpty())
                .forEach(ids::add);
        List<MessageKey> keys = ids.stream()
                .map(each -> key(stanza, from.get(), user, each, self))
                .toList();
        return List.of(receipt(stanza, keys, user, seconds(stanza)));
    }

    private static List<ReceiptEvent> collected(Node stanza, Jid chat, Self self) {
        List<ReceiptEvent> receipts = new ArrayList<>();
        for (Node participants : stanza.children("participants")) {
            String id = participants.attribute("key", "");
            for (Node user : participants.children("user")) {
                Optional<Jid> jid = jid(user, "jid");
                if (jid.isPresent() && !id.isEmpty()) {
                    List<MessageKey> keys = List.of(key(stanza, chat, jid.get(), id, self));
                    receipts.add(receipt(stanza, keys, jid.get(), seconds(user)));
                }
            }
        }
        return receipts;
    }

    private static ReceiptEvent receipt(Node stanza, List<MessageKey> keys, Jid user, @Nullable Long at) {
        String type = stanza.attribute("type").orElse("delivery");
        return new ReceiptEvent(
                keys,
                Envelope.person(user).toString(),
                type,
                status(stanza.attribute("type")),
                at,
                Envelope.offline(stanza));
    }

    /** As Baileys {@code handleReceipt}. */
    private static MessageKey key(Node stanza, Jid from, Jid user, String id, Self self) {
        boolean ownDevice = self.is(user);
        boolean shared = from.isGroup() || from.isBroadcast();
        Optional<Jid> recipient = jid(stanza, "recipient");
        boolean aboutSending = stanza.hasAttribute("type", "retry") || stanza.hasAttribute("type", "sender");
        Jid chat = ownDevice && !shared ? recipient.orElse(from) : from;
        boolean fromMe = recipient.isEmpty() || aboutSending && ownDevice;
        String participant = jid(stanza, "participant")
                .map(Envelope::person)
                .map(Jid::toString)
                .orElse(null);
        return MessageKey.of(Envelope.person(chat).toString(), fromMe, id, participant);
    }

    /** A message's new status as a number of Baileys' {@code WAMessageStatus}; null when a type does not change it. */
    static @Nullable Integer status(Optional<String> type) {
        if (type.isEmpty()) {
            return DELIVERED;
        }
        return switch (type.get()) {
            case "sender" -> 2;
            case "read", "read-self" -> 4;
            case "played" -> 5;
            default -> null;
        };
    }

    /** A {@code <presence>} or a {@code <chatstate>}. */
    static Optional<PresenceEvent> presence(Node stanza) {
        Optional<Jid> from = jid(stanza, "from");
        if (from.isEmpty()) {
            return Optional.empty();
        }
        Optional<Presence> presence = stanza.is("presence") ? Optional.of(there(stanza)) : writing(stanza);
        Jid who = jid(stanza, "participant").orElse(from.get());
        return presence.map(one -> new PresenceEvent(
                Envelope.person(from.get()).toString(),
                Map.of(Envelope.person(who).toString(), one)));
    }

    private static Presence there(Node stanza) {
        boolean away = stanza.hasAttribute("type", "unavailable");
        return new Presence(away ? "unavailable" : "available", number(stanza, "last"), number(stanza, "count"));
    }

    private static Optional<Presence> writing(Node stanza) {
        return stanza.firstChild().map(state -> {
            String word = state.is("paused") ? "available" : state.shownTag();
            return new Presence(state.hasAttribute("media", "audio") ? "recording" : word, null, null);
        });
    }

    /** A {@code <call>}. */
    static Optional<CallEvent> call(Node stanza) {
        Optional<Jid> from = jid(stanza, "from");
        Optional<Node> info = stanza.firstChild();
        if (from.isEmpty() || info.isEmpty()) {
            return Optional.empty();
        }
        Node step = info.get();
        String status = callStatus(step);
        boolean offer = status.equals("offer");
        String group = step.attribute("group-jid").orElse(null);
        return Optional.of(new CallEvent(
                from.get().toString(),
                step.attribute("from").or(() -> step.attribute("call-creator")).orElse(null),
                step.attribute("caller_pn").orElse(null),
                step.attribute("call-id").orElse(null),
                seconds(stanza),
                Envelope.offline(stanza),
                status,
                offer ? step.child("video").isPresent() : null,
                offer ? step.hasAttribute("type", "group") || group != null : null,
                offer ? group : null,
                status.equals("relaylatency") ? latency(step) : null));
    }

    /** Baileys {@code getCallStatusFromNode}. */
    static String callStatus(Node step) {
        return switch (step.tag()) {
            case "offer", "offer_notice" -> "offer";
            case "terminate" -> step.hasAttribute("reason", "timeout") ? "timeout" : "terminate";
            case "preaccept", "transport", "relaylatency", "reject", "accept" -> step.tag();
            default -> "ringing";
        };
    }

    private static @Nullable Long latency(Node step) {
        for (String name : List.of("latency", "latency_ms", "latency-ms")) {
            Long value = number(step, name);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable Long seconds(Node stanza) {
        long seconds = Envelope.seconds(stanza);
        return seconds == 0 ? null : seconds;
    }

    private static @Nullable Long number(Node node, String name) {
        String value = node.attribute(name, "");
        return value.matches("[0-9]{1,15}") ? Long.valueOf(value) : null;
    }

    private static Optional<Jid> jid(Node node, String name) {
        return node.attribute(name).flatMap(Jid::tryParse).filter(jid -> !jid.user()
                .isEmpty());
    }
}
