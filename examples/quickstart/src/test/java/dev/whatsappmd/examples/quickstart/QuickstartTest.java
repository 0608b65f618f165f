package dev.whatsappmd.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.whatsappmd.examples.quickstart.Timeline.Entry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The example does what its pages say. */
class QuickstartTest {
    @Test
    void isPairedAndComesBackOrStopsAsTheCodeSays() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();

        Timeline timeline = new Quickstart(new PrintStream(printed, true, StandardCharsets.UTF_8)).run();

        assertThat(timeline.closes())
                .extracting(entry -> entry.code().orElse(0), Entry::kind, Entry::action)
                .containsExactly(
                        tuple(515, "RESTART_REQUESTED", "now"),
                        tuple(503, "SERVER_UNAVAILABLE", "backoff"),
                        tuple(440, "EVICTED", "park"),
                        tuple(401, "LINK_REJECTED", "stop"));
        assertThat(timeline.closes().get(2).delayMillis()).contains(3_000L);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("→  park in 3.0 s", "stays closed until somebody asks", "One scan, one identity");
    }
}
