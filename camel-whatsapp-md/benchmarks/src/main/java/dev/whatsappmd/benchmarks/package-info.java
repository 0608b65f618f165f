/** What the processes of a side-by-side run have in common; the script {@code side-by-side/run} starts them. */
package dev.whatsappmd.benchmarks;
