package dev.whatsappmd.camel;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.ExtendedCamelContext;
import org.jspecify.annotations.Nullable;

/**
 * Options whose values nobody may see who reads logs, errors or management. Camel decides by a fixed list of names what it
 * hides (its class SensitiveUtils), in which neither telephone numbers nor codes occur.
 */
final class Secrets {
    /** What is shown in place of a value; the same as Camel's. */
    static final String HIDDEN = "xxxxxx";

    private static final Set<String> OPTIONS =
            Set.of("phonenumber", "pairingcode", "proxyusername", "proxypassword", "storepassphrase");

    /** Of those, what Camel would show. */
    private static final String KEYWORDS = "phonenumber,pairingcode,storepassphrase";

    /** A parameter in any spelling that Camel accepts, with its value. */
    private static final Pattern PARAMETER = Pattern.compile(
            "([?&][^=&]*(?:phone-?number|pairing-?code|store-?passphrase)[^=&]*=)(?:RAW\\(.*?\\)(?=&|$)|RAW\\{.*?}(?=&|$)|[^&]*)",
            Pattern.CASE_INSENSITIVE);

    private Secrets() {}

    /** Whether the option's value must not be shown; in any spelling that Camel accepts. */
    static boolean contains(String option) {
        return OPTIONS.contains(option.toLowerCase(Locale.ROOT).replace("-", ""));
    }

    /** The URI without the values that Camel would show. */
    static String masked(String uri) {
        return PARAMETER.matcher(uri).replaceAll("$1" + HIDDEN);
    }

    /** Makes Camel hide them too, beside what the application wants hidden: in its list of properties, in masked logs. */
    static void tell(CamelContext context) {
        ExtendedCamelContext camel = context.getCamelContextExtension();
        String known = camel.getAdditionalSensitiveKeywords();
        if (known == null || !known.toLowerCase(Locale.ROOT).contains(KEYWORDS)) {
            camel.setAdditionalSensitiveKeywords(joined(known));
        }
    }

    private static String joined(@Nullable String known) {
        return known == null || known.isBlank() ? KEYWORDS : known + "," + KEYWORDS;
    }
}
