package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whatsappmd.engine.event.MessageEvent;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.message.Happening;
import dev.whatsappmd.engine.message.MessageIntake;
import dev.whatsappmd.engine.message.Padding;
import dev.whatsappmd.engine.message.Self;
import dev.whatsappmd.engine.message.Taken;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.prekey.PreKeyBatch;
import dev.whatsappmd.engine.prekey.PreKeyNodes;
import dev.whatsappmd.engine.proto.e2e.Message;
import dev.whatsappmd.engine.signal.Encrypted;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.engine.signal.SessionCipher;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalStore;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.SessionRows;
import dev.whatsappmd.engine.store.SqliteSessionStore;
import dev.whatsappmd.engine.store.StoredSession;
import dev.whatsappmd.localserver.MessageLedger.Seen;
import dev.whatsappmd.localserver.query.KeyNodes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A linked device that reads with the engine's room message over a store on disk: takes in what has come, commits once,
 * answers. Everything of it happens on one thread.
 */
final class Companion implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(5);
    private static final int BATCH = 100;

    final List<MessageEvent> messages = new CopyOnWriteArrayList<>();
    final List<Happening> happenings = new CopyOnWriteArrayList<>();
    final LinkedDevice device;
    private final LocalWhatsAppServer server;
    private final SqliteSessionStore store;
    private final StoredSession rows;
    private final SignalStore signal;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private MessageIntake intake;
    private Credentials credentials;
    private TestClient client;

    private Companion(LocalWhatsAppServer server, Linked linked, Path directory) {
        this.server = server;
        this.device = linked.device();
        this.credentials = linked.credentials();
        store = new SqliteSessionStore(directory);
        rows = store.open("support");
        rows.commit(SessionRows.putCredentials(new ChangeSet(), credentials));
        signal = new SignalStore(rows::snapshot, () -> credentials, row -> failures.add(new AssertionError(row)));
        intake = new MessageIntake(signal, rows::snapshot);
    }

    /** Linked, on line, with so many one-time pre-keys at the server. */
    static Companion link(LocalWhatsAppServer server, SimulatedPhone phone, Path directory, int preKeys) {
        Companion companion = new Companion(server, Linked.by(phone, server), directory);
        companion.connect();
        companion.uploadPreKeys(preKeys);
        return companion;
    }

    /** Goes on line and asks for all that is kept. */
    void connect() {
        run(() -> {
            client = new Linked(credentials, device).goActive(server);
            client.send(Node.builder("ib")
                    .child(Node.builder("offline_batch")
                            .attribute("count", "100000")
                            .build())
                    .build());
            return null;
        });
        thread.execute(this::serve);
    }

    /** Goes off line. */
    void disconnect() {
        run(() -> {
            client.close();
            client = null;
            return null;
        });
        server.awaitAllClosed(TestClient.LIMIT);
    }

    /** Forgets what it has in memory, as after a restart. */
    void restart() {
        disconnect();
        run(() -> {
            signal.reset();
            intake = new MessageIntake(signal, rows::snapshot);
            return null;
        });
        connect();
    }

    void uploadPreKeys(int count) {
        run(() -> {
            PreKeyBatch batch = PreKeyBatch.next(credentials, List.of(), count, id -> false, TestClient.RANDOM);
            credentials = batch.updated();
            rows.commit(SessionRows.markUploaded(
                    SessionRows.putCredentials(new ChangeSet(), credentials), batch.preKeys()));
            assertThat(client.query(PreKeyNodes.upload(credentials, batch.preKeys()).toBuilder())
                            .attribute("type"))
                    .contains("result");
            return null;
        });
    }

    /** Writes a text to one device, by LID, as its first message or a later one. */
    void writes(String id, String lid, String text) {
        run(() -> {
            Jid to = Jid.parse(lid);
            SignalAddress address = signal.address(to);
            SessionCipher cipher = new SessionCipher(signal, TestClient.RANDOM);
            if (!signal.hasSession(address)) {
                cipher.processBundle(address, bundle(lid));
            }
            byte[] content = Message.newBuilder().setConversation(text).build().toByteArray();
            Encrypted encrypted = cipher.encrypt(address, Padding.add(content, TestClient.RANDOM));
            commit(new ChangeSet());
            client.send(Node.builder("message")
                    .attribute("id", id)
                    .attribute("to", lid)
                    .attribute("type", "text")
                    .child(Node.builder("enc")
                            .attribute("v", "2")
                            .attribute("type", encrypted.type())
                            .bytes(encrypted.bytes())
                            .build())
                    .build());
            return null;
        });
    }

    private PreKeyBundle bundle(String lid) {
        Node answer = client.query(TestClient.iq(
                "get",
                "encrypt",
                Node.builder("key")
                        .child(Node.builder("user").attribute("jid", lid).build())
                        .build()));
        Node user = answer.child("list").orElseThrow().child("user").orElseThrow();
        return KeyNodes.bundle(user, user);
    }

    /** What can be read, in the order it came. */
    List<Seen> seen() {
        return messages.stream()
                .filter(message -> message.messageStubType() == null)
                .map(message -> new Seen(
                        message.key().id(),
                        Optional.ofNullable(message.content().text()).orElse("")))
                .toList();
    }

    List<String> texts() {
        return seen().stream().map(Seen::text).toList();
    }

    private void serve() {
        if (client == null) {
            return;
        }
        try {
            List<Node> batch = new ArrayList<>();
            Optional<Node> next = client.poll(POLL);
            while (next.isPresent()) {
                batch.add(next.get());
                next = batch.size() < BATCH ? client.poll(Duration.ZERO) : Optional.empty();
            }
            if (!batch.isEmpty()) {
                take(batch);
            }
            thread.execute(this::serve);
        } catch (Exception | AssertionError e) {
            failures.add(e);
        }
    }

    private void take(List<Node> batch) {
        List<Node> answers = new ArrayList<>();
        List<Happening> came = new ArrayList<>();
        for (Node stanza : batch) {
            Taken taken = intake.take(stanza, new Self(credentials, false, Instant.now(), TestClient.RANDOM));
            taken.credentials().ifPresent(changed -> {
                credentials = changed;
                SessionRows.putCredentials(taken.changes(), changed);
            });
            if (!taken.changes().isEmpty()) {
                // A pre-key made for one sender has to be there when the next one gets his.
                commit(taken.changes());
            }
            answers.addAll(taken.answers());
            came.addAll(taken.happenings());
        }
        commit(new ChangeSet());
        happenings.addAll(came);
        for (Happening happening : came) {
            if (happening instanceof Happening.MessageCame message) {
                messages.add(message.message().toEvent());
            }
        }
        // Last, so that whoever has waited for the answers finds all that came.
        answers.forEach(client::send);
    }

    private void commit(ChangeSet changes) {
        rows.commit(signal.drainTo(changes));
        signal.committed();
    }

    /** The numbers of a user's devices, as the server tells them. */
    List<String> devicesOf(String jid) {
        return run(() -> {
            Node usync = Node.builder("usync")
                    .attribute("sid", "1")
                    .attribute("mode", "query")
                    .child(Node.builder("query").child("devices").build())
                    .child(Node.builder("list")
                            .child(Node.builder("user").attribute("jid", jid).build())
                            .build())
                    .build();
            return client
                    .query(TestClient.iq("get", "usync", usync))
                    .child("usync")
                    .flatMap(answer -> answer.child("list"))
                    .flatMap(list -> list.child("user"))
                    .flatMap(user -> user.child("devices"))
                    .flatMap(devices -> devices.child("device-list"))
                    .orElse(Node.of("device-list"))
                    .children("device")
                    .stream()
                    .map(found -> found.attribute("id", ""))
                    .toList();
        });
    }

    private <T> T run(Callable<T> task) {
        try {
            return thread.submit(task).get(TestClient.LIMIT.toSeconds() * 2, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        run(() -> {
            if (client != null) {
                client.close();
                client = null;
            }
            return null;
        });
        thread.shutdown();
        rows.close();
        store.close();
        assertThat(failures).isEmpty();
    }
}
