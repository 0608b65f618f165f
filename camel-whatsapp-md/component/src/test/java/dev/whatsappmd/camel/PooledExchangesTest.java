package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.fault.ServerClose;
import java.nio.file.Path;
import org.apache.camel.impl.engine.PooledExchangeFactory;
import org.apache.camel.spi.ExchangeFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges from a pool go back once each, whichever way they took. */
class PooledExchangesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachIsReleasedOnce(boolean bridged) throws Exception {
        try (RunningRoutes routes = new RunningRoutes(LocalWhatsAppServer.start(), directory)) {
            PooledExchangeFactory factory = new PooledExchangeFactory();
            factory.setStatisticsEnabled(true);
            routes.context.getCamelContextExtension().setExchangeFactory(factory);
            routes.context
                    .getCamelContextExtension()
                    .getExchangeFactoryManager()
                    .setStatisticsEnabled(true);
            routes.start("""
                    - onException:
                        exception: [ dev.whatsappmd.camel.DisconnectedException ]
                        handled: { constant: "true" }
                        steps: [ { process: { ref: seen } } ]
                    - route:
                        from:
                          uri: whatsappmd:sales
                          parameters: { bridgeErrorHandler: %s }
                          steps: [ { process: { ref: seen } }, { to: "seda:later" } ]
                    - route:
                        from: { uri: "seda:later", steps: [ { to: "mock:end" } ] }
                    """.formatted(bridged));
            routes.link();
            for (int i = 2; i < 6; i++) {
                routes.server.closeWith(ServerClose.streamError(503));
                routes.awaitReceived(i);
            }

            ExchangeFactory.Statistics all = routes.context
                    .getCamelContextExtension()
                    .getExchangeFactoryManager()
                    .getStatistics();
            await().atMost(RunningRoutes.LIMIT).untilAsserted(() -> {
                assertThat(all.getReleasedCounter() + all.getDiscardedCounter())
                        .isEqualTo(all.getCreatedCounter() + all.getAcquiredCounter());
                assertThat(all.getAcquiredCounter()).as("taken from the pool").isGreaterThan(10);
                assertThat(all.getCreatedCounter())
                        .as("one lane needs one exchange")
                        .isLessThanOrEqualTo(3);
            });
            assertThat(routes.seen.stream().filter(one -> one.closes(503))).hasSize(4);
        }
    }
}
