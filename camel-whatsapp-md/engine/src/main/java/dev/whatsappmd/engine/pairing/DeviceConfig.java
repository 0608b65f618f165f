package dev.whatsappmd.engine.pairing;

import java.util.Objects;
import java.util.Optional;

/**
 * What this client tells the server about itself at every login.
 *
 * @param version the release it says it is
 * @param device how the phone lists it; the server keeps what it was told when the device was linked
 * @param history how much history to ask for; the phone keeps what it was told when the device was linked
 * @param countryCode two letters of ISO 3166-1
 * @param pushName the name the user shows; empty to leave the account's
 */
public record DeviceConfig(
        ClientVersion version,
        DeviceProfile device,
        HistoryScope history,
        String countryCode,
        Optional<String> pushName) {
    /** The country that is told when nothing else is configured (Baileys Defaults/index.ts). */
    public static final String DEFAULT_COUNTRY_CODE = "US";

    public DeviceConfig {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(device, "device");
        Objects.requireNonNull(history, "history");
        Objects.requireNonNull(pushName, "pushName");
        if (!countryCode.matches("[A-Z]{2}")) {
            throw new IllegalArgumentException(
                    "country code '" + countryCode + "' is not two capital letters; write it like DE");
        }
    }

    /** The default version, the default country and no name. */
    public static DeviceConfig of(DeviceProfile device, HistoryScope history) {
        return new DeviceConfig(ClientVersion.DEFAULT, device, history, DEFAULT_COUNTRY_CODE, Optional.empty());
    }

    public DeviceConfig withVersion(ClientVersion newVersion) {
        return new DeviceConfig(newVersion, device, history, countryCode, pushName);
    }

    /** Whether the phone is asked for all it has. */
    public boolean syncFullHistory() {
        return history == HistoryScope.FULL;
    }
}
