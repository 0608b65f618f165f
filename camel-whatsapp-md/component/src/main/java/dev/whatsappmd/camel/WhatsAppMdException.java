package dev.whatsappmd.camel;

import org.apache.camel.RuntimeCamelException;

/**
 * What all exceptions of this component are. Trouble of the store is not among them: it comes as the engine's own
 * {@link dev.whatsappmd.engine.store.SessionStoreException}, never wrapped.
 */
public class WhatsAppMdException extends RuntimeCamelException {
    private static final long serialVersionUID = 1L;

    public WhatsAppMdException(String message) {
        super(message);
    }

    public WhatsAppMdException(String message, Throwable cause) {
        super(message, cause);
    }
}
