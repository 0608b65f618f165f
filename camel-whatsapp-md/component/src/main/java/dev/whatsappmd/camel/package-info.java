/**
 * The Camel component {@code whatsappmd}: {@code whatsappmd:sessionId[?options]}.
 *
 * <p>Thin on purpose: the engine knows the protocol, this package knows Camel. Consumers own a session and hear of it,
 * producers borrow the running one. A close becomes an exchange here, and what the route says about it goes back.
 */
package dev.whatsappmd.camel;
