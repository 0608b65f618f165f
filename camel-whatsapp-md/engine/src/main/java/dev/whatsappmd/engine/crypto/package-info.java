/**
 * The primitives every other room builds on: X25519, XEdDSA, HKDF, HMAC, SHA-256, AES.
 *
 * <p>Curve arithmetic is Bouncy Castle's lightweight code; everything AES, SHA and HMAC goes through the JDK's own
 * providers, which use the processor's instructions. The static helpers may be called from any thread: what they reuse is
 * kept per thread. Wrong arguments of the caller (a key of 31 bytes, a negative length) are an
 * {@link IllegalArgumentException}; what came from outside and does not hold is a
 * {@link dev.whatsappmd.engine.crypto.CryptoException}, which has to be caught.
 */
package dev.whatsappmd.engine.crypto;
