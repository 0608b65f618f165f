package dev.whatsappmd.camel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.whatsappmd.engine.event.CallEvent;
import dev.whatsappmd.engine.event.ConnectionUpdate;
import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.event.PresenceEvent;
import dev.whatsappmd.engine.event.ReceiptEvent;
import dev.whatsappmd.engine.event.SessionStatus;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import org.apache.camel.Converter;

/**
 * The bodies as JSON, in UTF-8 where it is bytes. Field names are those of Baileys; the text is the one that Camel's Jackson
 * data format makes with its defaults.
 */
@Converter(generateBulkLoader = true)
public final class WhatsAppMdConverter {
    private static final ObjectWriter JSON = new ObjectMapper().writer();

    private WhatsAppMdConverter() {}

    @Converter
    public static String toString(ConnectionUpdate update) throws JsonProcessingException {
        return JSON.writeValueAsString(update);
    }

    @Converter
    public static byte[] toByteArray(ConnectionUpdate update) throws JsonProcessingException {
        return JSON.writeValueAsBytes(update);
    }

    @Converter
    public static InputStream toInputStream(ConnectionUpdate update) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(update));
    }

    @Converter
    public static String toString(SessionStatus status) throws JsonProcessingException {
        return JSON.writeValueAsString(status);
    }

    @Converter
    public static byte[] toByteArray(SessionStatus status) throws JsonProcessingException {
        return JSON.writeValueAsBytes(status);
    }

    @Converter
    public static InputStream toInputStream(SessionStatus status) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(status));
    }

    @Converter
    public static String toString(MessageEvent event) throws JsonProcessingException {
        return JSON.writeValueAsString(event);
    }

    @Converter
    public static byte[] toByteArray(MessageEvent event) throws JsonProcessingException {
        return JSON.writeValueAsBytes(event);
    }

    @Converter
    public static InputStream toInputStream(MessageEvent event) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(event));
    }

    @Converter
    public static String toString(ReceiptEvent event) throws JsonProcessingException {
        return JSON.writeValueAsString(event);
    }

    @Converter
    public static byte[] toByteArray(ReceiptEvent event) throws JsonProcessingException {
        return JSON.writeValueAsBytes(event);
    }

    @Converter
    public static InputStream toInputStream(ReceiptEvent event) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(event));
    }

    @Converter
    public static String toString(PresenceEvent event) throws JsonProcessingException {
        return JSON.writeValueAsString(event);
    }

    @Converter
    public static byte[] toByteArray(PresenceEvent event) throws JsonProcessingException {
        return JSON.writeValueAsBytes(event);
    }

    @Converter
    public static InputStream toInputStream(PresenceEvent event) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(event));
    }

    @Converter
    public static String toString(CallEvent event) throws JsonProcessingException {
        return JSON.writeValueAsString(event);
    }

    @Converter
    public static byte[] toByteArray(CallEvent event) throws JsonProcessingException {
        return JSON.writeValueAsBytes(event);
    }

    @Converter
    public static InputStream toInputStream(CallEvent event) throws JsonProcessingException {
        return new ByteArrayInputStream(toByteArray(event));
    }
}
