package dev.whatsappmd.camel;

import dev.whatsappmd.engine.event.DisconnectOrigin;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The {@code on.} options by what they speak of. Camel reads the property {@code camel.component.whatsappmd.on.stream.503}
 * as the entry {@code 503} of something named {@code stream} in here, so there is a view for each origin: what is put into
 * it is the entry {@code stream.503} of this map.
 */
public final class OnConfiguration extends LinkedHashMap<String, Object> {
    private static final long serialVersionUID = 1L;

    OnConfiguration() {}

    OnConfiguration(Map<String, Object> entries) {
        super(entries);
    }

    public Map<String, Object> getFailure() {
        return view(DisconnectOrigin.FAILURE);
    }

    public Map<String, Object> getStream() {
        return view(DisconnectOrigin.STREAM);
    }

    public Map<String, Object> getSocket() {
        return view(DisconnectOrigin.SOCKET);
    }

    public Map<String, Object> getLocal() {
        return view(DisconnectOrigin.LOCAL);
    }

    private Map<String, Object> view(DisconnectOrigin origin) {
        return new View(this, origin.wireName() + ".");
    }

    /** The entries whose keys begin so, without that beginning; writes through. */
    private static final class View extends AbstractMap<String, Object> {
        private final Map<String, Object> all;
        private final String prefix;

        private View(Map<String, Object> all, String prefix) {
            this.all = all;
            this.prefix = prefix;
        }

        @Override
        public Object put(String code, Object action) {
            return all.put(prefix + code, action);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return all.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(prefix))
                    .map(entry -> Map.entry(entry.getKey().substring(prefix.length()), entry.getValue()))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }
}
