package dev.whatsappmd.engine.store;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/** What a person remembers, and a store's values are encrypted with. Immutable; shows nothing of itself. */
public final class Passphrase {
    private final byte[] utf8;

    private Passphrase(byte[] utf8) {
        this.utf8 = utf8;
    }

    /**
     * The same for all ways of typing the same text (Unicode NFC).
     *
     * @throws IllegalArgumentException when it is blank
     */
    public static Passphrase of(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("a store's passphrase is not blank");
        }
        return new Passphrase(Normalizer.normalize(text, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8));
    }

    byte[] utf8() {
        return utf8;
    }

    @Override
    public String toString() {
        return "Passphrase[…]";
    }
}
