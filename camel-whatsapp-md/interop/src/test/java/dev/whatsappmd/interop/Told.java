package dev.whatsappmd.interop;

/**
 * What a client made of a case, as it stands in the table.
 *
 * @param report what it told, or that it went on
 * @param next what it does next; empty where that is left to the application
 */
record Told(String report, String next) {
    static final String GOES_ON = "goes on";

    /** Whether an identity can be of no use any more after this. */
    boolean endsIdentity() {
        return report.startsWith("401") || report.startsWith("516");
    }
}
