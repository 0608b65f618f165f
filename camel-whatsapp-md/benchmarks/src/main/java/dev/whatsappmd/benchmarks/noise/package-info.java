/**
 * Frames and handshakes. One operation is the same work as in the side-by-side run with Baileys: both sides, in one thread,
 * in memory.
 */
package dev.whatsappmd.benchmarks.noise;
