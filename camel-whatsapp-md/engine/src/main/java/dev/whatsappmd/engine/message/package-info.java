/**
 * What comes from the server and is owed an answer: messages, receipts, notifications, calls
 * ({@link dev.whatsappmd.engine.message.MessageIntake}). Pure: a stanza in, answers, happenings and changes of the store
 * out; no socket, no clock, no thread, no log.
 */
package dev.whatsappmd.engine.message;
