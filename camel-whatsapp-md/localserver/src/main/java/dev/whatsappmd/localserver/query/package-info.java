/** Answers to iq requests: a list of small handlers, which users can add to. */
package dev.whatsappmd.localserver.query;
