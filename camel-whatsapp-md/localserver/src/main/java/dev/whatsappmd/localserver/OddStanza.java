package dev.whatsappmd.localserver;

import com.google.protobuf.ByteString;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.e2e.Message;
import java.util.List;

/**
 * Stanzas that are no encrypted message, and yet are owed an answer: to be mixed in with {@link SimulatedPhone#deliver}.
 * Each is given an id, which nothing else may have that is owed at the same time.
 */
public final class OddStanza {
    private static final String TIME = "1768478400";
    private static final byte[] SEALED = {1, 2, 3, 4, 5, 6, 7, 8};

    private OddStanza() {}

    /** A tag that no client knows: wants an ack of this class. */
    public static Node unknownTag(String tag, String id, String from) {
        return of(tag, id, from).child("new-feature").build();
    }

    /** A channel's post: wants an ack. */
    public static Node newsletter(String id, String text) {
        ByteString content = Message.newBuilder().setConversation(text).build().toByteString();
        return message(id, "120363000000000099@newsletter")
                .attribute("server_id", "101")
                .child(Node.builder("plaintext").bytes(content.toByteArray()).build())
                .build();
    }

    /** A message that this device does not get: wants an ack. @param type e.g. {@code view_once} */
    public static Node unavailable(String id, String from, String type) {
        return message(id, from)
                .child(Node.builder("unavailable").attribute("type", type).build())
                .build();
    }

    /** A message in plain text from somebody who is no channel: wants an ack, and is not to be believed. */
    public static Node plaintext(String id, String from, String text) {
        ByteString content = Message.newBuilder().setConversation(text).build().toByteString();
        return message(id, from)
                .child(Node.builder("plaintext").bytes(content.toByteArray()).build())
                .build();
    }

    /** A message with nothing in it: wants an ack, with error 488 or without. */
    public static Node withoutContent(String id, String from) {
        return message(id, from).build();
    }

    /** A message that only the phone can open: wants an ack with error 495. */
    public static Node sealedByBot(String id) {
        return message(id, "867051314767696@bot")
                .child(Node.builder("enc")
                        .attribute("v", "2")
                        .attribute("type", "msmsg")
                        .bytes(SEALED)
                        .build())
                .build();
    }

    /** Tells that a file was uploaded: wants an ack. */
    public static Node mediaNotify(String id, String from) {
        return of("message", id, from).attribute("type", "medianotify").build();
    }

    /** A receipt of somebody: wants an ack. @param type e.g. {@code read}; empty for a delivery */
    public static Node receipt(String id, String from, String type) {
        Node.Builder receipt = of("receipt", id, from);
        return (type.isEmpty() ? receipt : receipt.attribute("type", type)).build();
    }

    /** A notification: wants an ack. */
    public static Node notification(String id, String from, String type) {
        return of("notification", id, from).attribute("type", type).build();
    }

    /** A call: wants an ack or a receipt. */
    public static Node call(String id, String from) {
        return of("call", id, from)
                .child(Node.builder("offer")
                        .attribute("call-id", id)
                        .attribute("call-creator", from)
                        .build())
                .build();
    }

    /**
     * One of each.
     *
     * @param prefix what their ids begin with
     * @param from whoever sends them
     */
    public static List<Node> oneOfEach(String prefix, String from) {
        return List.of(
                unknownTag("never-seen-before", prefix + "-tag", from),
                newsletter(prefix + "-news", "news"),
                unavailable(prefix + "-once", from, "view_once"),
                unavailable(prefix + "-bot", from, "bot_unavailable_fanout"),
                plaintext(prefix + "-plain", from, "not encrypted"),
                withoutContent(prefix + "-none", from),
                sealedByBot(prefix + "-msmsg"),
                mediaNotify(prefix + "-media", from),
                receipt(prefix + "-read", from, "read"),
                receipt(prefix + "-delivered", from, ""),
                notification(prefix + "-picture", from, "picture"),
                notification(prefix + "-devices", from, "devices"),
                call(prefix + "-call", from));
    }

    private static Node.Builder message(String id, String from) {
        return of("message", id, from).attribute("type", "text");
    }

    private static Node.Builder of(String tag, String id, String from) {
        return Node.builder(tag).attribute("id", id).attribute("from", from).attribute("t", TIME);
    }
}
