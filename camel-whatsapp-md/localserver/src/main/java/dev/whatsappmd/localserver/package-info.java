/**
 * An in-process WhatsApp MD server with a simulated phone: {@link dev.whatsappmd.localserver.LocalWhatsAppServer} is the
 * place to begin.
 */
package dev.whatsappmd.localserver;
