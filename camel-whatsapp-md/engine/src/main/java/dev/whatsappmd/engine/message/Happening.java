package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.event.CallEvent;
import dev.whatsappmd.engine.event.PresenceEvent;
import dev.whatsappmd.engine.event.ReceiptEvent;
import dev.whatsappmd.engine.jid.Jid;
import java.util.Objects;

/** What a stanza tells, beside the answer that it wants. */
public sealed interface Happening {
    /** Kept in the store until a route is done with it. */
    sealed interface Durable extends Happening {
        /** The same each time the same thing is delivered, also after a restart. */
        String deliveryId();
    }

    /** A message, or word of one that cannot be read. */
    record MessageCame(StoredMessage message) implements Durable {
        public MessageCame {
            Objects.requireNonNull(message, "message");
        }

        @Override
        public String deliveryId() {
            return message.deliveryId();
        }
    }

    /** The user's phone offers a piece of the history. */
    record HistoryOffered(HistoryNotice notice) implements Durable {
        public HistoryOffered {
            Objects.requireNonNull(notice, "notice");
        }

        @Override
        public String deliveryId() {
            return notice.deliveryId();
        }
    }

    /** Messages were delivered, read or played, or could not be read by their receiver ({@code retry}). */
    record ReceiptCame(ReceiptEvent receipt) implements Happening {}

    /** Somebody is there, away, or writing. */
    record PresenceChanged(PresenceEvent presence) implements Happening {}

    /** A step of a call. */
    record CallCame(CallEvent call) implements Happening {}

    /** A user's keys have changed; what was kept under the old ones is gone. */
    record IdentityChanged(Jid user) implements Happening {
        /** Never the whole address. */
        @Override
        public String toString() {
            return "IdentityChanged[" + user.toLogString() + "]";
        }
    }

    /** The user's phone shared keys of the app state; the changes of the store hold them. */
    record AppStateKeysShared(int count) implements Happening {}

    /** The user's phone said which LID belongs to which number; the cipher has it. */
    record LidMappingsCame(int count) implements Happening {}

    /**
     * The user's phone answers what this device asked it for.
     *
     * @param requestId the id of the message that asked; empty when it names none
     * @param response protobuf {@code PeerDataOperationRequestResponseMessage}; not a copy
     */
    record PeerAnswered(String requestId, byte[] response) implements Happening {
        public PeerAnswered {
            Objects.requireNonNull(requestId, "requestId");
            Objects.requireNonNull(response, "response");
        }

        /** Never what is in it. */
        @Override
        public String toString() {
            return "PeerAnswered[" + requestId + ", " + response.length + " bytes]";
        }
    }

    /**
     * Something was answered and is not delivered: it is not to be believed, or makes no sense.
     *
     * @param why for a log line: no address, no text, no key
     */
    record Dropped(String why) implements Happening {
        public Dropped {
            Objects.requireNonNull(why, "why");
        }
    }

    /** @param tag as a log line may show it */
    record UnknownTag(String tag) implements Happening {
        public UnknownTag {
            Objects.requireNonNull(tag, "tag");
        }
    }
}
