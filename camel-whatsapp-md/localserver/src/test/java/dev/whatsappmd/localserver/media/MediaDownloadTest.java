package dev.whatsappmd.localserver.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.whatsappmd.engine.media.MediaDeletion;
import dev.whatsappmd.engine.media.MediaException;
import dev.whatsappmd.engine.media.MediaException.Reason;
import dev.whatsappmd.engine.media.MediaFile;
import dev.whatsappmd.engine.media.MediaFile.Check;
import dev.whatsappmd.engine.media.MediaGoneException;
import dev.whatsappmd.engine.media.MediaReference;
import dev.whatsappmd.engine.media.MediaType;
import dev.whatsappmd.localserver.LocalWhatsAppServer;
import dev.whatsappmd.localserver.media.MediaWorld.Sent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads and deletions against a server that does right and wrong. */
@Timeout(120)
class MediaDownloadTest {
    @TempDir
    Path folder;

    private MediaWorld world;
    private BlobServer blobs;

    @BeforeEach
    void start() {
        world = new MediaWorld(folder);
        blobs = world.blobs;
    }

    @AfterEach
    void close() {
        world.assertNothingLeft();
        world.close();
    }

    @ParameterizedTest
    @EnumSource(MediaType.class)
    void fetchesEveryKind(MediaType type) throws Exception {
        Sent sent = world.put(type, 5_000);
        world.assertFetches(sent, world.settings());
        BlobRequest request = blobs.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.query())
                .containsEntry("ccb", "11-4")
                .containsEntry("mms-type", type.requestName())
                .containsEntry(
                        "hash",
                        Base64.getUrlEncoder().encodeToString(sent.reference().fileEncSha256()))
                .as("a download sends no credential")
                .doesNotContainKey("auth");
        assertThat(request.headers())
                .containsEntry("Origin", "https://web.whatsapp.com")
                .containsEntry("Accept-Encoding", "identity")
                .doesNotContainKey("Range");
        assertThat(world.connectionsAsked).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 32_758, 32_768, 1_000_000})
    void fetchesEveryLength(int length) throws Exception {
        world.assertFetches(world.put(length), world.settings());
    }

    @Test
    void leavesItToTheReaderToCheckTheHashWhenAsked() throws Exception {
        Sent sent = world.put(100_000);
        MediaReference of = sent.reference();
        MediaReference wrong = new MediaReference(
                of.type(), of.directPath(), of.url(), of.mediaKey(), of.fileEncSha256(), new byte[32], of.fileLength());
        assertThat(world.failure(wrong, world.settings()).reason()).isEqualTo(Reason.DAMAGED);
        try (MediaFile file = MediaWorld.await(
                world.downloads(world.settings()).download(wrong, Check.WHILE_READING, world.threads))) {
            assertThat(file.isChecked()).isFalse();
            assertThatThrownBy(() -> file.open().readAllBytes()).isInstanceOf(MediaException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void tellsAFileThatIsGone(int status) {
        Sent sent = world.put(100);
        blobs.onNext(BlobFault.status(status));
        MediaException failure = world.failure(sent.reference(), world.settings());
        assertThat(failure).isInstanceOf(MediaGoneException.class);
        assertThat(failure.status()).hasValue(status);
        assertThat(failure.reuploadHelps()).isTrue();
        assertThat(blobs.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 429, 400, 204, 299, 304})
    void tellsAnotherStatus(int status) {
        Sent sent = world.put(100);
        blobs.onEvery(BlobFault.status(status));
        MediaException failure = world.failure(sent.reference(), world.settings());
        assertThat(failure.reason()).isEqualTo(status < 300 ? Reason.BAD_ANSWER : Reason.SERVER_ERROR);
        assertThat(failure).hasMessageContaining("HTTP " + status);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403})
    void fetchesTheCredentialsAnewOnceWhenItIsRefused(int status) throws Exception {
        Sent sent = world.put(100);
        blobs.onNext(BlobFault.status(status));
        world.assertFetches(sent, world.settings());
        assertThat(world.connectionsAsked).hasValue(1);
        blobs.onEvery(BlobFault.status(status));
        MediaException failure = world.failure(sent.reference(), world.settings());
        assertThat(failure.reason()).isEqualTo(Reason.REFUSED);
        assertThat(failure.status()).hasValue(status);
        assertThat(blobs.requests()).hasSize(4);
        assertThat(world.connectionsAsked).hasValue(2);
    }

    @Test
    void goesOnWhereATransferBrokeOff() throws Exception {
        Sent sent = world.put(200_000);
        blobs.onNext(BlobFault.shortBody(70_000)).onNext(BlobFault.shortBody(0)).onNext(BlobFault.shortBody(60_000));
        MediaException failure = world.failure(sent.reference(), world.settings());
        assertThat(failure.reason())
                .as("a break without any progress is the host's end")
                .isEqualTo(Reason.UNREACHABLE);
        blobs.clearFaults()
                .onNext(BlobFault.shortBody(70_000))
                .onNext(BlobFault.shortBody(1))
                .onNext(BlobFault.shortBody(60_000));
        int before = blobs.requests().size();
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests().stream().skip(before).map(request -> request.header("Range")))
                .containsExactly(
                        Optional.empty(),
                        Optional.of("bytes=70000-"),
                        Optional.of("bytes=70001-"),
                        Optional.of("bytes=130001-"));
    }

    /** A reset may destroy what was not read yet: it goes on from wherever it came to. */
    @Test
    void goesOnAfterAReset() throws Exception {
        Sent sent = world.put(3_000_000);
        blobs.onNext(BlobFault.reset(2_500_000));
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests()).hasSize(2);
    }

    @Test
    void givesUpOnAHostThatBreaksOffAgainAndAgain() {
        Sent sent = world.put(1_000_000);
        blobs.onEvery(BlobFault.shortBody(1_000));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(blobs.requests()).hasSize(6);
    }

    @Test
    void beginsAgainWhenItGetsAllOfItInsteadOfTheRest() throws Exception {
        Sent sent = world.put(200_000);
        blobs.onNext(BlobFault.shortBody(70_000)).onNext(BlobFault.wholeFile());
        world.assertFetches(sent, world.settings());
    }

    @Test
    void beginsAgainWhenThePiecesDoNotBelongTogether() throws Exception {
        Sent sent = world.put(200_000);
        blobs.onNext(BlobFault.shortBody(70_000)).onNext(BlobFault.flippedBit(100_000));
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests()).hasSize(3);
    }

    @Test
    void isDoneWhenOnlyTheEndOfTheAnswerWasLost() throws Exception {
        Sent sent = world.put(200_000);
        blobs.onNext(BlobFault.wrongLength(sent.encryptedLength() + 500));
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 100, 199_990})
    void givesOutNothingOfADamagedFile(long position) {
        Sent sent = world.put(200_000);
        blobs.onEvery(BlobFault.flippedBit(position));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.DAMAGED);
        assertThat(blobs.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 10, 1_000})
    void givesOutNothingOfAnAnswerThatSaysATooShortLength(long announced) {
        Sent sent = world.put(200_000);
        blobs.onEvery(BlobFault.wrongLength(announced));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.DAMAGED);
    }

    @Test
    void refusesALengthBeyondReasonBeforeTheFirstByte() {
        Sent sent = world.put(1_000);
        blobs.onEvery(BlobFault.wrongLength(1L << 40));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void stopsAtTheLongestFileThatIsAllowed() {
        Sent sent = world.put(100_000);
        assertThat(world.failure(sent.reference(), world.settings().withLengthMax(50_000))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);
        blobs.onEvery(BlobFault.chunked(1_000));
        assertThat(world.failure(sent.reference(), world.settings().withLengthMax(50_000))
                        .reason())
                .isEqualTo(Reason.TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, 1_000_000})
    void readsAnAnswerInChunks(int chunk) throws Exception {
        blobs.onEvery(BlobFault.chunked(chunk));
        world.assertFetches(world.put(20_000), world.settings());
    }

    @Test
    void refusesAnAnswerThatIsNoHttp() {
        Sent sent = world.put(100);
        blobs.onEvery(BlobFault.garbage());
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.BAD_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 26\r\nContent-Length: 27\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 26\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\nabcde",
                "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nabcde",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 Found\r\nLocation: ::\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                        + "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n",
            })
    void refusesAnAnswerAgainstTheRules(String answer) {
        Sent sent = world.put(100);
        blobs.onEvery(BlobFault.raw(answer.getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.BAD_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: yyyyyyyyyyyyyyyyy\r\n", "X: yyyyyyyyyyyyyyyyyyyy", "\u0000", "X: y\r\n z\r\n"})
    void takesNoHeadWithoutAnEnd(String again) {
        Sent sent = world.put(100);
        blobs.onEvery(
                BlobFault.raw(("HTTP/1.1 200 OK\r\n" + again.repeat(20_000)).getBytes(StandardCharsets.US_ASCII)));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.BAD_ANSWER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Le"})
    void tellsAnAnswerThatBreaksOffInItsHead(String answer) {
        Sent sent = world.put(100);
        blobs.onEvery(BlobFault.raw(answer.getBytes(StandardCharsets.US_ASCII)));
        assertThat(world.failure(sent.reference(), world.settings()).reason())
                .isIn(Reason.UNREACHABLE, Reason.BAD_ANSWER);
    }

    @Test
    void followsARedirectOnTheSameHost() throws Exception {
        Sent sent = world.put(1_000);
        blobs.onNext(BlobFault.redirect(sent.reference().directPath()));
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests()).hasSize(2);
    }

    @Test
    void followsNoRedirectToAnotherHost() {
        Sent sent = world.put(1_000);
        try (LocalWhatsAppServer other = LocalWhatsAppServer.start()) {
            blobs.onEvery(BlobFault.redirect(other.mediaUrl() + sent.reference().directPath()));
            MediaException failure = world.failure(sent.reference(), world.settings());
            assertThat(failure.reason()).isEqualTo(Reason.BAD_ANSWER);
            assertThat(failure).hasMessageContaining("may not be asked");
            assertThat(other.blobs().requests()).isEmpty();
        }
    }

    @Test
    void followsNoCircle() {
        Sent sent = world.put(1_000);
        blobs.onEvery(BlobFault.redirect(sent.reference().directPath()));
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.BAD_ANSWER);
        assertThat(blobs.requests()).hasSize(4);
    }

    @Test
    void waitsForALateAnswerAndNotForever() throws Exception {
        Sent sent = world.put(1_000);
        blobs.onNext(BlobFault.late(Duration.ofMillis(200)));
        world.assertFetches(sent, world.settings());
        blobs.onNext(BlobFault.late(Duration.ofMinutes(5)));
        MediaException failure = world.failure(
                sent.reference(),
                world.settings().withTimeouts(MediaWorld.LIMIT, Duration.ofMillis(300), MediaWorld.LIMIT, 1));
        assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(failure).hasMessage("media host 127.0.0.1 gave no answer within 300 ms");
    }

    @Test
    void waitsForNoPieceThatDoesNotCome() {
        Sent sent = world.put(200_000);
        blobs.onEvery(BlobFault.stuck(0));
        MediaException failure = world.failure(
                sent.reference(),
                world.settings().withTimeouts(MediaWorld.LIMIT, MediaWorld.LIMIT, Duration.ofMillis(300), 1));
        assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(failure).hasMessage("media host 127.0.0.1 stopped in its answer");
    }

    /** Each piece comes in time, and the whole would take an hour. */
    @Test
    void endsATransferThatIsTooSlow() {
        Sent sent = world.put(10_000_000);
        blobs.onEvery(BlobFault.slow(1_000, Duration.ofMillis(20)));
        Duration little = Duration.ofMillis(400);
        MediaException failure = world.failure(
                sent.reference(),
                world.settings().withTimeouts(MediaWorld.LIMIT, MediaWorld.LIMIT, little, 10_000_000));
        assertThat(failure.reason()).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void takesASlowTransferThatIsFastEnough() throws Exception {
        Sent sent = world.put(20_000);
        blobs.onEvery(BlobFault.slow(500, Duration.ofMillis(1)));
        world.assertFetches(sent, world.settings());
        assertThat(blobs.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 50_000})
    void isGivenUpInTheMiddleOfAnyStep(long after) {
        Sent sent = world.put(200_000);
        blobs.onEvery(after < 0 ? BlobFault.late(Duration.ofMinutes(5)) : BlobFault.stuck(after));
        CompletableFuture<MediaFile> download =
                world.downloads(world.settings()).download(sent.reference(), world.threads);
        await().atMost(MediaWorld.LIMIT).until(() -> blobs.requests().size() == 1);
        assertThat(download.cancel(false)).isTrue();
        world.assertNothingLeft();
        world.threads.shutdown();
        await().atMost(MediaWorld.LIMIT).until(world.threads::isTerminated);
        assertThat(blobs.requests()).hasSize(1);
    }

    /** A future that ran out of time is given up as well. */
    @Test
    void isGivenUpWhenTheFutureTimesOut() {
        Sent sent = world.put(200_000);
        blobs.onEvery(BlobFault.stuck(50_000));
        CompletableFuture<MediaFile> download =
                world.downloads(world.settings()).download(sent.reference(), world.threads);
        download.orTimeout(300, TimeUnit.MILLISECONDS);
        await().atMost(MediaWorld.LIMIT).until(download::isCompletedExceptionally);
        world.threads.shutdown();
        await().atMost(MediaWorld.LIMIT).until(world.threads::isTerminated);
    }

    @Test
    void tellsAnExecutorThatTakesNothing() {
        Sent sent = world.put(100);
        assertThat(world.downloads(world.settings()).download(sent.reference(), task -> {
                    throw new RejectedExecutionException("stopped");
                }))
                .failsWithin(Duration.ofSeconds(1))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void tellsAServerThatIsNotThere() {
        Sent sent = world.put(100);
        world.server.close();
        assertThat(world.failure(sent.reference(), world.settings()).reason()).isEqualTo(Reason.UNREACHABLE);
    }

    private static MediaDeletion deletion(Sent sent) {
        return new MediaDeletion(
                sent.reference().type(),
                sent.reference().directPath(),
                sent.reference().fileEncSha256(),
                Optional.of("handle+/="),
                Optional.of("nonce"));
    }

    /** As whatsmeow's {@code DeleteMedia} asks for it. */
    @Test
    void deletesAFileWithTheCredential() throws Exception {
        Sent sent = world.put(MediaType.HISTORY, 1_000);
        assertThat(MediaWorld.await(world.downloads(world.settings()).delete(deletion(sent), world.threads)))
                .isTrue();
        assertThat(blobs.has(sent.reference().directPath())).isFalse();
        String token = Base64.getUrlEncoder().encodeToString(sent.reference().fileEncSha256());
        BlobRequest request = blobs.requests().get(0);
        assertThat(request.method()).isEqualTo("DELETE");
        assertThat(request.path()).isEqualTo("/mms/md-msg-hist/" + token);
        assertThat(request.query())
                .containsEntry("token", token)
                .containsEntry("auth", BlobServer.AUTH)
                .containsEntry("e_handle", "handle+/=")
                .containsEntry(
                        "d_md",
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(sent.reference()
                                        .directPath()
                                        .replaceFirst("\\?.*", "")
                                        .getBytes(StandardCharsets.US_ASCII)));
        assertThat(request.header("Companion_User_Secret")).contains("nonce");
        assertThat(MediaWorld.await(world.downloads(world.settings()).delete(deletion(sent), world.threads)))
                .as("gone already")
                .isFalse();
    }

    @Test
    void fetchesTheCredentialAnewForADeletionAndFollowsNoRedirect() throws Exception {
        Sent sent = world.put(MediaType.HISTORY, 1_000);
        world.auth = "old";
        assertThatThrownBy(
                        () -> MediaWorld.await(world.downloads(world.settings()).delete(deletion(sent), world.threads)))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED));
        assertThat(world.connectionsAsked).hasValue(2);
        world.auth = BlobServer.AUTH;
        blobs.onNext(BlobFault.redirect("/mms/elsewhere"));
        assertThatThrownBy(
                        () -> MediaWorld.await(world.downloads(world.settings()).delete(deletion(sent), world.threads)))
                .isInstanceOfSatisfying(
                        MediaException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_ANSWER));
        assertThat(blobs.has(sent.reference().directPath())).isTrue();
    }
}
