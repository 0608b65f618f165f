package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** docs/component.md says what the code does. */
class DocumentationTest {
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    private String page;

    @BeforeEach
    void read() throws Exception {
        page = Files.readString(Path.of("../../docs/component.md"));
    }

    @Test
    void everyExampleIsARouteWithOptionsThatExist() throws Exception {
        List<String> examples =
                YAML.matcher(page).results().map(found -> found.group(1)).toList();
        assertThat(examples).hasSize(7);
        for (String example : examples) {
            DefaultCamelContext context = new DefaultCamelContext();
            try {
                PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("example.yaml", example));
                for (RouteDefinition route : context.getRouteDefinitions()) {
                    assertThat(context.getEndpoint(route.getInput().getEndpointUri()))
                            .isNotNull();
                }
                assertThat(context.getRouteDefinitions()).hasSize(1);
            } finally {
                context.stop();
            }
        }
    }

    @Test
    void everyOptionIsThereWithItsDefault() throws Exception {
        ComponentJson.load().at("/properties").fields().forEachRemaining(option -> {
            String name = option.getKey().equals("on") ? "on.<what>" : option.getKey();
            assertThat(page).contains("`" + name + "`");
            String byDefault = option.getValue().path("defaultValue").asText();
            boolean shown = option.getValue().path("group").asText().startsWith("reconnect")
                    || option.getValue().path("type").asText().equals("duration");
            if (shown) {
                assertThat(rowOf(name)).contains(byDefault);
            }
        });
    }

    @Test
    void everyHeaderIsThere() throws Exception {
        ComponentJson.load().at("/headers").fieldNames().forEachRemaining(header -> assertThat(page)
                .contains("`" + header + "`"));
    }

    private String rowOf(String option) {
        return page.lines()
                .filter(line -> line.startsWith("| ") && line.contains("`" + option + "`"))
                .findFirst()
                .orElseThrow();
    }
}
