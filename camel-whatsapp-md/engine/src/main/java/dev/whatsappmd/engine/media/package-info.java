/**
 * Files of messages and of history: keys and cipher, where they are fetched, how they are deleted, and how the phone is
 * asked to upload one again. Nothing of a file is given out before its MAC and its hash hold.
 */
package dev.whatsappmd.engine.media;
