package dev.whatsappmd.reconnect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeTableTest {
    @Test
    void theSameNumberOnTwoLayersIsTwoCodes() {
        assertThat(ChatEnd.CODES.kindOf("stream", 409)).isEqualTo(ChatEnd.EVICTED);
        assertThat(ChatEnd.CODES.kindOf("failure", 409)).isEqualTo(ChatEnd.REFUSED);
        assertThat(ChatEnd.CODES.kindOf("local", 409)).isEqualTo(ChatEnd.UNKNOWN);
        assertThat(ChatEnd.CODES.kindOf("failure", 515)).isEqualTo(ChatEnd.UNKNOWN);
    }

    @Test
    void givesEveryNumberOfEveryLayerAKind() {
        for (String origin : new String[] {"stream", "failure", "socket", "local", "elsewhere"}) {
            for (int number = -10_000; number <= 10_000; number++) {
                assertThat(ChatEnd.CODES.kindOf(origin, number)).isNotNull();
            }
            assertThat(ChatEnd.CODES.kindOf(origin, Integer.MIN_VALUE)).isNotNull();
            assertThat(ChatEnd.CODES.kindOf(origin, Integer.MAX_VALUE)).isNotNull();
        }
        assertThat(ChatEnd.CODES.kindOf("socket", 12345)).isEqualTo(ChatEnd.TRANSPORT_LOST);
        assertThat(ChatEnd.CODES.unknown()).isEqualTo(ChatEnd.UNKNOWN);
    }

    @Test
    void aSingleCodeWinsOverARangeAndARangeOverTheRest() {
        CodeTable<ChatEnd> table = CodeTable.builder(ChatEnd.UNKNOWN)
                .everyOther(ChatEnd.TRANSPORT_LOST, "close")
                .range(ChatEnd.REFUSED, "close", 400, 499)
                .range(ChatEnd.SERVER_UNAVAILABLE, "close", 500, 599)
                .codes(ChatEnd.BANNED, "close", 406)
                .build();
        assertThat(table.kindOf("close", 399)).isEqualTo(ChatEnd.TRANSPORT_LOST);
        assertThat(table.kindOf("close", 400)).isEqualTo(ChatEnd.REFUSED);
        assertThat(table.kindOf("close", 406)).isEqualTo(ChatEnd.BANNED);
        assertThat(table.kindOf("close", 499)).isEqualTo(ChatEnd.REFUSED);
        assertThat(table.kindOf("close", 500)).isEqualTo(ChatEnd.SERVER_UNAVAILABLE);
        assertThat(table.kindOf("close", 600)).isEqualTo(ChatEnd.TRANSPORT_LOST);
        assertThat(table.kindOf("other", 400)).isEqualTo(ChatEnd.UNKNOWN);
        assertThat(table.origins()).containsExactly("close");
        assertThat(table.codes()).containsExactly(new DisconnectCode("close", 406));
    }

    @Test
    void isNotChangedByItsBuilderAfterwards() {
        CodeTable.Builder<ChatEnd> builder = CodeTable.builder(ChatEnd.UNKNOWN);
        builder.range(ChatEnd.REFUSED, "close", 1, 2);
        CodeTable<ChatEnd> table = builder.build();
        builder.range(ChatEnd.BANNED, "close", 3, 4)
                .codes(ChatEnd.BANNED, "close", 5)
                .everyOther(ChatEnd.BANNED, "close");
        assertThat(table.kindOf("close", 1)).isEqualTo(ChatEnd.REFUSED);
        for (int number = 3; number <= 6; number++) {
            assertThat(table.kindOf("close", number)).isEqualTo(ChatEnd.UNKNOWN);
        }
    }

    @Test
    void refusesDuplicates() {
        CodeTable.Builder<ChatEnd> builder = CodeTable.builder(ChatEnd.UNKNOWN)
                .codes(ChatEnd.BANNED, "close", 1)
                .range(ChatEnd.REFUSED, "close", 10, 20)
                .everyOther(ChatEnd.TRANSPORT_LOST, "close");
        assertThatThrownBy(() -> builder.codes(ChatEnd.REFUSED, "close", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("close.1 is given twice: as BANNED and as REFUSED");
        assertThatThrownBy(() -> builder.codes(ChatEnd.BANNED, "close", 1))
                .hasMessage("close.1 is given twice: as BANNED and as BANNED");
        assertThatThrownBy(() -> builder.codes(ChatEnd.REFUSED, "other"))
                .hasMessage("REFUSED is given no number of origin other");
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, "close", 20, 30))
                .hasMessage("range close.20..30 overlaps close.10..20");
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, "close", 5, 10))
                .hasMessage("range close.5..10 overlaps close.10..20");
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, "close", 0, 90))
                .hasMessage("range close.0..90 overlaps close.10..20");
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, "close", 12, 13))
                .hasMessage("range close.12..13 overlaps close.10..20");
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, "close", 2, 1)).hasMessage("range close.2..1 is empty");
        assertThatThrownBy(() -> builder.everyOther(ChatEnd.BANNED, "close"))
                .hasMessage("every other close code is given twice: as TRANSPORT_LOST and as BANNED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Stream", "str eam", "1stream", "a.b", "a_b", "-a"})
    void refusesAnOriginThatIsNotLowerCase(String origin) {
        String message =
                "origin \"" + origin + "\" must be a lower-case letter followed by lower-case letters, digits or '-'";
        CodeTable.Builder<ChatEnd> builder = CodeTable.builder(ChatEnd.UNKNOWN);
        assertThatThrownBy(() -> new DisconnectCode(origin, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> builder.range(ChatEnd.BANNED, origin, 1, 2)).hasMessage(message);
        assertThatThrownBy(() -> builder.everyOther(ChatEnd.BANNED, origin)).hasMessage(message);
    }

    @Test
    void aCodeIsWrittenAsInOptions() {
        assertThat(new DisconnectCode("stream", 515)).hasToString("stream.515");
        assertThat(new DisconnectCode("socket", -1)).hasToString("socket.-1");
    }
}
