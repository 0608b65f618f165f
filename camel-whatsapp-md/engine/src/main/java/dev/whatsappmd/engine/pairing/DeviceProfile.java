package dev.whatsappmd.engine.pairing;

import dev.whatsappmd.engine.proto.payload.DeviceProps.PlatformType;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the phone lists this device: the first two parts of Baileys' browser triple, of which it sends no third.
 *
 * @param os the name of the device; Baileys calls it operating system. {@code Windows} and {@code Mac OS} together with
 *     the browser {@code Desktop} are taken for WhatsApp's own desktop clients
 * @param browser the kind of client, e.g. {@code Chrome}, {@code Desktop}; one that is not known counts as a browser of
 *     another make
 */
public record DeviceProfile(String os, String browser) {
    /** The kind of client that WhatsApp ships for desktops. */
    static final String DESKTOP = "Desktop";

    private static final Map<String, String> BROWSERS = new TreeMap<>(Map.of(
            "chrome", "Chrome",
            "firefox", "Firefox",
            "ie", "IE",
            "opera", "Opera",
            "safari", "Safari",
            "edge", "Edge",
            "desktop", DESKTOP,
            "android", "Android"));

    /** Browsers that a pairing code can be asked for with; another kind of client says {@code Chrome}. */
    private static final Set<String> WEB_BROWSERS =
            Set.of("Chrome", "Firefox", "IE", "Opera", "Safari", "Edge", "Android");

    /** Operating systems that the server knows; anything else, such as a product's name, it refuses with error 400. */
    private static final Set<String> OPERATING_SYSTEMS =
            Set.of("Windows", "Mac OS", "Linux", "Ubuntu", "Fedora", "Android", "iOS");

    private static final String ANY_OPERATING_SYSTEM = "Linux";

    /** As the options of an endpoint leave it; stands below what it is made of. */
    public static final DeviceProfile DEFAULT = of("Apache Camel", "chrome");

    public DeviceProfile {
        Objects.requireNonNull(os, "os");
        Objects.requireNonNull(browser, "browser");
        if (os.isBlank()) {
            throw new IllegalArgumentException("the device name is blank; give the phone a name to list");
        }
        if (browser.isBlank()) {
            throw new IllegalArgumentException("the platform is blank; use one of " + BROWSERS.keySet());
        }
    }

    /**
     * The profile of the options {@code deviceName} and {@code platform}.
     *
     * @param platform chrome, firefox, ie, opera, safari, edge, desktop or android; case does not matter
     * @throws IllegalArgumentException when the name is blank or the platform is another word
     */
    public static DeviceProfile of(String deviceName, String platform) {
        String browser = BROWSERS.get(platform.strip().toLowerCase(Locale.ROOT));
        if (browser == null) {
            throw new IllegalArgumentException(
                    "platform '" + platform + "' is not known; use one of " + BROWSERS.keySet());
        }
        return new DeviceProfile(deviceName.strip(), browser);
    }

    /** Whether the server shall treat this device as an Android phone (Baileys Utils/validate-connection.ts). */
    boolean isAndroid() {
        return browser.toLowerCase(Locale.ROOT).contains("android");
    }

    boolean isDesktop() {
        return browser.equals(DESKTOP);
    }

    /** The picture and the words in the phone's list; an unknown kind is shown as Chrome. */
    PlatformType platformType() {
        String wanted = browser.toUpperCase(Locale.ROOT);
        if (wanted.equals("ANDROID")) {
            return PlatformType.ANDROID_PHONE;
        }
        for (PlatformType type : PlatformType.values()) {
            if (type.name().equals(wanted) && type != PlatformType.UNKNOWN) {
                return type;
            }
        }
        return PlatformType.CHROME;
    }

    /**
     * The number of this kind of client in QR codes and pairing requests: not the one of the device properties (Baileys
     * Utils/companion-reg-client-utils.ts; {@code e} for Android: whatsmeow pair-code.go).
     */
    public String companionPlatformId() {
        return switch (browser) {
            case "Chrome" -> "1";
            case "Edge" -> "2";
            case "Firefox" -> "3";
            case "IE" -> "4";
            case "Opera" -> "5";
            case "Safari" -> "6";
            case DESKTOP -> os.equals("Windows") ? "8" : "7";
            case "Android" -> "e";
            default -> "9";
        };
    }

    /**
     * What a request for a pairing code calls this device. There, unlike in the device properties, the server wants a
     * browser and a real operating system (whatsapp-rust#979, Baileys#2769); the phone lists the device by its own name
     * all the same.
     */
    String pairingDisplay() {
        String name = WEB_BROWSERS.contains(browser) ? browser : "Chrome";
        String system = OPERATING_SYSTEMS.contains(os) ? os : ANY_OPERATING_SYSTEM;
        return name + " (" + system + ")";
    }
}
