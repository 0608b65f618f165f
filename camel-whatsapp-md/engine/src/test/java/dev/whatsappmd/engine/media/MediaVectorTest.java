package dev.whatsappmd.engine.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whatsappmd.engine.Vectors;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.media.MediaFile.Check;
import dev.whatsappmd.engine.media.MediaReupload.Message;
import dev.whatsappmd.engine.node.Node;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Keys, files and requests to upload again, as Baileys makes them. */
class MediaVectorTest {
    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> keys() {
        return Vectors.tests("message.json", "mediaKey", c -> {
            MediaType type = type(c);
            assertThat(type.info()).isEqualTo(c.path("info").asText());
            MediaKeys keys = MediaKeys.derive(type, Vectors.b64(c.path("mediaKey")));
            assertThat(keys.iv()).isEqualTo(Vectors.b64(c.path("iv")));
            assertThat(keys.cipherKey()).isEqualTo(Vectors.b64(c.path("cipherKey")));
            assertThat(keys.macKey()).isEqualTo(Vectors.b64(c.path("macKey")));
            assertThat(keys.refKey()).isEqualTo(Vectors.b64(c.path("refKey")));
        });
    }

    @TestFactory
    Stream<DynamicTest> files() {
        return Vectors.tests("message.json", "media", c -> {
            byte[] plaintext = Vectors.b64(c.path("plaintext"));
            byte[] encrypted = Vectors.b64(c.path("encrypted"));
            for (Check check : Check.values()) {
                try (MediaFile file = MediaCipher.decrypt(stream(encrypted), reference(c), folder, check)) {
                    assertThat(file.length()).isEqualTo(plaintext.length);
                    assertThat(file.isChecked()).isEqualTo(check == Check.BEFORE);
                    assertThat(file.open()).hasBinaryContent(plaintext);
                    assertThat(file.open()).as("a second time").hasBinaryContent(plaintext);
                }
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            MediaCipher.Encrypted made = MediaCipher.encrypt(
                    stream(plaintext), out, MediaKeys.derive(type(c), Vectors.b64(c.path("mediaKey"))));
            assertThat(out.toByteArray()).isEqualTo(encrypted);
            assertThat(made.fileSha256()).isEqualTo(Vectors.b64(c.path("fileSha256")));
            assertThat(made.fileEncSha256()).isEqualTo(Vectors.b64(c.path("fileEncSha256")));
            assertThat(made.fileLength()).isEqualTo(c.path("fileLength").asLong());
            assertThat(made.encryptedLength()).isEqualTo(encrypted.length);
        });
    }

    @TestFactory
    Stream<DynamicTest> refusedFiles() {
        return Vectors.tests("message.json", "mediaInvalid", c -> {
            assertThat(c.path("must").asText()).isEqualTo("fail");
            byte[] encrypted = Vectors.b64(c.path("encrypted"));
            assertThatThrownBy(() -> MediaCipher.decrypt(stream(encrypted), reference(c), folder, Check.BEFORE))
                    .isInstanceOfSatisfying(
                            MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
            assertThatThrownBy(() -> {
                        try (MediaFile file = MediaCipher.decrypt(
                                        stream(encrypted), reference(c), folder, Check.WHILE_READING);
                                InputStream in = file.open()) {
                            in.readAllBytes();
                        }
                    })
                    .isInstanceOfSatisfying(
                            MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
            assertThat(folder).isEmptyDirectory();
        });
    }

    @TestFactory
    Stream<DynamicTest> uploadsAgain() {
        return Vectors.tests("message.json", "mediaRetry", c -> {
            byte[] mediaKey = Vectors.b64(c.path("mediaKey"));
            Message message = message(c);
            Node expected = Vectors.node(c.path("request"));
            byte[] iv = expected.child("encrypt")
                    .flatMap(node -> node.child("enc_iv"))
                    .flatMap(Node::bytes)
                    .orElseThrow();
            Node request = MediaReupload.request(Jid.parse(c.path("meId").asText()), message, mediaKey, giving(iv));
            assertThat(request).isEqualTo(expected);

            Node answer = Vectors.node(c.path("response"));
            assertThat(MediaReupload.messageOf(answer)).contains(message);
            if (c.path("decrypted").path("result").asInt() == 1) {
                assertThat(MediaReupload.directPath(answer, message, mediaKey))
                        .isEqualTo(c.path("decrypted").path("directPath").asText());
            } else {
                assertThatThrownBy(() -> MediaReupload.directPath(answer, message, mediaKey))
                        .isInstanceOf(MediaException.class);
            }
            byte[] other = mediaKey.clone();
            other[3] ^= 1;
            assertThat(catchThrowableOfType(
                                    MediaException.class, () -> MediaReupload.directPath(answer, message, other))
                            .reason())
                    .isEqualTo(Reason.DAMAGED);
        });
    }

    @TestFactory
    Stream<DynamicTest> refusedUploads() {
        return Vectors.tests("message.json", "mediaRetryError", c -> {
            Node answer = Vectors.node(c.path("response"));
            Message message = message(c);
            assertThat(MediaReupload.messageOf(answer)).contains(message);
            MediaException failure = catchThrowableOfType(
                    MediaException.class, () -> MediaReupload.directPath(answer, message, new byte[32]));
            assertThat(failure.status()).hasValue(c.path("statusCode").asInt());
            assertThat(failure instanceof MediaGoneException)
                    .isEqualTo(c.path("statusCode").asInt() == 404);
        });
    }

    private static Message message(JsonNode c) {
        JsonNode key = c.path("key");
        return new Message(
                key.path("id").asText(),
                key.path("remoteJid").asText(),
                key.path("fromMe").asBoolean(),
                key.has("participant") ? Optional.of(key.path("participant").asText()) : Optional.empty());
    }

    private static RandomGenerator giving(byte[] bytes) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new AssertionError("only bytes are drawn");
            }

            @Override
            public void nextBytes(byte[] into) {
                System.arraycopy(bytes, 0, into, 0, into.length);
            }
        };
    }

    private static MediaType type(JsonNode c) {
        return MediaType.ofId(c.path("mediaType").asText()).orElseThrow();
    }

    private static MediaReference reference(JsonNode c) {
        return new MediaReference(
                type(c),
                "/v/t62.0-0/1_n.enc",
                Optional.empty(),
                Vectors.b64(c.path("mediaKey")),
                Vectors.b64(c.path("fileEncSha256")),
                Vectors.b64(c.path("fileSha256")),
                OptionalLong.of(c.path("fileLength").asLong()));
    }

    private static InputStream stream(byte[] bytes) {
        // In pieces of odd lengths, as a socket gives them.
        return new ByteArrayInputStream(bytes) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, 7));
            }
        };
    }
}
