/**
 * Linking this device to an account: the payloads of the handshake, the QR code, the check of pair-success. Pure
 * functions of their arguments: the session sends the nodes, keeps the credentials and counts the time.
 */
package dev.whatsappmd.engine.pairing;
