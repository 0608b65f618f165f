package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Why the last connection ended. As JSON it has the fields of Baileys' {@code lastDisconnect}, so that
 * {@code lastDisconnect.error.output.statusCode} is where users look for it, and beside them origin, kind and reason.
 *
 * @param error what Baileys' {@code Boom} holds
 * @param at when the connection ended, by this machine's clock
 * @param origin the layer it came from
 * @param kind what it means
 * @param reason the name in Baileys' {@code DisconnectReason}, or the kind where that enum has none
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@JsonPropertyOrder({"error", "date", "origin", "kind", "reason"})
public record LastDisconnect(
        Error error, @JsonIgnore Instant at, DisconnectOrigin origin, WhatsAppDisconnectKind kind, String reason) {
    /** As a JavaScript {@code Date}: always with milliseconds, never with more. */
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    public LastDisconnect {
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(reason, "reason");
    }

    /** {@link #at()} as JSON has it: ISO 8601 in UTC with milliseconds, as Baileys' {@code Date}. */
    @JsonProperty("date")
    public String date() {
        return DATE.format(at);
    }

    /**
     * @param message a sentence for a person
     * @param output holds the status code
     * @param data every attribute the server gave, in its order, kept because it is said once (ban end, appeal token,
     *     texts); may hold secrets, so it is never logged
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Error(String message, Output output, Map<String, String> data) {
        public Error {
            Objects.requireNonNull(message, "message");
            Objects.requireNonNull(output, "output");
            data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
        }

        /** Without the data: it may hold an appeal token. */
        @Override
        public String toString() {
            return message;
        }
    }

    /** @param statusCode the Baileys status code */
    public record Output(int statusCode) {}
}
