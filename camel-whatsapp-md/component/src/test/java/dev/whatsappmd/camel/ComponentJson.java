package dev.whatsappmd.camel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;

/** The component's description for tools, as it is in the jar. */
final class ComponentJson {
    private ComponentJson() {}

    static JsonNode load() throws IOException {
        try (InputStream json =
                WhatsAppMdComponent.class.getResourceAsStream("/META-INF/dev/whatsappmd/camel/whatsappmd.json")) {
            return new ObjectMapper().readTree(json);
        }
    }
}
