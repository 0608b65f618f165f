/** Linked devices on line: login, the offline queue, answers to what they send, removal. */
package dev.whatsappmd.localserver.session;
