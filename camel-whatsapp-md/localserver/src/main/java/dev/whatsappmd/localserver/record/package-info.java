/** What a server saw and did, kept for tests to look at and to wait for. */
package dev.whatsappmd.localserver.record;
