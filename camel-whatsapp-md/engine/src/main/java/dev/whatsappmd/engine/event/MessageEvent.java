package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message, of this account's user or of somebody else: Baileys' {@code WAMessage} with the same field names where it
 * has them, and beside them what is in it in plain words.
 *
 * @param key what names it
 * @param chat where an answer goes: the key's {@code remoteJid}, or for a broadcast list the one who sent it
 * @param sender who sent it
 * @param messageTimestamp when, in seconds since 1970, as the server says; 0 when it does not
 * @param pushName how the sender calls himself
 * @param verifiedBizName the sender's name as a verified business
 * @param broadcast whether it came by a broadcast list or is a status
 * @param offline whether it waited at the server while this device was away
 * @param status 2 (the server has it) for a message of the user's own
 * @param retryCount how often the sender had encrypted it before
 * @param content what is in it; its fields stand beside these in the JSON
 * @param messageStubType 2 (ciphertext) when it could not be read
 * @param messageStubParameters why not
 * @param raw the decrypted protobuf {@code Message} with all its wrappings; null when it could not be read. Not in the
 *     JSON; not a copy: nobody writes to it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "key",
    "chat",
    "sender",
    "messageTimestamp",
    "pushName",
    "verifiedBizName",
    "broadcast",
    "offline",
    "status",
    "retryCount",
    "content",
    "messageStubType",
    "messageStubParameters"
})
public record MessageEvent(
        MessageKey key,
        @Nullable String chat,
        MessageSender sender,
        long messageTimestamp,
        @Nullable String pushName,
        @Nullable String verifiedBizName,
        boolean broadcast,
        boolean offline,
        @Nullable Integer status,
        @Nullable Integer retryCount,
        @JsonUnwrapped MessageContent content,
        @Nullable Integer messageStubType,
        @Nullable List<String> messageStubParameters,
        @JsonIgnore byte @Nullable [] raw) {

    /** The stub type of a message that could not be read (Baileys {@code WAMessageStubType.CIPHERTEXT}). */
    public static final int CIPHERTEXT = 2;

    public MessageEvent {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(sender, "sender");
        Objects.requireNonNull(content, "content");
        messageStubParameters = messageStubParameters == null ? null : List.copyOf(messageStubParameters);
    }

    private Object[] parts() {
        return new Object[] {
            key,
            chat,
            sender,
            messageTimestamp,
            pushName,
            verifiedBizName,
            broadcast,
            offline,
            status,
            retryCount,
            content,
            messageStubType,
            messageStubParameters,
            raw
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof MessageEvent event && Arrays.deepEquals(parts(), event.parts());
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(parts());
    }

    /** Which message and what it is; never a word, a name or an address. */
    @Override
    public String toString() {
        return "MessageEvent[" + key + ", " + content + (offline ? ", offline]" : "]");
    }
}
