/**
 * Signal messages in memory. One operation is the same work as in the side-by-side run with Baileys: a padded plaintext of
 * 192 bytes, sessions and keys decoded, nothing committed.
 */
package dev.whatsappmd.benchmarks.signal;
