package dev.whatsappmd.camel;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriParams;
import org.jspecify.annotations.Nullable;

/**
 * The options of a session. What is null was not set here: a session has the union of what its endpoints set, over what the
 * component sets, over the defaults. Not thread-safe.
 */
@UriParams
public class WhatsAppMdConfiguration extends ServerConfiguration {
    @UriParam(label = "consumer", defaultValue = "qr", enums = "qr,code")
    private @Nullable String pairing;

    @UriParam(label = "security", secret = true)
    private @Nullable String phoneNumber;

    @UriParam(label = "security", secret = true)
    private @Nullable String pairingCode;

    @UriParam(label = "consumer", defaultValue = "false")
    private @Nullable Boolean printQr;

    @UriParam(label = "consumer", defaultValue = "Apache Camel")
    private @Nullable String deviceName;

    @UriParam(
            label = "consumer",
            defaultValue = "chrome",
            enums = "chrome,firefox,ie,opera,safari,edge,desktop,android")
    private @Nullable String platform;

    @UriParam(label = "consumer", defaultValue = "recent", enums = "recent,full,none")
    private @Nullable String historySync;

    @UriParam(label = "consumer", defaultValue = "false")
    private @Nullable Boolean markOnlineOnConnect;

    @UriParam(label = "consumer", defaultValue = "10")
    private @Nullable Integer maximumDeliveries;

    @UriParam(label = "consumer,advanced", defaultValue = "1000")
    private @Nullable Integer maxPendingExchanges;

    @UriParam(label = "consumer,advanced", defaultValue = "false")
    private @Nullable Boolean testConnectionOnStartup;

    @UriParam(label = "consumer,advanced", javaType = "dev.whatsappmd.engine.store.SessionStore")
    private @Nullable Object store;

    @UriParam(label = "consumer", defaultValueNote = ".camel-whatsapp-md in the home directory of the user")
    private @Nullable String storeDirectory;

    @UriParam(label = "consumer,security", secret = true)
    private @Nullable String storePassphrase;

    @Override
    void visit(OptionVisitor visitor) {
        super.visit(visitor);
        pairing = visitor.visit("pairing", pairing);
        phoneNumber = visitor.visit("phoneNumber", phoneNumber);
        pairingCode = visitor.visit("pairingCode", pairingCode);
        printQr = visitor.visit("printQr", printQr);
        deviceName = visitor.visit("deviceName", deviceName);
        platform = visitor.visit("platform", platform);
        historySync = visitor.visit("historySync", historySync);
        markOnlineOnConnect = visitor.visit("markOnlineOnConnect", markOnlineOnConnect);
        maximumDeliveries = visitor.visit("maximumDeliveries", maximumDeliveries);
        maxPendingExchanges = visitor.visit("maxPendingExchanges", maxPendingExchanges);
        testConnectionOnStartup = visitor.visit("testConnectionOnStartup", testConnectionOnStartup);
        store = visitor.visit("store", store);
        storeDirectory = visitor.visit("storeDirectory", storeDirectory);
        storePassphrase = visitor.visit("storePassphrase", storePassphrase);
    }

    /** The options that are set, by name; those of {@code on.} one by one. */
    Map<String, Object> explicit() {
        Map<String, Object> all = new TreeMap<>();
        visit(new OptionVisitor() {
            @Override
            public <T> @Nullable T visit(String name, @Nullable T value) {
                if (value instanceof Map<?, ?> on) {
                    on.forEach((what, action) -> all.put(SessionOptions.ON + what, action));
                } else if (value != null) {
                    all.put(name, value);
                }
                return value;
            }
        });
        return Collections.unmodifiableMap(all);
    }

    /** The configuration in which these options are set, see {@link #explicit()}. */
    static WhatsAppMdConfiguration of(Map<String, Object> options) {
        Map<String, Object> on = new HashMap<>();
        options.forEach((name, value) -> {
            if (name.startsWith(SessionOptions.ON)) {
                on.put(name.substring(SessionOptions.ON.length()), value);
            }
        });
        WhatsAppMdConfiguration configuration = new WhatsAppMdConfiguration();
        configuration.visit(new OptionVisitor() {
            @Override
            @SuppressWarnings("unchecked") // Each value came out of the option of the same name.
            public <T> @Nullable T visit(String name, @Nullable T value) {
                return (T) options.get(name);
            }
        });
        configuration.setOn(on);
        return configuration;
    }

    public @Nullable String getPairing() {
        return pairing;
    }

    /**
     * How a new device is linked. qr: the phone scans a QR code. code: a code of eight characters is typed on the phone, whose
     * number has to be known (phoneNumber).
     */
    public void setPairing(@Nullable String pairing) {
        this.pairing = pairing;
    }

