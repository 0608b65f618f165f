/**
 * Linking this device to an account: the payloads of the handshake, QR codes and typed codes, the check of
 * pair-success. Pure functions of their arguments: the session sends the nodes, keeps the credentials and counts the
 * time.
 */
package dev.whatsappmd.engine.pairing;
