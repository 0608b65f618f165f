package dev.whatsappmd.localserver;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A server for JUnit 5: a new one for each test when it is registered in an instance field, one for all tests of the class
 * when in a static field or with {@code @ExtendWith}.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LocalWhatsAppServerExtension whatsApp = new LocalWhatsAppServerExtension();
 *
 * @Test
 * void comesBackAfter503() {
 *     whatsApp.server().script().onOpen(1, ServerClose.streamError(503));
 *     …
 * }
 * }</pre>
 *
 * <p>A test may also take the server as a parameter. When a test fails, what the server saw is added
 * to the failure; when the server itself failed inside, the test fails. JUnit is an optional dependency of this module:
 * bring {@code junit-jupiter-api} to use this class.
 */
public final class LocalWhatsAppServerExtension
        implements BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver,
                TestExecutionExceptionHandler {
    private final LocalWhatsAppServer.Builder options;
    private @Nullable LocalWhatsAppServer server;
    private boolean forClass;

    /** With the settings of {@link LocalWhatsAppServer#start()}. */
    public LocalWhatsAppServerExtension() {
        this(LocalWhatsAppServer.builder());
    }

    /** With other settings. */
    public LocalWhatsAppServerExtension(LocalWhatsAppServer.Builder options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * The running server.
     *
     * @throws IllegalStateException outside a test
     */
    public LocalWhatsAppServer server() {
        if (server == null) {
            throw new IllegalStateException(
                    "the server runs while a test does; register this extension with @RegisterExtension");
        }
        return server;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        forClass = true;
        server = options.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!forClass) {
            server = options.start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!forClass) {
            stop();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (forClass) {
            stop();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LocalWhatsAppServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        if (server != null) {
            failure.addSuppressed(new ServerSaw(server.recording().summary()));
        }
        throw failure;
    }

    private void stop() {
        LocalWhatsAppServer running = server;
        server = null;
        if (running == null) {
            return;
        }
        running.close();
        List<Throwable> failures = running.internalFailures();
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError("the local server failed inside: " + failures.get(0));
            failures.forEach(error::addSuppressed);
            throw error;
        }
    }

    /** What the server saw until the test failed; carries no stack of its own. */
    private static final class ServerSaw extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ServerSaw(String summary) {
            super("the local server saw: " + summary, null, false, false);
        }
    }
}
