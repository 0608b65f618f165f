package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is in a message, taken out of whatever it was wrapped in. Its fields stand beside the others of a
 * {@link MessageEvent} in the JSON.
 *
 * @param kind what it is
 * @param type the name of its content in Baileys' {@code message}, e.g. {@code imageMessage}; null when it has none that
 *     this version knows
 * @param text its words: the text, a caption, a reaction's sign, a poll's question, a label that was chosen
 * @param selectedId the id of what was chosen
 * @param media the file that belongs to it
 * @param quoted what it answers
 * @param target the earlier message that it is about (reaction, edit, revoke, vote, pin, keep)
 * @param mentionedJid who is mentioned
 * @param isForwarded whether it was forwarded
 * @param viewOnce whether it is meant to be seen once
 * @param expiration seconds after which it disappears; for {@code ephemeralSetting} 0 means never
 * @param location a place
 * @param contacts contacts as vCards
 * @param poll a poll's options
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "kind",
    "type",
    "text",
    "selectedId",
    "media",
    "quoted",
    "target",
    "mentionedJid",
    "isForwarded",
    "viewOnce",
    "expiration",
    "location",
    "contacts",
    "poll"
})
public record MessageContent(
        MessageKind kind,
        @Nullable String type,
        @Nullable String text,
        @Nullable String selectedId,
        @Nullable MediaInfo media,
        @Nullable QuotedMessage quoted,
        @Nullable MessageKey target,
        @Nullable List<String> mentionedJid,
        @Nullable Boolean isForwarded,
        @Nullable Boolean viewOnce,
        @Nullable Long expiration,
        @Nullable Location location,
        @Nullable List<Contact> contacts,
        @Nullable Poll poll) {

    public MessageContent {
        Objects.requireNonNull(kind, "kind");
        mentionedJid = mentionedJid == null ? null : List.copyOf(mentionedJid);
        contacts = contacts == null ? null : List.copyOf(contacts);
    }

    /** A place, in degrees. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"degreesLatitude", "degreesLongitude", "accuracyInMeters", "name", "address", "url"})
    public record Location(
            double degreesLatitude,
            double degreesLongitude,
            @Nullable Long accuracyInMeters,
            @Nullable String name,
            @Nullable String address,
            @Nullable String url) {
        /** Never where it is. */
        @Override
        public String toString() {
            return "Location";
        }
    }

    /** A contact that was sent. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"displayName", "vcard"})
    public record Contact(
            @Nullable String displayName, @Nullable String vcard) {
        /** Never who it is. */
        @Override
        public String toString() {
            return "Contact";
        }
    }

    /**
     * A poll; its question is the message's text.
     *
     * @param options in their order
     * @param selectableOptionsCount how many may be chosen; 0 means any number
     */
    @JsonPropertyOrder({"options", "selectableOptionsCount"})
    public record Poll(List<String> options, long selectableOptionsCount) {
        public Poll {
            options = List.copyOf(options);
        }

        /** Never a word. */
        @Override
        public String toString() {
            return "Poll[" + options.size() + " options]";
        }
    }

    /** Begins the description of a message. */
    public static Builder builder(MessageKind kind) {
        return new Builder(kind);
    }

    /** What it is; never a word, a key or an address. */
    @Override
    public String toString() {
        return "MessageContent[" + kind + (media == null ? "]" : ", " + media + "]");
    }

    /** Builds {@link MessageContent}; for one use by one thread. */
    public static final class Builder {
        private MessageKind kind;
        private @Nullable String type;
        private @Nullable String text;
        private @Nullable String selectedId;
        private @Nullable MediaInfo media;
        private @Nullable QuotedMessage quoted;
        private @Nullable MessageKey target;
        private @Nullable List<String> mentionedJid;
        private @Nullable Boolean isForwarded;
        private @Nullable Boolean viewOnce;
        private @Nullable Long expiration;
        private @Nullable Location location;
        private @Nullable List<Contact> contacts;
        private @Nullable Poll poll;

        private Builder(MessageKind kind) {
            this.kind = kind;
        }

        public Builder kind(MessageKind value) {
            this.kind = value;
            return this;
        }

        public Builder type(@Nullable String value) {
            this.type = value;
            return this;
        }

        public Builder text(@Nullable String value) {
            this.text = value;
            return this;
        }

        public Builder selectedId(@Nullable String value) {
            this.selectedId = value;
            return this;
        }

        public Builder media(@Nullable MediaInfo value) {
            this.media = value;
            return this;
        }

        public Builder quoted(@Nullable QuotedMessage value) {
            this.quoted = value;
            return this;
        }

        public Builder target(@Nullable MessageKey value) {
            this.target = value;
            return this;
        }

        public Builder mentionedJid(@Nullable List<String> value) {
            this.mentionedJid = value;
            return this;
        }

        public Builder isForwarded(@Nullable Boolean value) {
            this.isForwarded = value;
            return this;
        }

        public Builder viewOnce(@Nullable Boolean value) {
            this.viewOnce = value;
            return this;
        }

        public Builder expiration(@Nullable Long value) {
            this.expiration = value;
            return this;
        }

        public Builder location(@Nullable Location value) {
            this.location = value;
            return this;
        }

        public Builder contacts(@Nullable List<Contact> value) {
            this.contacts = value;
            return this;
        }

        public Builder poll(@Nullable Poll value) {
            this.poll = value;
            return this;
        }

        public MessageContent build() {
            return new MessageContent(
                    kind,
                    type,
                    text,
                    selectedId,
                    media,
                    quoted,
                    target,
                    mentionedJid,
                    isForwarded,
                    viewOnce,
                    expiration,
                    location,
                    contacts,
                    poll);
        }
    }
}
