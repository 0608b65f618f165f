package dev.whatsappmd.camel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.main.Main;

/** Camel as an application starts it: camel-main, with properties and a file of YAML routes. */
final class RunningMain implements AutoCloseable {
    final Main main = new Main();
    final SeenExchanges exchanges = new SeenExchanges();

    private RunningMain(LinkedSales sales, Path directory, Map<String, String> properties, String yaml)
            throws Exception {
        Path routes = Files.writeString(Files.createDirectories(directory).resolve("routes.camel.yaml"), yaml);
        Map.of(
                        "camel.main.routesIncludePattern",
                        "file:" + routes,
                        "camel.main.name",
                        "main",
                        "camel.component.whatsappmd.serverUrl",
                        sales.server.url(),
                        "camel.component.whatsappmd.serverRootKey",
                        sales.server.rootKeyHex(),
                        "camel.component.whatsappmd.storeDirectory",
                        directory.toString(),
                        "camel.component.whatsappmd.reconnectDelay",
                        "20ms")
                .forEach(main::addInitialProperty);
        properties.forEach(main::addInitialProperty);
        main.bind("seen", exchanges);
    }

    /** Runs these routes with a copy of the linked session. */
    static RunningMain start(LinkedSales sales, Map<String, String> properties, String yaml) throws Exception {
        return start(sales, sales.copy().directory(), properties, yaml);
    }

    /** Runs these routes with a session that was never linked. */
    static RunningMain startUnlinked(LinkedSales sales, Map<String, String> properties, String yaml) throws Exception {
        return start(sales, sales.unused(), properties, yaml);
    }

    private static RunningMain start(LinkedSales sales, Path directory, Map<String, String> properties, String yaml)
            throws Exception {
        RunningMain running = new RunningMain(sales, directory, properties, yaml);
        try {
            running.main.start();
        } catch (Exception e) {
            running.close();
            throw e;
        }
        return running;
    }

    CamelContext context() {
        return main.getCamelContext();
    }

    @Override
    public void close() {
        main.stop();
    }
}
