package dev.whatsappmd.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * docs/faults.md: what both clients made of each case, one line for all moments at which one thing had the same outcome.
 * Written from a run, and read again to be compared with the next one.
 */
final class FaultTable {
    private static final String HEAD = """
            # The same faults, two clients

            What Baileys 7.0.0-rc14 and this engine make of the same faults of the same server. Written by `FaultTableTest` in
            `interop`; `mvn verify` fails when either of them does anything else. [reconnect.md](reconnect.md) explains every
            difference.

            The first end of a connection is shown: the status code and its name in Baileys' `DisconnectReason`; of the engine
            also the kind, and the action of the default options. Baileys itself never reconnects, that is the application's.
            The moments: `accept` and `upgrade` (of the socket), `hello` (of the Noise handshake), `registration` and `paired`
            (a device is being linked), `login`, `success`, `active` and `open` (a linked device). "goes on": a stanza that
            came behind the fault was answered. While linking, `515 restartRequired` is the regular end. "stays connecting":
            not a word, beyond every timer of Baileys that runs. "or": whichever of the two comes first. "unhandled rejection":
            thrown where no application can catch it; Node ends a program over it unless it says otherwise.

            """;

    private static final String COLUMNS = """
            | fault | at | Baileys 7.0.0-rc14 | engine | then |
            | --- | --- | --- | --- | --- |
            """;

    /** What both made of one case. */
    record Outcome(String baileys, String engine, String then) {
        /**
         * Whether users get to see different things: another code, another name for it, or an end in one of them only.
         * A kind, and how long it took, are no difference; nor is a name where Baileys has none for the code.
         */
        boolean differs() {
            String ours = withoutDetails(engine);
            String theirs = withoutDetails(baileys);
            boolean nameless = theirs.matches("[0-9]+") && ours.startsWith(theirs + " ");
            return !ours.equals(theirs) && !nameless;
        }

        private static String withoutDetails(String report) {
            return report.replaceFirst("^unhandled rejection, then ", "unhandled ")
                    .replaceFirst(", .*", "");
        }
    }

    private FaultTable() {}

    /** The whole page. */
    static String page(Map<FaultCase, Outcome> outcomes) {
        Map<List<Object>, List<String>> lines = new LinkedHashMap<>();
        outcomes.forEach(
                (fault, outcome) -> lines.computeIfAbsent(List.of(fault.what(), outcome), key -> new ArrayList<>())
                        .add(fault.when()));
        StringBuilder page = new StringBuilder(HEAD).append(COLUMNS);
        lines.forEach((key, moments) -> {
            Outcome outcome = (Outcome) key.get(1);
            page.append("| ")
                    .append(String.join(
                            " | ",
                            (String) key.get(0),
                            String.join(", ", moments),
                            outcome.baileys(),
                            outcome.engine(),
                            outcome.then().isEmpty() ? "–" : "`" + outcome.then() + "`"))
                    .append(" |\n");
        });
        return page.toString();
    }

    /** What a page says about each case, by the case's text. */
    static Map<String, Outcome> read(String page) {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        page.lines()
                .dropWhile(line -> !line.startsWith("| ---"))
                .skip(1)
                .filter(line -> line.startsWith("| "))
                .forEach(line -> {
                    String[] cells = line.substring(2, line.length() - 2).split(" \\| ", -1);
                    String then = cells[4].equals("–") ? "" : cells[4].replace("`", "");
                    for (String moment : cells[1].split(", ")) {
                        outcomes.put(cells[0] + " at " + moment, new Outcome(cells[2], cells[3], then));
                    }
                });
        return outcomes;
    }
}
