package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ComponentJsonTest {
    private JsonNode json;

    @BeforeEach
    void load() throws Exception {
        json = ComponentJson.load();
    }

    @Test
    void saysWhatTheComponentIs() {
        assertThat(json.at("/component/scheme").textValue()).isEqualTo("whatsappmd");
        assertThat(json.at("/component/syntax").textValue()).isEqualTo("whatsappmd:sessionId");
        assertThat(json.at("/component/artifactId").textValue()).isEqualTo("camel-whatsapp-md");
        assertThat(json.at("/component/javaType").textValue()).isEqualTo(WhatsAppMdComponent.class.getName());
    }

    @Test
    void everySessionOptionIsVisitedAndCanBeSetOnTheComponentToo() {
        Set<String> visited = new TreeSet<>();
        new WhatsAppMdConfiguration().visit(new OptionVisitor() {
            @Override
            public <T> @Nullable T visit(String name, @Nullable T value) {
                visited.add(name);
                return value;
            }
        });
        Set<String> session = names("/properties");
        session.removeAll(List.of("sessionId", "events", "operation", "operationTimeout"));
        session.removeAll(List.of("bridgeErrorHandler", "exceptionHandler", "exchangePattern", "lazyStartProducer"));

        assertThat(session).isEqualTo(visited);
        assertThat(names("/componentProperties")).containsAll(visited);
    }

    @Test
    void everyOptionAndHeaderIsDescribed() {
        for (String part : List.of("/properties", "/componentProperties", "/headers")) {
            json.at(part).fields().forEachRemaining(entry -> assertThat(
                            entry.getValue().at("/description").asText())
                    .as(part + "/" + entry.getKey())
                    .isNotBlank());
        }
    }

    @Test
    void secretsAreMarked() {
        for (String secret :
                List.of("proxyPassword", "proxyUsername", "phoneNumber", "pairingCode", "storePassphrase")) {
            assertThat(json.at("/properties/" + secret + "/secret").booleanValue())
                    .isTrue();
            assertThat(json.at("/componentProperties/" + secret + "/secret").booleanValue())
                    .isTrue();
            assertThat(Secrets.contains(secret)).as(secret).isTrue();
        }
    }

    @Test
    void onIsAPrefix() {
        assertThat(json.at("/properties/on/prefix").textValue()).isEqualTo("on.");
        assertThat(json.at("/properties/on/multiValue").booleanValue()).isTrue();
    }

    @Test
    void everyConstantIsADocumentedHeader() throws Exception {
        Set<String> constants = new LinkedHashSet<>();
        for (Field field : WhatsAppMdConstants.class.getDeclaredFields()) {
            if (Modifier.isPublic(field.getModifiers())) {
                constants.add((String) field.get(null));
            }
        }

        assertThat(constants)
                .allMatch(name -> name.startsWith("CamelWhatsAppMd"))
                .hasSize(34);
        assertThat(names("/headers")).isEqualTo(new TreeSet<>(constants));
    }

    @Test
    void operationsAreThoseOfTheProducer() {
        List<String> operations =
                Arrays.stream(Operation.values()).map(Operation::wireName).toList();

        assertThat(json.at("/properties/operation/enum"))
                .extracting(JsonNode::textValue)
                .containsExactlyElementsOf(operations);
    }

    private Set<String> names(String part) {
        Set<String> names = new TreeSet<>();
        json.at(part).fieldNames().forEachRemaining(names::add);
        return names;
    }
}
