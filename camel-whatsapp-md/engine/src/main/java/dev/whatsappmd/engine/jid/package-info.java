/** WhatsApp addresses: who or what a stanza comes from and goes to. */
package dev.whatsappmd.engine.jid;
