package dev.whatsappmd.engine.pairing;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * How this device is to be linked: by a QR code that the phone scans, or by a code of eight characters that is typed into
 * the phone of one number. Immutable; never shows the number or the code.
 */
public final class Pairing {
    private static final Pairing QR = new Pairing(Optional.empty(), Optional.empty());

    private final Optional<String> phoneNumber;
    private final Optional<String> ownCode;

    private Pairing(Optional<String> phoneNumber, Optional<String> ownCode) {
        this.phoneNumber = phoneNumber;
        this.ownCode = ownCode;
    }

    /** QR codes, as long as the server gives references for them. */
    public static Pairing qr() {
        return QR;
    }

    /**
     * A code that is typed into the phone.
     *
     * @param phoneNumber of the account, with its country code; digits, and between them what people write there
     * @param ownCode a code to use in place of random ones: eight letters or digits, a dash between does not matter
     * @throws IllegalArgumentException when one of them is none; names the option {@code phoneNumber} or {@code
     *     pairingCode} and says what is expected, but not what it was
     */
    public static Pairing code(String phoneNumber, Optional<String> ownCode) {
        Objects.requireNonNull(phoneNumber, "phoneNumber");
        return new Pairing(
                Optional.of(checked("phoneNumber", () -> PairingCode.digits(phoneNumber))),
                ownCode.map(own -> checked("pairingCode", () -> PairingCode.normalized(own))));
    }

    private static String checked(String option, Supplier<String> check) {
        try {
            return check.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage());
        }
    }

    /** Whether it is by a typed code. */
    public boolean isByCode() {
        return phoneNumber.isPresent();
    }

    /**
     * One more code for this number, with an ephemeral key of its own.
     *
     * @param random a cryptographic one
     * @throws IllegalStateException when it is not by code
     */
    public PairingCode newCode(RandomGenerator random) {
        String number = phoneNumber.orElseThrow(() -> new IllegalStateException("pairing is by QR code"));
        return PairingCode.create(number, ownCode, random);
    }

    /** Never the number or the code. */
    @Override
    public String toString() {
        return isByCode() ? "Pairing[code]" : "Pairing[qr]";
    }
}
