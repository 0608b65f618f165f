/** Accounts, their linked devices, pre-keys and offline queues. State of the event loop; no I/O. */
package dev.whatsappmd.localserver.account;
