package dev.whatsappmd.engine.prekey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.node.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreKeyNoticeTest {
    @ParameterizedTest
    @CsvSource({"0, true", "4, true", "5, false", "50, false"})
    void tellsHowManyAreLeft(int left, boolean mustUpload) {
        Node stanza = notice("s.whatsapp.net")
                .child(Node.builder("count")
                        .attribute("value", Integer.toString(left))
                        .build())
                .build();
        assertThat(PreKeyNotice.parse(stanza)).contains(new PreKeyNotice.Left(left));
        assertThat(new PreKeyNotice.Left(left).mustUpload()).isEqualTo(mustUpload);
    }

    @Test
    void asksForTheDigest() {
        assertThat(PreKeyNotice.parse(notice("@s.whatsapp.net").child("digest").build()))
                .contains(new PreKeyNotice.DigestWanted());
    }

    @Test
    void leavesOtherNotificationsAlone() {
        assertThat(PreKeyNotice.parse(
                        notice("4912345678@s.whatsapp.net").child("identity").build()))
                .isEmpty();
        assertThat(PreKeyNotice.parse(
                        notice("4912345678@s.whatsapp.net").child("digest").build()))
                .isEmpty();
        assertThat(PreKeyNotice.parse(notice("s.whatsapp.net").build())).isEmpty();
        assertThat(PreKeyNotice.parse(notice("s.whatsapp.net")
                        .attribute("type", "devices")
                        .child("digest")
                        .build()))
                .isEmpty();
    }

    private static Node.Builder notice(String from) {
        return Node.builder("notification").attribute("from", from).attribute("type", "encrypt");
    }
}
