package dev.whatsappmd.camel;

import dev.whatsappmd.engine.store.SessionStore;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
    private final Map<Path, SessionStore> embeddedStores = new ConcurrentHashMap<>();

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
        options.setStore(store(parameters.remove("store")));
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
        SessionStore given = options.getStore();
        if (given != null) {
            return given;
        }
        Path directory = directory(options.getStoreDirectory());
        return embeddedStores.computeIfAbsent(directory, SqliteSessionStore::new);
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
        embeddedStores.values().forEach(SessionStore::close);
        embeddedStores.clear();
    }

    private static Path directory(@Nullable String given) {
        if (given != null) {
            return path(given).toAbsolutePath().normalize();
        }
        String home = System.getProperty("user.home", "");
        // Java says "?" for a user without an entry in the system's list, as containers like to have.
        if (home.isBlank() || home.equals("?")) {
            throw new IllegalArgumentException("storeDirectory is not set and the user has no home directory for its"
                    + " default: set storeDirectory");
        }
        return Path.of(home, ".camel-whatsapp-md").toAbsolutePath().normalize();
    }

    private static Path path(String given) {
        try {
            if (!given.isBlank()) {
                return Path.of(given);
            }
        } catch (InvalidPathException e) {
            // No path either.
        }
        throw new IllegalArgumentException("storeDirectory=" + given + ": expected the path of a directory");
    }

    private @Nullable SessionStore store(@Nullable Object given) {
        Object store = given;
        if (given instanceof String reference) {
            if (!reference.startsWith("#")) {
                throw new IllegalArgumentException(
                        "store=" + reference + ": expected the reference of a bean (#name) that is a SessionStore");
            }
            String name = reference.startsWith("#bean:") ? reference.substring(6) : reference.substring(1);
            store = CamelContextHelper.mandatoryLookup(getCamelContext(), name);
        }
        if (store == null || store instanceof SessionStore) {
            return (SessionStore) store;
        }
        throw new IllegalArgumentException("store=" + given + ": the bean is a "
                + store.getClass().getName() + ", expected a " + SessionStore.class.getName()
                + "; without one, sessions are kept in storeDirectory");
    }

    private static void checkSessionId(String sessionId) {
        if (PHONE_NUMBER.matcher(sessionId).matches()) {
            throw new IllegalArgumentException("the session is named by what looks like a phone number, which logs and"
                    + " management would show: name it by an alias, such as whatsappmd:sales");
        }
    }
}
