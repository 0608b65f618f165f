/**
 * The binary XML codec, measured on 202 fixed stanzas.
 *
 * <p>{@link dev.whatsappmd.benchmarks.codec.CodecRun} is one process of a side-by-side run with another
 * implementation; the JMH benchmarks measure the same more closely, for comparing two versions of our own:
 *
 * <pre>
 * mvn -q process-classes -Pjmh -pl camel-whatsapp-md/benchmarks -am -Djmh.args="Codec"
 * </pre>
 */
package dev.whatsappmd.benchmarks.codec;
