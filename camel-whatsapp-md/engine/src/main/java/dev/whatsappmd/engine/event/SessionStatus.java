package dev.whatsappmd.engine.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How a session stands at one moment.
 *
 * @param sessionId the alias of the stored session
 * @param phase the finer state: {@code idle}, {@code dialing}, {@code pairing}, {@code paired}, {@code loggingIn},
 *     {@code bringingUp}, {@code open}, {@code waiting}, {@code parked}, {@code halted}, {@code stopped}
 * @param connection the last state that was told; null before the first
 * @param registered whether this device is linked
 * @param generation counts connections; 0 before the first
 * @param receivedPendingNotifications whether this connection has taken in the server's offline queue
 * @param lastDisconnect why the last connection ended; null while none has
 * @param reconnect what happens next; null while a connection lasts
 * @param pendingDeliveries how many durable events the application is not done with
 * @param failedDeliveries how many of them it failed at so often that they are given up, and kept
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SessionStatus(
        String sessionId,
        String phase,
        @Nullable ConnectionState connection,
        boolean registered,
        long generation,
        boolean receivedPendingNotifications,
        @Nullable LastDisconnect lastDisconnect,
        ConnectionUpdate.@Nullable Reconnect reconnect,
        long pendingDeliveries,
        long failedDeliveries) {}
