/**
 * Noise_XX_25519_AESGCM_SHA256 as WhatsApp uses it: the handshake of both sides, the server's certificate chain, the
 * encrypted frames after it. Bytes in, bytes out; no socket, no clock. Sources: Baileys Utils/noise-handler.ts for the
 * handshake, whatsmeow handshake.go for the certificate rules.
 */
package dev.whatsappmd.engine.noise;
