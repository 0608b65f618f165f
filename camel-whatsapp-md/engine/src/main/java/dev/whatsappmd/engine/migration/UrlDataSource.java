package dev.whatsappmd.engine.migration;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import javax.sql.DataSource;

/**
 * A new connection for each call, of whatever driver knows the URL. A proxy, because a store asks a DataSource for
 * connections and nothing else.
 */
final class UrlDataSource {
    private UrlDataSource() {}

    /** @param url may hold a password: it is shown nowhere */
    static DataSource of(String url) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("getConnection") && method.getParameterCount() == 0) {
                return DriverManager.getConnection(url);
            }
            throw new UnsupportedOperationException(method.getName());
        };
        return (DataSource) Proxy.newProxyInstance(
                UrlDataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, handler);
    }
}
