/**
 * The log of what was received and not yet completed by the application: written in the same transaction as whatever
 * made it readable, cleared when the application is done with it.
 */
package dev.whatsappmd.engine.delivery;
