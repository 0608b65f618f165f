package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.connection.ServerConnection;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerClose;
import dev.whatsappmd.localserver.fault.ServerFault;
import dev.whatsappmd.localserver.pairing.PairingQr;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The commands of {@link Main}, one line each. */
final class Console {
    private static final String HELP = """
            scan <text of a code>      link the client that shows it
            code <code>                type the code that a client shows for this phone
            close <code>               stream error, e.g. close 503, close 515
            conflict [type [code]]     stream error with a conflict: replaced, device_removed 401
            failure <reason>           refuse the next login, e.g. failure 403
            end                        end of the stream without a reason
            reset                      TCP reset
            silence                    go on without answering: a half-open connection
            remove [device]            unlink a device, or all
            ping                       ask the live clients for a sign of life
            status                     connections and devices
            quit                       end the server""";

    private final LocalWhatsAppServer server;
    private final SimulatedPhone phone;
    private final boolean autoScan;
    private final PrintStream out;

    Console(LocalWhatsAppServer server, SimulatedPhone phone, boolean autoScan, PrintStream out) {
        this.server = server;
        this.phone = phone;
        this.autoScan = autoScan;
        this.out = out;
    }

    /** @return false when the server is to end */
    boolean execute(String line) {
        List<String> words = List.of(line.strip().split("\\s+"));
        String argument = words.size() > 1 ? words.get(1) : "";
        try {
            switch (words.get(0).toLowerCase(Locale.ROOT)) {
                case "quit", "exit" -> {
                    return false;
                }
                case "" -> {
                    // An empty line asks for nothing.
                }
                case "help" -> out.println(HELP);
                case "scan" -> scan(argument);
                case "code" -> enter(argument);
                case "close" -> close(ServerClose.streamError(number(argument, "close 503")));
                case "conflict" -> close(conflict(words));
                case "failure" -> refuseNextLogin(number(argument, "failure 403"));
                case "end" -> close(ServerClose.streamEnd());
                case "reset" -> close(ServerClose.tcpReset());
                case "silence" -> inflict(ServerFault.silence());
                case "remove" -> remove(argument);
                case "ping" -> ping();
                case "status" -> status();
                default -> other(line, words.get(0));
            }
        } catch (RuntimeException e) {
            out.println("! " + e.getMessage());
        }
        return true;
    }

    private void other(String line, String command) {
        Optional<String> code = PairingQr.find(line);
        if (code.isPresent() && (autoScan || code.get().equals(line.strip()))) {
            scan(code.get());
        } else if (!autoScan) {
            out.println("! no command " + command + "; try help");
        }
    }

    private void scan(String qr) {
        out.println("Scanning …");
        out.println("Linked as device " + phone.scan(qr).id() + ".");
    }

    private void enter(String code) {
        out.println("Linked as device " + phone.enterCode(code).id() + ".");
    }

    private static ServerClose conflict(List<String> words) {
        String type = words.size() > 1 ? words.get(1) : "replaced";
        return words.size() > 2
                ? ServerClose.conflict(type, number(words.get(2), "conflict device_removed 401"))
                : ServerClose.conflict(type);
    }

    private void close(ServerClose close) {
        inflict(close);
    }

    private void inflict(ServerFault fault) {
        int live = server.liveConnections().size();
        server.inflict(fault);
        out.println(fault + " for " + live + (live == 1 ? " connection." : " connections."));
    }

    private void refuseNextLogin(int reason) {
        server.script().onNext(Moment.LOGIN, ServerClose.failure(reason));
        out.println("The next login is refused with " + reason + ".");
    }

    private void remove(String device) {
        if (device.isEmpty()) {
            phone.removeAllDevices();
            out.println("No device is linked any more.");
        } else {
            phone.removeDevice(phone.device(number(device, "remove 1")));
            out.println("Device " + device + " is unlinked.");
        }
    }

    private void ping() {
        for (ServerConnection connection : server.liveConnections()) {
            connection
                    .ping()
                    .whenComplete((answer, lost) -> out.println("Connection " + connection.index()
                            + (lost == null ? " answers the ping." : ": " + lost.getMessage())));
        }
    }

    private void status() {
        out.println("Seen: " + server.recording().summary());
        for (LinkedDevice device : phone.devices()) {
            out.println("  device " + device.id() + ": "
                    + (device.connection().isPresent() ? "on line" : "away") + ", " + device.preKeyCount()
                    + " pre-keys, owed " + device.owed().size() + " stanzas");
        }
    }

    private static int number(String text, String example) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number is missing, like: " + example);
        }
    }
}
