package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is there, and who is writing: Baileys' {@code presence.update}.
 *
 * @param id the chat
 * @param presences by the address of the one it is said of
 */
@JsonPropertyOrder({"id", "presences"})
public record PresenceEvent(String id, Map<String, Presence> presences) {
    public PresenceEvent {
        Objects.requireNonNull(id, "id");
        presences = Collections.unmodifiableMap(new LinkedHashMap<>(presences));
    }

    /**
     * One person's.
     *
     * @param lastKnownPresence {@code available}, {@code unavailable}, {@code composing} or {@code recording}
     * @param lastSeen in seconds since 1970; null when it is not told
     * @param groupOnlineCount how many of a group are there
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @JsonPropertyOrder({"lastKnownPresence", "lastSeen", "groupOnlineCount"})
    public record Presence(
            String lastKnownPresence,
            @Nullable Long lastSeen,
            @Nullable Long groupOnlineCount) {}

    /** Never an address. */
    @Override
    public String toString() {
        return "PresenceEvent" + presences.values();
    }
}
