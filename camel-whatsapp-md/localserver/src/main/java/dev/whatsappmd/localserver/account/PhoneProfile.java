package dev.whatsappmd.localserver.account;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an account is.
 *
 * @param number phone number in international digits, 5 to 15, without + or 00
 * @param pushName name that the account shows others
 * @param platform what the phone calls its platform in pair-success: android, iphone, smba (business) and others
 * @param business name of the business, null for a private account
 * @param hosted whether the account is hosted: its own prefix for the HMAC of pair-success
 * @param hostedDevice whether the device identity is hosted too: its own prefix for the account signature
 */
public record PhoneProfile(
        String number,
        String pushName,
        String platform,
        @Nullable String business,
        boolean hosted,
        boolean hostedDevice) {
    public PhoneProfile {
        if (!Objects.requireNonNull(number, "number").matches("[1-9][0-9]{4,14}")) {
            throw new IllegalArgumentException(
                    "a phone number is 5 to 15 international digits without + or 00, like 4915100000001");
        }
        Objects.requireNonNull(pushName, "pushName");
        Objects.requireNonNull(platform, "platform");
    }

    /** A private account on an Android phone. */
    public static PhoneProfile of(String number) {
        return new PhoneProfile(number, "Simulated Phone", "android", null, false, false);
    }

    /** Name of the business, empty for a private account. */
    public Optional<String> businessName() {
        return Optional.ofNullable(business);
    }

    @Override
    public String toString() {
        return "phone …" + number.substring(number.length() - 2);
    }
}
