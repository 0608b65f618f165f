/** The media server: encrypted files over HTTP, and what it does wrong when it is told to. */
package dev.whatsappmd.localserver.media;
