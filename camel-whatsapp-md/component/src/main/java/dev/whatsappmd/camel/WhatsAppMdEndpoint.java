package dev.whatsappmd.camel;

import dev.whatsappmd.engine.client.ClientOptions;
import dev.whatsappmd.engine.event.EventKind;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.camel.AsyncEndpoint;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.api.management.ManagedAttribute;
import org.apache.camel.api.management.ManagedResource;
import org.apache.camel.spi.EndpointServiceLocation;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * Connect to WhatsApp as a linked (multi-device) companion.
 */
@ManagedResource(description = "Managed WhatsApp Multi-Device Endpoint")
@UriEndpoint(
        firstVersion = "0.1.0",
        scheme = "whatsappmd",
        title = "WhatsApp Multi-Device",
        syntax = "whatsappmd:sessionId",
        category = {Category.CHAT, Category.MESSAGING},
        headersClass = WhatsAppMdConstants.class)
public class WhatsAppMdEndpoint extends DefaultEndpoint
        implements AsyncEndpoint, EndpointServiceLocation, MultipleConsumersSupport {
    @UriPath
    @Metadata(
            required = true,
            description = "The name of the stored credentials: an alias such as sales, never a phone number. Endpoints"
                    + " with the same one share one connection.")
    private final String sessionId;

    @UriParam
    private final WhatsAppMdConfiguration configuration;

    @UriParam(label = "consumer", defaultValue = "connection,history")
    private String events = WantedEvents.DEFAULT;

    @UriParam(label = "producer", enums = "status,requestPairingCode,presence,reconnect,relink,redeliver,logout")
    private @Nullable String operation;

    @UriParam(label = "producer", defaultValue = "0")
    private Duration operationTimeout = Duration.ZERO;

    private volatile Set<EventKind> wanted = WantedEvents.parse(WantedEvents.DEFAULT);

    WhatsAppMdEndpoint(
            String uri, WhatsAppMdComponent component, String sessionId, WhatsAppMdConfiguration configuration) {
        super(uri, component);
        this.sessionId = sessionId;
        this.configuration = configuration;
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        WhatsAppMdConsumer consumer = new WhatsAppMdConsumer(this, processor);
        configureConsumer(consumer);
        return consumer;
    }

    @Override
    public Producer createProducer() {
        return new WhatsAppMdProducer(this);
    }

    @Override
    public boolean isMultipleConsumersSupported() {
        return true;
    }

    @Override
    public WhatsAppMdComponent getComponent() {
        return (WhatsAppMdComponent) super.getComponent();
    }

    /** The server, without anything of the account. */
    @Override
    public String getServiceUrl() {
        String url = SessionOptions.over(componentOptions(), configuration.explicit())
                .getOrDefault("serverUrl", ClientOptions.WHATSAPP_URL)
                .toString();
        return URISupport.sanitizeUri(url);
    }

    @Override
    public String getServiceProtocol() {
        return "whatsappmd";
    }

    @Override
    public Map<String, String> getServiceMetadata() {
        return Map.of("sessionId", sessionId);
    }

    @ManagedAttribute(description = "Session id")
    public String getSessionId() {
        return sessionId;
    }

    /** What this endpoint sets itself; an option that is null here has the component's value or its default. */
    public WhatsAppMdConfiguration getConfiguration() {
        return configuration;
    }

    public String getEvents() {
        return events;
    }

    /**
     * What a consumer emits, with commas between. connection: changes of the connection, codes to scan, why it ended.
     * message: messages, kept until the route is done with them. receipt, presence, call: what passes by. history:
     * accepted, but nothing comes of it in this version.
     */
    public void setEvents(String events) {
        this.events = events;
    }

    public @Nullable String getOperation() {
        return operation;
    }

    /**
     * What a producer does; the header CamelWhatsAppMdOperation wins over it. status: makes the session's status the body.
     * requestPairingCode: makes a code to type on the phone the body. presence: shows this device as online or as not.
     * reconnect: ends a wait, a park or a stop now. relink: opens a new pairing window.
     * redeliver: delivers again what failed as often as it may. logout: unlinks this device.
     */
    public void setOperation(@Nullable String operation) {
        this.operation = operation;
    }

    public Duration getOperationTimeout() {
        return operationTimeout;
    }

    /**
     * How long a producer waits for a session that is not open, where its operation (presence, logout) needs that; 0 fails
     * at once.
     */
    public void setOperationTimeout(Duration operationTimeout) {
        this.operationTimeout = operationTimeout;
    }

    /** Camel keeps producers by endpoint, and the URI does not show what is secret. */
    @Override
    public boolean equals(Object other) {
        return super.equals(other)
                && other instanceof WhatsAppMdEndpoint endpoint
                && Objects.equals(configuration.getPhoneNumber(), endpoint.configuration.getPhoneNumber())
                && Objects.equals(configuration.getPairingCode(), endpoint.configuration.getPairingCode());
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    /** What consumers of this endpoint emit. */
    Set<EventKind> wanted() {
        return wanted;
    }

    /** The session options of the component. */
    Map<String, Object> componentOptions() {
        return getComponent().getConfiguration().explicit();
    }

    /** @throws IllegalArgumentException naming the option, its value and what is allowed */
    void checkOptions() {
        wanted = WantedEvents.parse(events);
        if (operation != null) {
            Operation.parse("operation", operation);
        }
        if (operationTimeout.isNegative()) {
            throw new IllegalArgumentException(
                    "operationTimeout=" + operationTimeout.toMillis() + "ms: expected 0 or more");
        }
        // By themselves first: what this endpoint writes twice must not be hidden by what the component says.
        WhatsAppMdConfiguration on = new WhatsAppMdConfiguration();
        on.setOn(configuration.getOn());
        check(on.explicit());
        check(SessionOptions.over(componentOptions(), configuration.explicit()));
    }

    private void check(Map<String, Object> options) {
        WhatsAppMdConfiguration merged = WhatsAppMdConfiguration.of(options);
        SessionOptions.checked(sessionId, merged, getComponent().store(merged));
    }
}
