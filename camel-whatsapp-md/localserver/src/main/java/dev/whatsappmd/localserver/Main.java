package dev.whatsappmd.localserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;

/**
 * A server to try a route by hand: prints the options the route needs, then takes commands on standard input, and ends with
 * {@code quit} or the end of the input.
 *
 * <p>With {@code --auto-scan} it scans every linking code that it finds in its input, so that the output of a route can be
 * piped or pasted into it: {@code tail -f route.log | java … dev.whatsappmd.localserver.Main --auto-scan}. The phone cannot
 * see a code in any other way: it holds secrets that the client never tells the server.
 */
public final class Main {
    private static final String USAGE = """
            usage: dev.whatsappmd.localserver.Main [options]
              --port N            port on 127.0.0.1 (a free one)
              --phone NUMBER      number of the phone, international digits (4915100000001)
              --auto-scan         scan every linking code found in the input
              --properties FILE   also write the options there, as Camel properties
              --help              this text""";

    private Main() {}

    /** Runs until the input ends; exit code 2 when an argument is wrong. */
    public static void main(String[] arguments) {
        try {
            run(arguments, new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)), System.out);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
        }
    }

    static void run(String[] arguments, BufferedReader input, PrintStream out) {
        Arguments wanted = Arguments.parse(arguments);
        if (wanted.help) {
            out.println(USAGE);
            return;
        }
        try (LocalWhatsAppServer server =
                LocalWhatsAppServer.builder().port(wanted.port).start()) {
            SimulatedPhone phone = server.phone(wanted.phone);
            out.println(greeting(server, phone, wanted));
            if (wanted.properties != null) {
                write(wanted.properties, server);
            }
            try (ActivityLog activity = new ActivityLog(server.recording(), out)) {
                Console console = new Console(server, phone, wanted.autoScan, out);
                String line = input.readLine();
                while (line != null && console.execute(line)) {
                    line = input.readLine();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the input cannot be read", e);
        }
        out.println("Server closed.");
    }

    private static String greeting(LocalWhatsAppServer server, SimulatedPhone phone, Arguments wanted) {
        return String.join(
                System.lineSeparator(),
                "Local WhatsApp server with the phone " + phone.number() + ". Options for the route:",
                "",
                "    serverUrl: " + server.url(),
                "    serverRootKey: " + server.rootKeyHex(),
                "",
                "whatsappmd:demo?serverUrl=" + server.url() + "&serverRootKey=" + server.rootKeyHex(),
                "",
                wanted.autoScan
                        ? "Linking codes that come in on standard input are scanned at once. Type help for commands."
                        : "Type scan and the text of the code that the route shows; help for more.");
    }

    private static void write(Path file, LocalWhatsAppServer server) throws IOException {
        Files.writeString(
                file,
                "camel.component.whatsappmd.server-url=" + server.url() + System.lineSeparator()
                        + "camel.component.whatsappmd.server-root-key=" + server.rootKeyHex()
                        + System.lineSeparator());
    }

    private static final class Arguments {
        private int port;
        private String phone = "4915100000001";
        private boolean autoScan;
        private Path properties;
        private boolean help;

        private static Arguments parse(String[] arguments) {
            Arguments wanted = new Arguments();
            Iterator<String> rest = Arrays.asList(arguments).iterator();
            while (rest.hasNext()) {
                String option = rest.next();
                switch (option) {
                    case "--port" -> wanted.port = port(value(option, rest));
                    case "--phone" -> wanted.phone = value(option, rest);
                    case "--auto-scan" -> wanted.autoScan = true;
                    case "--properties" -> wanted.properties = Path.of(value(option, rest));
                    case "--help" -> wanted.help = true;
                    default -> throw new IllegalArgumentException("unknown option " + option);
                }
            }
            return wanted;
        }

        private static String value(String option, Iterator<String> rest) {
            if (!rest.hasNext()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            return rest.next();
        }

        private static int port(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("--port needs a number, not " + text);
            }
        }
    }
}
