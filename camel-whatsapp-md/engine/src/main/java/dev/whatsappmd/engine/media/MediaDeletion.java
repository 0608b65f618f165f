package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.media.HttpExchange.Answer;
import dev.whatsappmd.engine.media.MediaException.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A file that is to be deleted from the media server: the companion does that with history it has taken, not the phone
 * (whatsmeow {@code upload.go}, {@code DeleteMedia}). Shows nothing of it.
 *
 * @param directPath as in the message; its query does not count
 * @param fileEncSha256 hash of the encrypted file, 32 bytes
 * @param encHandle {@code e_handle}: the notification's {@code encHandle}
 * @param companionUserSecret the header {@code Companion_User_Secret}: the companion's meta nonce; sent only beside an
 *     {@code encHandle}
 */
public record MediaDeletion(
        MediaType type,
        String directPath,
        byte[] fileEncSha256,
        Optional<String> encHandle,
        Optional<String> companionUserSecret) {
    public MediaDeletion {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(directPath, "directPath");
        Objects.requireNonNull(fileEncSha256, "fileEncSha256");
        Objects.requireNonNull(encHandle, "encHandle");
        Objects.requireNonNull(companionUserSecret, "companionUserSecret");
    }

    /** @return false when the file was gone already */
    boolean carryOut(MediaRequests requests, Cancellation cancellation) throws MediaException {
        String target = target();
        Map<String, String> headers = headers();
        // A redirect is not followed: the address holds the credential.
        return requests.withCredential(cancellation, (origin, connection) -> {
            URI address = URI.create(origin + target + "&auth=" + encoded(connection.auth()));
            try (HttpExchange http = requests.exchange(address, cancellation)) {
                Answer answer = http.send("DELETE", headers);
                if (answer.isRedirect()) {
                    throw http.badAnswer("redirects a deletion");
                }
                if (!answer.isOk()) {
                    throw MediaException.status(answer.status(), http.host());
                }
                return true;
            } catch (MediaGoneException e) {
                return false;
            }
        });
    }

    private String target() throws MediaException {
        int query = MediaHosts.requirePath(directPath).indexOf('?');
        String path = query < 0 ? directPath : directPath.substring(0, query);
        String token = Base64.getUrlEncoder().encodeToString(fileEncSha256);
        String encodedPath =
                Base64.getUrlEncoder().withoutPadding().encodeToString(path.getBytes(StandardCharsets.UTF_8));
        return "/mms/" + type.requestName() + "/" + token + "?d_md=" + encodedPath
                + encHandle.map(handle -> "&e_handle=" + encoded(handle)).orElse("")
                + "&token=" + encoded(token);
    }

    private Map<String, String> headers() throws MediaException {
        if (encHandle.isEmpty() || companionUserSecret.isEmpty()) {
            return Map.of();
        }
        String secret = companionUserSecret.get();
        if (!secret.matches("[\\x21-\\x7e]{1,1024}")) {
            throw MediaException.of(
                    Reason.BAD_REFERENCE,
                    "the companion's secret of " + secret.length() + " characters fits no header");
        }
        return Map.of("Companion_User_Secret", secret);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "MediaDeletion[" + type.id() + "]";
    }
}
