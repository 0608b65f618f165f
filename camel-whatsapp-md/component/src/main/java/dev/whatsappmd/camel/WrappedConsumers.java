package dev.whatsappmd.camel;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.spi.ManagementObjectStrategy;
import org.apache.camel.spi.ManagementStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumers that have no route of their own because another consumer runs them, as {@code master:} does. Camel asks a
 * route's consumer for its health and shows that one in management: for these it is done here. Safe for several threads.
 */
final class WrappedConsumers {
    private static final Logger LOG = LoggerFactory.getLogger(WrappedConsumers.class);

    private final Map<WhatsAppMdConsumer, Object> managed = new HashMap<>();

    /** How many consumers a registered check speaks for: it is about the session, so there is one of each. */
    private final Map<String, Integer> checks = new HashMap<>();

    /** The consumer has started. */
    synchronized void show(WhatsAppMdConsumer consumer) {
        if (consumer.getRoute() != null || managed.containsKey(consumer)) {
            return;
        }
        CamelContext context = consumer.getEndpoint().getCamelContext();
        Object shown = manage(context, consumer);
        managed.put(consumer, shown);
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null && checks.merge(consumer.getHealthCheck().getId(), 1, Integer::sum) == 1) {
            registry.register(consumer.getHealthCheck());
        }
    }

    /** The consumer stops. */
    synchronized void hide(WhatsAppMdConsumer consumer) {
        if (!managed.containsKey(consumer)) {
            return;
        }
        CamelContext context = consumer.getEndpoint().getCamelContext();
        unmanage(context, managed.remove(consumer));
        HealthCheckRegistry registry = HealthCheckRegistry.get(context);
        if (registry != null && checks.merge(consumer.getHealthCheck().getId(), -1, WrappedConsumers::orNone) == null) {
            registry.unregister(consumer.getHealthCheck());
        }
    }

    private static Integer orNone(int count, int change) {
        return count + change == 0 ? null : count + change;
    }

    /** @return what is shown, or the consumer itself when nothing is */
    private static Object manage(CamelContext context, WhatsAppMdConsumer consumer) {
        ManagementStrategy strategy = context.getManagementStrategy();
        ManagementObjectStrategy objects = strategy.getManagementObjectStrategy();
        if (objects == null || strategy.getManagementAgent() == null) {
            return consumer;
        }
        Object shown = objects.getManagedObjectForConsumer(context, consumer);
        try {
            strategy.manageObject(shown);
        } catch (Exception e) {
            LOG.warn("session {}: its consumer is not shown in management", consumer.getSessionId(), e);
        }
        return shown;
    }

    private static void unmanage(CamelContext context, Object shown) {
        try {
            context.getManagementStrategy().unmanageObject(shown);
        } catch (Exception e) {
            LOG.warn("a consumer that has stopped is still shown in management", e);
        }
    }
}
