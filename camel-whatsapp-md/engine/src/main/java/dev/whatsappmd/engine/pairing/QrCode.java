package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.store.Credentials;
import java.time.Duration;
import java.util.Base64;

/**
 * The text of the QR code that the phone scans, and how long each is shown (Baileys Utils/companion-reg-client-utils.ts
 * and Socket/socket.ts).
 *
 * <p>The text holds the ADV secret: whoever reads it can link this device to another account. It is for the screen and
 * the route, never for a log.
 */
public final class QrCode {
    /** How long the first code of an offer is shown. */
    public static final Duration FIRST_LIFETIME = Duration.ofSeconds(60);
    /** How long each later code is shown. */
    public static final Duration NEXT_LIFETIME = Duration.ofSeconds(20);

    private static final String ADDRESS = "https://wa.me/settings/linked_devices#";

    private QrCode() {}

    /**
     * The whole text: an address that a phone's camera opens in WhatsApp, with the code behind the {@code #}.
     *
     * @param ref one of {@link PairDevice#refs()}
     * @param platformId {@link DeviceProfile#companionPlatformId()}
     */
    public static String text(String ref, Credentials credentials, String platformId) {
        return ADDRESS
                + String.join(
                        ",",
                        ref,
                        base64(credentials.noiseKey().publicKey()),
                        base64(credentials.identityKey().publicKey()),
                        base64(credentials.advSecret()),
                        platformId);
    }

    /**
     * How long a code is shown before the next one replaces it; after the last one's time the offer is over.
     *
     * @param index its place in the offer, from 0
     */
    public static Duration lifetime(int index) {
        return index == 0 ? FIRST_LIFETIME : NEXT_LIFETIME;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
