package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whatsappmd.engine.event.ConnectionState;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.SessionStatus;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.apache.camel.TypeConverter;
import org.apache.camel.component.jackson.JacksonDataFormat;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WhatsAppMdConverterTest {
    private DefaultCamelContext context;
    private TypeConverter converter;

    @BeforeEach
    void start() {
        context = new DefaultCamelContext();
        context.start();
        converter = context.getTypeConverter();
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    static Stream<Object> bodies() {
        return Stream.of(
                Updates.unavailable(),
                ConnectionUpdate.builder("sales", 1)
                        .connection(ConnectionState.CONNECTING)
                        .receivedPendingNotifications(false)
                        .build(),
                ConnectionUpdate.builder("sales", 1)
                        .qr("https://example.org/#a,ü,/+=")
                        .build(),
                new SessionStatus(
                        "sales",
                        "waiting",
                        ConnectionState.CLOSE,
                        true,
                        3,
                        false,
                        Updates.unavailable().lastDisconnect(),
                        Updates.unavailable().reconnect(),
                        12,
                        1));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void isTheJsonOfCamelsJacksonDataFormat(Object body) throws Exception {
        byte[] byCamel;
        try (JacksonDataFormat jackson = new JacksonDataFormat()) {
            jackson.setCamelContext(context);
            jackson.start();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            jackson.marshal(new DefaultExchange(context), body, out);
            byCamel = out.toByteArray();
        }

        assertThat(converter.mandatoryConvertTo(byte[].class, body)).isEqualTo(byCamel);
        assertThat(converter.mandatoryConvertTo(String.class, body))
                .isEqualTo(new String(byCamel, StandardCharsets.UTF_8));
        assertThat(converter.mandatoryConvertTo(InputStream.class, body).readAllBytes())
                .isEqualTo(byCamel);
    }

    @Test
    void closeHasTheFieldsWhereUsersOfBaileysLookForThem() throws Exception {
        JsonNode json = new ObjectMapper().readTree(converter.mandatoryConvertTo(String.class, Updates.unavailable()));

        assertThat(json.at("/connection").textValue()).isEqualTo("close");
        assertThat(json.at("/lastDisconnect/error/output/statusCode").intValue())
                .isEqualTo(503);
        assertThat(json.at("/lastDisconnect/date").textValue()).isEqualTo("2026-01-15T12:00:00.000Z");
        assertThat(json.at("/lastDisconnect/reason").textValue()).isEqualTo("unavailableService");
        assertThat(json.at("/lastDisconnect/origin").textValue()).isEqualTo("stream");
        assertThat(json.at("/lastDisconnect/kind").textValue()).isEqualTo("SERVER_UNAVAILABLE");
        assertThat(json.at("/reconnect/action").textValue()).isEqualTo("backoff");
        assertThat(json.at("/reconnect/delay").longValue()).isEqualTo(1500);
        assertThat(json.has("qr")).as("what did not change is absent").isFalse();
    }

    @Test
    void partialUpdateHasOnlyWhatChanged() throws Exception {
        String json = converter.mandatoryConvertTo(
                String.class,
                ConnectionUpdate.builder("sales", 2).isNewLogin(true).build());

        assertThat(json).isEqualTo("{\"sessionId\":\"sales\",\"generation\":2,\"isNewLogin\":true}");
    }
}
