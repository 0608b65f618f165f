package dev.whatsappmd.camel;

import dev.whatsappmd.engine.store.SessionStore;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.PropertyBindingException;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.PropertyConfigurerGetter;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.HealthCheckComponent;
import org.apache.camel.util.PropertiesHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The component {@code whatsappmd}: makes endpoints, and keeps the sessions that they share. */
@Component("whatsappmd")
public class WhatsAppMdComponent extends HealthCheckComponent {
    private static final Logger LOG = LoggerFactory.getLogger(WhatsAppMdComponent.class);

    /** What a telephone number looks like, with or without the usual signs between its digits. */
    private static final Pattern PHONE_NUMBER = Pattern.compile("\\+?[0-9][0-9 ().-]{5,}[0-9](@.*)?");

    private final SessionRegistry sessions = new SessionRegistry(this);
    private final WrappedConsumers wrapped = new WrappedConsumers();
    private final Stores stores = new Stores();
    private final Set<String> toldStores = ConcurrentHashMap.newKeySet();

    @Metadata(description = "Options for all sessions; those of an endpoint go over them.")
    private WhatsAppMdConfiguration configuration = new WhatsAppMdConfiguration();

    public WhatsAppMdComponent() {}

    public WhatsAppMdComponent(CamelContext context) {
        super(context);
    }

    @Override
    protected void doBuild() throws Exception {
        super.doBuild();
        Secrets.tell(getCamelContext());
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        checkSessionId(remaining);
        WhatsAppMdConfiguration options = new WhatsAppMdConfiguration();
        Map<String, Object> on = PropertiesHelper.extractProperties(parameters, SessionOptions.ON);
        if (!on.isEmpty()) {
            options.setOn(on);
        }
        options.setStore(bean(parameters.remove("store")));
        WhatsAppMdEndpoint endpoint = new WhatsAppMdEndpoint(Secrets.masked(uri), this, remaining, options);
        OptionValues values = new OptionValues((PropertyConfigurerGetter) getEndpointPropertyConfigurer());
        values.checkDurations(parameters);
        try {
            setProperties(endpoint, parameters);
        } catch (PropertyBindingException e) {
            throw values.unreadable(e);
        }
        OptionValues.refuseUnknown(parameters);
        endpoint.checkOptions();
        return endpoint;
    }

    public WhatsAppMdConfiguration getConfiguration() {
        return configuration;
    }

    /**
     * Options for all sessions; those of an endpoint go over them.
     */
    public void setConfiguration(WhatsAppMdConfiguration configuration) {
        this.configuration = configuration;
    }

    SessionRegistry sessions() {
        return sessions;
    }

    /** The consumers that Camel does not see. */
    WrappedConsumers wrapped() {
        return wrapped;
    }

    /** Where a session with these options is kept. Opens nothing yet. */
    SessionStore store(WhatsAppMdConfiguration options) {
        return stores.of(options);
    }

    /** As {@link #store(WhatsAppMdConfiguration)}, for a session that is about to be opened: says once where it is. */
    SessionStore openStore(WhatsAppMdConfiguration options) {
        SessionStore store = store(options);
        if (toldStores.add(store.location())) {
            LOG.info("WhatsApp sessions are kept in {}", store.location());
        }
        return store;
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        // The sessions are closed by now: their consumers were stopped before.
        stores.close();
    }

    private @Nullable Object bean(@Nullable Object given) {
        if (!(given instanceof String reference)) {
            return given;
        }
        if (!reference.startsWith("#")) {
            throw new IllegalArgumentException(
                    "store=" + reference + ": expected the reference of a bean (#name) that is a"
                            + " SessionStore or a javax.sql.DataSource");
        }
        String name = reference.startsWith("#bean:") ? reference.substring(6) : reference.substring(1);
        return Stores.checked(CamelContextHelper.mandatoryLookup(getCamelContext(), name), reference);
    }

    private static void checkSessionId(String sessionId) {
        if (PHONE_NUMBER.matcher(sessionId).matches()) {
            throw new IllegalArgumentException("the session is named by what looks like a phone number, which logs and"
                    + " management would show: name it by an alias, such as whatsappmd:sales");
        }
    }
}
