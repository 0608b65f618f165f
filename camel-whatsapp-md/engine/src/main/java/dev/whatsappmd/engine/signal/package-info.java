/**
 * End-to-end encryption: X3DH, the Double Ratchet and sender keys, message format version 3, and the rows they live in.
 *
 * <p>Own implementation of the published documents (signal.org/docs: X3DH, Double Ratchet, XEdDSA) on the room
 * {@code crypto}. Nothing here is safe for use by several threads: all of it belongs to the session's thread. No clock, no
 * log, no randomness of its own.
 *
 * <p>{@link dev.whatsappmd.engine.signal.SignalStore} collects what changes until its owner commits it; a cipher that fails
 * has changed nothing.
 */
package dev.whatsappmd.engine.signal;
