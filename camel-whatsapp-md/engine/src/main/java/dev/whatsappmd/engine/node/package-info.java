/**
 * The binary XML of the wire: {@link dev.whatsappmd.engine.node.Node} and its encoder and decoder.
 *
 * <p>A frame is one flags byte and one node; flag 2 means that the rest is deflated. A node is a list of its tag, its
 * attribute names and values, and its content. Strings are tokens of a fixed table, packed digits, addresses, or
 * UTF-8.
 */
package dev.whatsappmd.engine.node;
