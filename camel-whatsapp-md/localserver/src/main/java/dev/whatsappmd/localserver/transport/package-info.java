/** Loopback sockets: one event loop, HTTP upgrade and websocket frames. Knows nothing about WhatsApp. */
package dev.whatsappmd.localserver.transport;
