/**
 * One-time pre-keys: when to make new ones, how they go to the server, and whether the server has what we have. Pure
 * functions of their arguments: the session asks, keeps and counts.
 */
package dev.whatsappmd.engine.prekey;