    public @Nullable String getPhoneNumber() {
        return phoneNumber;
    }

    /**
     * The number of the phone on which a pairing code is typed, with its country code. Better a property of the component
     * than in a URI, which Camel shows in places.
     */
    public void setPhoneNumber(@Nullable String phoneNumber) {
        this.phoneNumber = phoneNumber;
    }

    public @Nullable String getPairingCode() {
        return pairingCode;
    }

    /**
     * A pairing code of one's own, eight letters or digits, in place of random ones. Better a property of the component than
     * in a URI, which Camel shows in places.
     */
    public void setPairingCode(@Nullable String pairingCode) {
        this.pairingCode = pairingCode;
    }

    public @Nullable Boolean getPrintQr() {
        return printQr;
    }

    /**
     * Whether QR codes are also drawn on standard output.
     */
    public void setPrintQr(@Nullable Boolean printQr) {
        this.printQr = printQr;
    }

    public @Nullable String getDeviceName() {
        return deviceName;
    }

    /**
     * The name under which the phone lists this device. The phone keeps the one it was given at pairing.
     */
    public void setDeviceName(@Nullable String deviceName) {
        this.deviceName = deviceName;
    }

    public @Nullable String getPlatform() {
        return platform;
    }

    /**
     * As which kind of client the phone lists this device. The phone keeps the one it was given at pairing.
     */
    public void setPlatform(@Nullable String platform) {
        this.platform = platform;
    }

    public @Nullable String getHistorySync() {
        return historySync;
    }

    /**
     * How much history the phone is asked for. It is asked once, at pairing.
     */
    public void setHistorySync(@Nullable String historySync) {
        this.historySync = historySync;
    }

    public @Nullable Boolean getMarkOnlineOnConnect() {
        return markOnlineOnConnect;
    }

    /**
     * Whether the account is shown as online while this device is connected. The phone then shows no notifications.
     */
    public void setMarkOnlineOnConnect(@Nullable Boolean markOnlineOnConnect) {
        this.markOnlineOnConnect = markOnlineOnConnect;
    }

    public @Nullable Integer getMaximumDeliveries() {
        return maximumDeliveries;
    }

    /**
     * How often a durable event (a message) is delivered when its route fails, with a growing delay between, before it is
     * given up and kept as failed.
     */
    public void setMaximumDeliveries(@Nullable Integer maximumDeliveries) {
        this.maximumDeliveries = maximumDeliveries;
    }

    public @Nullable Integer getMaxPendingExchanges() {
        return maxPendingExchanges;
    }

    /**
     * How many durable events are on their way to routes at a time. With as many pending the server is not asked for more of
     * what it kept; what it sends by itself waits in the store.
     */
    public void setMaxPendingExchanges(@Nullable Integer maxPendingExchanges) {
        this.maxPendingExchanges = maxPendingExchanges;
    }

    public @Nullable Boolean getTestConnectionOnStartup() {
        return testConnectionOnStartup;
    }

    /**
     * Whether a route fails to start when the server cannot be reached or is not the expected one. Otherwise the session
     * goes on trying. Nothing about any account is sent for the test.
     */
    public void setTestConnectionOnStartup(@Nullable Boolean testConnectionOnStartup) {
        this.testConnectionOnStartup = testConnectionOnStartup;
    }

    public @Nullable Object getStore() {
        return store;
    }

    /**
     * Where sessions are kept, as the reference of a bean (#name): a SessionStore, or the javax.sql.DataSource of a
     * PostgreSQL database. It is never looked up by its type. Without one they are kept in an embedded database in
     * storeDirectory. The bean stays its owner's to close.
     */
    public void setStore(@Nullable Object store) {
        this.store = store;
    }

    public @Nullable String getStoreDirectory() {
        return storeDirectory;
    }

    /**
     * The directory of the embedded database, with one file for each session. It holds the keys of the linked devices: only
     * the user who runs Camel should be able to read it.
     */
    public void setStoreDirectory(@Nullable String storeDirectory) {
        this.storeDirectory = storeDirectory;
    }

    public @Nullable String getStorePassphrase() {
        return storePassphrase;
    }

    /**
     * Encrypts what is kept of a session, in a database as well as in storeDirectory. Without it a session is kept as it
     * is. One that is there already is encrypted by the tool StoreTool first. Best set as the property
     * camel.component.whatsappmd.storePassphrase. A SessionStore bean has its own.
     */
    public void setStorePassphrase(@Nullable String storePassphrase) {
        this.storePassphrase = storePassphrase;
    }
}
