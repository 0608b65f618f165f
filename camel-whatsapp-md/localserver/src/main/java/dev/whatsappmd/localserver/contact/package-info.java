/**
 * People who write to the accounts of a server: their devices with real Signal sessions, groups, what became of each
 * message, and the keys that clients ask for. State of the event loop; no I/O.
 */
package dev.whatsappmd.localserver.contact;
