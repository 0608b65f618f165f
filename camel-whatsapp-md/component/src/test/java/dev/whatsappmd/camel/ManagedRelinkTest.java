package dev.whatsappmd.camel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.camel.SeenExchanges.Seen;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operation {@code relink} of a consumer, as somebody calls it who manages it from afar. */
class ManagedRelinkTest {
    private static final String ROUTE =
            "- route: { id: sales, from: { uri: whatsappmd:sales, steps: [ { process: { ref: seen } } ] } }";

    @TempDir
    private static Path directory;

    private static LinkedSales sales;

    @BeforeAll
    static void link() throws Exception {
        sales = new LinkedSales(directory);
    }

    @AfterAll
    static void stop() {
        sales.close();
    }

    @Test
    void opensANewPairingWindow() throws Exception {
        try (RunningMain main = RunningMain.startUnlinked(sales, Map.of(), ROUTE)) {
            String first = (String) main.exchanges.awaitQr().header(WhatsAppMdConstants.QR);

            relink(main);

            Seen second = main.exchanges.await(
                    "a code of another identity",
                    one -> one.hasQr()
                            && !StoredLink.keysOfQr((String) one.header(WhatsAppMdConstants.QR))
                                    .equals(StoredLink.keysOfQr(first)));
            sales.phone.scan((String) second.header(WhatsAppMdConstants.QR));
            main.exchanges.awaitReceived(1);
        }
    }

    @Test
    void saysWhyNot() throws Exception {
        try (RunningMain main = RunningMain.start(sales, Map.of(), ROUTE)) {
            main.exchanges.awaitReceived(1);

            assertThatThrownBy(() -> relink(main))
                    .rootCause()
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("session sales: cannot relink: this device is linked; log it out first");
        }
    }

    private static void relink(RunningMain main) throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName consumers =
                new ObjectName("org.apache.camel:context=" + main.context().getManagementName() + ",type=consumers,*");
        assertThat(server.queryNames(consumers, null)).hasSize(1);
        server.invoke(server.queryNames(consumers, null).iterator().next(), "relink", new Object[0], new String[0]);
    }
}
