package dev.whatsappmd.localserver.transport;

/** What a server does with one client's socket; every call comes on the {@link EventLoop}. */
public interface LinkHandler {
    /** The TCP connection is here; called once, before anything is read. */
    void onAccepted();

    /** The client asks for a websocket. */
    UpgradeAnswer onUpgrade(UpgradeRequest request);

    /** Bytes of binary messages; how they are split into messages means nothing. */
    void onBytes(byte[] bytes);

    /** A text message, which no WhatsApp client sends. */
    void onText(int length);

    /** The connection is over; called once, nothing comes after it. */
    void onClosed(LinkEnd end);
}
