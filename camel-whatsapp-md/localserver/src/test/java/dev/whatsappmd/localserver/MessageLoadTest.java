package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.localserver.MessageLedger.Comparison;
import dev.whatsappmd.localserver.MessageLedger.Entry;
import dev.whatsappmd.localserver.MessageLedger.Seen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many people write, and the ledger tells what was lost. */
class MessageLoadTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void allThatIsWrittenIsSeenOnceAndInOrder() {
        run(
                load -> {
                    load.write(200);
                    return load;
                },
                0,
                comparison ->
                        assertThat(comparison.isExact()).as("%s", comparison).isTrue());
    }

    @Test
    void troubleLosesNothing() {
        run(load -> load.write(150), 0.3, comparison -> {
            assertThat(comparison.isWhole()).as("%s", comparison).isTrue();
            assertThat(comparison.duplicated()).isEmpty();
        });
    }

    private void run(UnaryOperator<MessageLoad> writing, double disturbed, Consumer<Comparison> check) {
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            SimulatedPhone phone = server.phone("4915100000001");
            try (Companion companion = Companion.link(server, phone, directory, 100)) {
                MessageLoad load = MessageLoad.of(phone, 42)
                        .contacts(12)
                        .groups(3)
                        .disturbed(disturbed)
                        .begin();
                writing.apply(load);
                server.awaitAllAnswered(LIMIT);
                companion.restart();
                writing.apply(load);
                server.awaitAllAnswered(LIMIT);
                assertThat(load.ledger().entries())
                        .extracting(Entry::chat)
                        .anyMatch(chat -> chat.contains("group"))
                        .anyMatch(chat -> !chat.contains("group"));
                List<Seen> seen = companion.seen().stream()
                        .filter(one -> !one.id().startsWith("odd-"))
                        .toList();
                check.accept(load.ledger().compare(seen));
            }
            assertThat(server.internalFailures()).isEmpty();
        }
    }

    @Test
    void theSameSeedWritesTheSame() {
        assertThat(texts(5)).isEqualTo(texts(5)).isNotEqualTo(texts(6));
    }

    private static List<List<String>> texts(long seed) {
        try (LocalWhatsAppServer server = LocalWhatsAppServer.start()) {
            MessageLoad load = MessageLoad.of(server.phone("4915100000001"), seed)
                    .contacts(4)
                    .groups(2)
                    .begin();
            load.write(30);
            return load.ledger().entries().stream()
                    .map(entry -> List.of(entry.text(), entry.chat().replaceFirst("load-\\d+", "")))
                    .toList();
        }
    }

    @Test
    void theLedgerTellsEachDifference() {
        MessageLedger ledger = new MessageLedger();
        for (int i = 1; i <= 5; i++) {
            ledger.add(new Entry(i, "id" + i, "chat", "writer", "text " + i));
        }
        List<Seen> all = new ArrayList<>();
        ledger.entries().forEach(entry -> all.add(Seen.parse(new Seen(entry.id(), entry.text()).toLine())));
        assertThat(ledger.compare(all).isExact()).isTrue();

        Comparison different = ledger.compare(List.of(
                new Seen("id2", "text 2"),
                new Seen("id1", "text 1"),
                new Seen("id2", "text 2"),
                new Seen("id3", "another text"),
                new Seen("id5", "text 5"),
                new Seen("id9", "text 9")));
        assertThat(different.lost()).extracting(Entry::id).containsExactly("id4");
        assertThat(different.duplicated()).extracting(Entry::id).containsExactly("id2");
        assertThat(different.altered()).extracting(Entry::id).containsExactly("id3");
        assertThat(different.overtaken()).extracting(Entry::id).containsExactly("id1");
        assertThat(different.unknown()).extracting(Seen::id).containsExactly("id9");
        assertThat(different.isWhole()).isFalse();
        assertThat(different.toString()).doesNotContain("text");
        assertThatThrownBy(() -> Seen.parse("no tab")).isInstanceOf(IllegalArgumentException.class);
    }
}
