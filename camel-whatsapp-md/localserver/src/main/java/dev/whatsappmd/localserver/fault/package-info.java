/** Faults as values, the moments they can be attached to, and the script that does it. */
package dev.whatsappmd.localserver.fault;
