package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.channel.DisconnectCause;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.prekey.KeyBundleDigest;
import dev.whatsappmd.engine.prekey.PreKeyBatch;
import dev.whatsappmd.engine.prekey.PreKeyNodes;
import dev.whatsappmd.engine.prekey.PreKeyNotice;
import dev.whatsappmd.engine.prekey.PreKeyPolicy;
import dev.whatsappmd.engine.request.RequestTable.Outcome;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import dev.whatsappmd.engine.store.SessionRows;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * From {@code success} to open: the server gets pre-keys if it has too few, is told to deliver, and its idea of our
 * keys is compared with ours. Also looks after the pre-keys later, when the server asks for it.
 *
 * <p>Only the word to deliver has to be answered; whatever else fails is tried again at the next connection.
 */
final class BringUp {
    /** What the session does at the end of it. */
    interface Host {
        Credentials credentials();

        void update(Credentials changed);

        void end(DisconnectCause cause);

        /** The server is told to deliver. */
        void delivering();

        void opened();
    }

    private final Outbox out;
    private final Host host;
    private final Duration step;
    private final KeyRepair repair;
    private final RandomGenerator random;
    private boolean uploading;
    /** One comparison at a time, and one repair for each connection: a server may ask as often as it likes. */
    private boolean comparing;

    private boolean repaired;
    private Consumer<Input.PreKeysLoaded> whenLoaded = loaded -> {};

    /** @param step how long each question may wait for its answer */
    BringUp(Outbox out, Host host, Duration step, KeyRepair repair, RandomGenerator random) {
        this.out = out;
        this.host = host;
        this.step = step;
        this.repair = repair;
        this.random = random;
    }

    /** The server has answered the login. */
    void begin() {
        out.ask(PreKeyNodes.count(), step, this::counted);
    }

    /** The server has something to say about our keys. */
    void noticed(PreKeyNotice notice) {
        if (notice instanceof PreKeyNotice.Left left) {
            load(stock -> uploadIfFew(left.onServer(), stock, () -> {}));
        } else if (notice instanceof PreKeyNotice.DigestWanted && !comparing) {
            compare(this::compared);
        }
    }

    private void compare(Consumer<Outcome> then) {
        comparing = true;
        out.ask(PreKeyNodes.digest(), step, outcome -> {
            comparing = false;
            then.accept(outcome);
        });
    }

    /** The store is read right before its content is used: in between, keys may have been used up. */
    private void load(Consumer<Input.PreKeysLoaded> then) {
        whenLoaded = then;
        out.add(new Effect.LoadPreKeys(out.epoch()));
    }

    void preKeysLoaded(Input.PreKeysLoaded loaded) {
        Consumer<Input.PreKeysLoaded> then = whenLoaded;
        whenLoaded = ignored -> {};
        then.accept(loaded);
    }

    private void counted(Outcome outcome) {
        OptionalInt onServer =
                outcome.ok() ? PreKeyNodes.readCount(outcome.answer().orElseThrow()) : OptionalInt.empty();
        if (onServer.isEmpty()) {
            out.warn("the server did not say how many pre-keys it has (" + outcome.describe() + ")");
            activate();
        } else {
            load(stock -> uploadIfFew(onServer.getAsInt(), stock, this::activate));
        }
    }

    private void uploadIfFew(int onServer, Input.PreKeysLoaded stock, Runnable then) {
        int count = PreKeyPolicy.toUpload(onServer, stock.stored().size(), stock.newestStored());
        if (count > 0 && !uploading) {
            upload(count, stock, then);
        } else {
            then.run();
        }
    }

    /** Made keys are durable before the server sees them, and counted as uploaded only when it has confirmed them. */
    private void upload(int count, Input.PreKeysLoaded stock, Runnable then) {
        uploading = true;
        Map<Integer, PreKey> stored = byId(stock);
        List<PreKey> notUploaded =
                stock.stored().stream().filter(preKey -> !preKey.uploaded()).toList();
        PreKeyBatch batch = PreKeyBatch.next(host.credentials(), notUploaded, count, stored::containsKey, random);
        host.update(batch.updated());
        out.save(SessionRows.putPreKeys(new ChangeSet(), batch.fresh()), batch.updated());
        out.ask(PreKeyNodes.upload(host.credentials(), batch.preKeys()), step, outcome -> {
            uploading = false;
            if (outcome.ok()) {
                load(present -> {
                    markUploaded(batch, present);
                    then.run();
                });
            } else {
                out.warn(
                        "the server did not take " + batch.preKeys().size() + " pre-keys (" + outcome.describe() + ")");
                then.run();
            }
        });
    }

    /** Those that somebody has used by now are gone, and stay so. */
    private void markUploaded(PreKeyBatch batch, Input.PreKeysLoaded stock) {
        Map<Integer, PreKey> stored = byId(stock);
        List<PreKey> left = batch.preKeys().stream()
                .filter(preKey -> stored.containsKey(preKey.id()))
                .toList();
        out.add(new Effect.Save(SessionRows.markUploaded(new ChangeSet(), left), host.credentials()));
    }

    private static Map<Integer, PreKey> byId(Input.PreKeysLoaded stock) {
        Map<Integer, PreKey> stored = new HashMap<>();
        stock.stored().forEach(preKey -> stored.put(preKey.id(), preKey));
        return stored;
    }

    private void activate() {
        Node active = Node.builder("iq")
                .attribute("to", "s.whatsapp.net")
                .attribute("xmlns", "passive")
                .attribute("type", "set")
                .child("active")
                .build();
        host.delivering();
        out.ask(active, step, outcome -> {
            if (outcome.ok()) {
                compare(digest -> {
                    host.opened();
                    compared(digest);
                });
            } else if (outcome.answer().isEmpty()) {
                host.end(DisconnectCause.deadline("the server's answer to `active`", step));
            } else {
                host.end(DisconnectCause.protocolError("the server refused `active` with " + outcome.describe()));
            }
        });
    }

    private void repair(KeyBundleDigest.Result result, Input.PreKeysLoaded stock) {
        if (repair.begin()) {
            out.info("the server's copy of our keys differs (" + result + "); uploading them again");
            upload(PreKeyPolicy.INITIAL_COUNT, stock, () -> {});
        } else {
            out.warn("the server's copy of our keys still differs (" + result
                    + "); it got them once and gets them no more"
                    + " before both were found equal or the session is started anew");
        }
    }

    /** The repair goes on beside what else happens: the server delivers already. */
    private void compared(Outcome outcome) {
        if (outcome.answer().isEmpty()) {
            out.debug("no digest of our keys from the server (" + outcome.describe() + ")");
            return;
        }
        load(stock -> {
            Map<Integer, PreKey> stored = byId(stock);
            KeyBundleDigest.Result result = KeyBundleDigest.compare(
                    outcome.answer().get(), host.credentials(), id -> Optional.ofNullable(stored.get(id)));
            if (result == KeyBundleDigest.Result.MATCHES) {
                repair.equal();
            } else if (result.mustUpload() && !uploading && !repaired) {
                repaired = true;
                repair(result, stock);
            }
        });
    }
}
