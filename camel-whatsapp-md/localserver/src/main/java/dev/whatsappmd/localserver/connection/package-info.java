/** One client's encrypted connection: handshake, frames, stanzas, faults. */
package dev.whatsappmd.localserver.connection;
