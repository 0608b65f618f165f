package dev.whatsappmd.engine.signal;

/**
 * A message for one device.
 *
 * @param preKeyMessage whether it is a {@code pkmsg}, which opens the session at the other side; else a {@code msg}
 * @param bytes what stands in {@code <enc>}
 */
public record Encrypted(boolean preKeyMessage, byte[] bytes) {
    /** The {@code type} of {@code <enc>}. */
    public String type() {
        return preKeyMessage ? "pkmsg" : "msg";
    }

    @Override
    public String toString() {
        return "Encrypted[" + type() + ", " + bytes.length + " bytes]";
    }
}
