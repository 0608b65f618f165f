package dev.whatsappmd.engine.media;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.AesGcm;
import dev.whatsappmd.engine.crypto.CryptoException;
import dev.whatsappmd.engine.crypto.Hkdf;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.mediaretry.MediaRetryNotification;
import dev.whatsappmd.engine.proto.mediaretry.ServerErrorReceipt;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Asks the user's own phone to upload a file again that the media server has lost, and reads its answer (Baileys {@code
 * encryptMediaRetryRequest}, {@code decryptMediaRetryData}). Both are encrypted with a key that is made of the file's own
 * and bound to the message's id. Pure functions.
 */
public final class MediaReupload {
    private static final byte[] INFO = "WhatsApp Media Retry Notification".getBytes(StandardCharsets.US_ASCII);

    private MediaReupload() {}

    /**
     * The message whose file is asked for.
     *
     * @param id the message's id; the answer carries it again
     * @param chat the chat's address
     * @param participant who wrote it, in a group
     */
    public record Message(String id, String chat, boolean fromMe, Optional<String> participant) {
        public Message {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(chat, "chat");
            Objects.requireNonNull(participant, "participant");
        }

        @Override
        public String toString() {
            return "Message[…]";
        }
    }

    /**
     * The request for a message's file: a receipt to send.
     *
     * @param own this account's address, with or without the device
     * @param mediaKey 32 bytes
     */
    public static Node request(Jid own, Message message, byte[] mediaKey, RandomGenerator random) {
        Node.Builder rmr = Node.builder("rmr")
                .attribute("jid", message.chat())
                .attribute("from_me", Boolean.toString(message.fromMe()))
                .attribute("participant", message.participant());
        return receipt(own, message.id(), mediaKey, random).child(rmr.build()).build();
    }

    /**
     * The request for history (whatsmeow {@code SendHistorySyncServerErrorReceipt}): the phone sends a new notification
     * instead of an answer.
     *
     * @param messageId the id of the message with the notification
     */
    public static Node historyRequest(Jid own, String messageId, byte[] mediaKey, RandomGenerator random) {
        return receipt(own, messageId, mediaKey, random)
                .attribute("category", "peer")
                .build();
    }

    private static Node.Builder receipt(Jid own, String id, byte[] mediaKey, RandomGenerator random) {
        byte[] iv = new byte[AesGcm.IV_LENGTH];
        random.nextBytes(iv);
        byte[] asked = ServerErrorReceipt.newBuilder().setStanzaId(id).build().toByteArray();
        byte[] encrypted = new AesGcm(key(mediaKey)).encrypt(iv, bound(id), asked);
        return Node.builder("receipt")
                .attribute("id", id)
                .attribute("to", own.normalized().toString())
                .attribute("type", "server-error")
                .child(Node.builder("encrypt")
                        .child(Node.builder("enc_p").bytes(encrypted).build())
                        .child(Node.builder("enc_iv").bytes(iv).build())
                        .build());
    }

    /**
     * Whose answer a {@code mediaretry} notification is; empty when it names no message. Its sender must be the user's own
     * phone: the caller checks that.
     */
    public static Optional<Message> messageOf(Node notification) {
        Optional<String> id = notification.attribute("id").filter(text -> !text.isEmpty());
        Optional<Node> rmr =
                notification.child("rmr").filter(child -> child.attribute("jid").isPresent());
        if (id.isEmpty() || rmr.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Message(
                id.get(),
                rmr.get().attribute("jid", ""),
                rmr.get().hasAttribute("from_me", "true"),
                rmr.get().attribute("participant")));
    }

    /**
     * Reads the phone's answer: where the file is now.
     *
     * @return a direct path, for {@link MediaReference#withDirectPath}
     * @throws MediaGoneException the phone does not have the file any more
     * @throws MediaException the phone failed ({@code SERVER_ERROR}, with the status that Baileys gives it), or the answer
     *     is not for this message or not readable ({@code DAMAGED})
     */
    public static String directPath(Node notification, Message message, byte[] mediaKey) throws MediaException {
        if (!notification.hasAttribute("id", message.id())) {
            throw MediaException.damaged("the phone's answer is about another message");
        }
        Optional<Node> error = notification.child("error");
        if (error.isPresent()) {
            String code = error.get().attribute("code", "");
            throw refused(code.matches("\\d{1,4}") ? Integer.parseInt(code) : -1);
        }
        MediaRetryNotification answer = decrypted(notification, message.id(), mediaKey);
        if (!answer.getStanzaId().equals(message.id())) {
            throw MediaException.damaged("the phone's answer is about another message inside than outside");
        }
        if (answer.getResult() != MediaRetryNotification.ResultType.SUCCESS) {
            throw refused(answer.getResult().getNumber());
        }
        return MediaHosts.requirePath(answer.getDirectPath());
    }

    private static MediaRetryNotification decrypted(Node notification, String id, byte[] mediaKey)
            throws MediaException {
        Optional<Node> encrypt = notification.child("encrypt");
        Optional<byte[]> ciphertext =
                encrypt.flatMap(node -> node.child("enc_p")).flatMap(Node::bytes);
        Optional<byte[]> iv = encrypt.flatMap(node -> node.child("enc_iv"))
                .flatMap(Node::bytes)
                .filter(bytes -> bytes.length == AesGcm.IV_LENGTH);
        if (ciphertext.isEmpty() || iv.isEmpty()) {
            throw MediaException.damaged("the phone's answer has nothing in it");
        }
        try {
            return MediaRetryNotification.parseFrom(
                    new AesGcm(key(mediaKey)).decrypt(iv.get(), bound(id), ciphertext.get()));
        } catch (CryptoException | InvalidProtocolBufferException e) {
            throw MediaException.of(Reason.DAMAGED, "the phone's answer does not decrypt: " + e.getMessage(), e);
        }
    }

    /** The statuses are Baileys' {@code MEDIA_RETRY_STATUS_MAP}. */
    private static MediaException refused(int code) {
        return switch (code) {
            case MediaRetryNotification.ResultType.NOT_FOUND_VALUE ->
                new MediaGoneException(404, "the phone does not have the file any more");
            case MediaRetryNotification.ResultType.DECRYPTION_ERROR_VALUE ->
                new MediaException(
                        Reason.SERVER_ERROR, 412, "the phone could not decrypt the request for the file", null);
            case MediaRetryNotification.ResultType.GENERAL_ERROR_VALUE ->
                new MediaException(Reason.SERVER_ERROR, 418, "the phone could not upload the file again", null);
            default ->
                MediaException.of(
                        Reason.SERVER_ERROR, "the phone did not upload the file again, for a reason that is not known");
        };
    }

    private static byte[] key(byte[] mediaKey) {
        if (mediaKey.length != MediaKeys.MEDIA_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "a media key has " + MediaKeys.MEDIA_KEY_LENGTH + " bytes, not " + mediaKey.length);
        }
        return Hkdf.sha256(mediaKey, null, INFO, 32);
    }

    private static byte[] bound(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }
}
