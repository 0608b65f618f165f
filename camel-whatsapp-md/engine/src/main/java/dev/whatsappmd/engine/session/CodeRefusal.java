package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.request.RequestTable.Outcome;

/** What the server said against a pairing code, and what a person can do about it. */
final class CodeRefusal {
    private CodeRefusal() {}

    /** E.g. {@code error 429 rate-overlimit (too many codes …)}. */
    static String describe(Outcome outcome) {
        Node error = outcome.answer().flatMap(answer -> answer.child("error")).orElse(null);
        if (error == null) {
            return outcome.describe();
        }
        String code = error.attribute("code", "");
        String text = error.attribute("text").map(said -> " " + said).orElse("");
        return outcome.describe() + text + advice(code);
    }

    private static String advice(String code) {
        return switch (code) {
            case "429" -> " (too many codes were asked for; wait some hours, or scan a QR code)";
            case "400", "404" -> " (check phoneNumber: the number of a phone with WhatsApp, with its country code)";
            default -> "";
        };
    }
}
