package dev.whatsappmd.localserver.connection;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.proto.payload.ClientPayload;

/** What a server does with a connection that is through the handshake; every call comes on the event loop. */
public interface ConnectionListener {
    /** A client without an account: its payload carries pairing data. */
    void onRegistration(ServerConnection connection, ClientPayload payload);

    /** A client that says which device it is. */
    void onLogin(ServerConnection connection, ClientPayload payload);

    /** A stanza that is no answer to a request of the server. */
    void onStanza(ServerConnection connection, Node stanza);

    /** The device of this connection, if it has one, is to be unlinked; the connection ends by itself. */
    void onUnlinked(ServerConnection connection);

    /** The connection is over, however far it came. */
    void onClosed(ServerConnection connection);
}
