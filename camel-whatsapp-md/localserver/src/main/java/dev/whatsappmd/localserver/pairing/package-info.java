/** Linking a device: refs, QR texts, typed codes, the phone's signed identity for the companion and the companion's signature. */
package dev.whatsappmd.localserver.pairing;
