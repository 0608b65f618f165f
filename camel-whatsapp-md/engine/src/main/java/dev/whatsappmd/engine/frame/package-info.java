/**
 * How messages are cut out of the byte stream: an intro once, then frames with a 3-byte big-endian length in front. What is
 * in a frame is no matter of this room. Source: Baileys Utils/noise-handler.ts.
 */
package dev.whatsappmd.engine.frame;
