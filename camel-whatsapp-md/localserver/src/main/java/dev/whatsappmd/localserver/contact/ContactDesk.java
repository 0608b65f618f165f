package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.signal.PreKeyBundle;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.query.BadRequestException;
import dev.whatsappmd.localserver.query.IqHandlers;
import dev.whatsappmd.localserver.query.KeyNodes;
import dev.whatsappmd.localserver.session.SessionDesk;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Brings what simulated people write to an account's linked devices, through their offline queues, and what the devices
 * answer back to the writers. On the event loop.
 */
public final class ContactDesk {
    /** Below this many one-time pre-keys a server tells a device so (Baileys MIN_PREKEY_COUNT). */
    private static final int PRE_KEYS_LOW = 5;

    private static final int ID_BYTES = 9;

    private final Clock clock;
    private final RandomGenerator random;
    private final SessionDesk sessions;
    private final Function<Jid, Optional<Account>> accounts;
    private final Map<Account, Person> people = new HashMap<>();
    private final Map<String, Letter> letters = new HashMap<>();
    private final Sealing sealing = new Sealing(this::takeBundle);
    private final Inbox inbox = new Inbox(jid -> find(jid).map(this::person));
    private @Nullable List<Runnable> held;
    private int lowNotices;

    /** @param accounts finds an account by number or LID */
    public ContactDesk(
            Clock clock,
            RandomGenerator random,
            SessionDesk sessions,
            IqHandlers queries,
            Function<Jid, Optional<Account>> accounts) {
        this.clock = clock;
        this.random = random;
        this.sessions = sessions;
        this.accounts = accounts;
        sessions.onMail(this::onMail);
        new KeyDesk(queries, this::bundle);
    }

    /** The person whose account it is. */
    public Person person(Account account) {
        return people.computeIfAbsent(account, any -> new Person(account, random));
    }

    /** Somebody writes to an account. */
    public Letter direct(Person writer, Account to, Addressing addressing, MessageDraft draft) {
        return send(writer, to, new Chat.Direct(), addressing, draft);
    }

    /** Somebody, or the account's own phone, writes in a group that the account is in. */
    public Letter inGroup(Person writer, Account to, PersonGroup group, Addressing addressing, MessageDraft draft) {
        boolean own = writer.account() == to;
        if (!own && !group.members().contains(writer)) {
            throw new IllegalArgumentException(writer + " is not in the group and cannot write there");
        }
        group.beforeWriting(writer.requireDevice(draft.device()));
        return send(writer, to, new Chat.Shared(group.jid()), addressing, draft);
    }

    /** Somebody posts a status that the account sees. */
    public Letter status(Person writer, Account to, Addressing addressing, MessageDraft draft) {
        return send(writer, to, new Chat.Shared(Jid.STATUS_BROADCAST), addressing, draft);
    }

    /** The account's own phone has written to somebody. */
    public Letter ownSent(Account own, Account recipient, Addressing addressing, MessageDraft draft) {
        return send(person(own), own, new Chat.OwnSent(recipient), addressing, draft);
    }

    /** The account's own phone tells its other devices something. */
    public Letter peer(Account own, Addressing addressing, MessageDraft draft) {
        return send(person(own), own, new Chat.Peer(), addressing, draft);
    }

    private Letter send(Person writer, Account to, Chat chat, Addressing addressing, MessageDraft draft) {
        Letter letter = new Letter(
                draft.id().orElseGet(this::newId),
                to,
                writer,
                writer.requireDevice(draft.device()),
                chat,
                addressing,
                draft,
                draft.time().orElseGet(clock::instant));
        if (letters.putIfAbsent(letter.id(), letter) != null) {
            throw new IllegalArgumentException("a message with id " + letter.id() + " was sent before; use another id");
        }
        to.devices().forEach(device -> {
            Node stanza = sealing.seal(letter, device, 0);
            letter.sent(device, stanza);
            deliver(device, stanza);
        });
        return letter;
    }

    /** The very same stanza once more, to each device that got it. */
    public void repeat(Letter letter) {
        for (Device device : letter.devices()) {
            Node stanza = letter.lastStanza(device).orElseThrow();
            letter.sent(device, stanza);
            deliver(device, stanza);
        }
    }

    /** From now on what is sent, and any stanza that is given to {@link #deliverNew}, is kept back. */
    public void hold() {
        if (held != null) {
            throw new IllegalStateException("messages are being kept back already");
        }
        held = new ArrayList<>();
    }

    /** Delivers what was kept back, in an order that the seed decides. */
    public void releaseShuffled(long seed) {
        if (held == null) {
            throw new IllegalStateException("no messages are being kept back");
        }
        List<Runnable> deliveries = held;
        held = null;
        Collections.shuffle(deliveries, new Random(seed));
        deliveries.forEach(Runnable::run);
    }

    /**
     * Has a stanza for a device, behind what was sent before.
     *
     * @throws IllegalArgumentException when one with its id is still owed
     */
    public void deliverNew(Device device, Node stanza) {
        deliver(() -> sessions.deliver(device, stanza));
    }

    private void deliver(Device device, Node stanza) {
        deliver(() -> sessions.deliverCopy(device, stanza));
    }

    private void deliver(Runnable delivery) {
        if (held != null) {
            held.add(delivery);
        } else {
            delivery.run();
        }
    }

    /** An id like those of phones. */
    public String newId() {
        byte[] drawn = new byte[ID_BYTES];
        random.nextBytes(drawn);
        return "3EB0" + HexFormat.of().formatHex(drawn).toUpperCase(Locale.ROOT);
    }

    private void onMail(Device device, Node stanza) {
        switch (stanza.tag()) {
            case "message" -> inbox.receive(device, stanza);
            case "receipt" -> onReceipt(device, stanza);
            case "ack" ->
                letter(device, stanza, stanza.attribute("id", ""))
                        .filter(letter -> stanza.hasAttribute("class", "message"))
                        .ifPresent(letter -> letter.ack(device, stanza.attribute("error")));
            default -> throw new IllegalStateException("<" + stanza.tag() + "> is no mail");
        }
    }

    private void onReceipt(Device device, Node receipt) {
        List<String> ids = new ArrayList<>();
        receipt.attribute("id").ifPresent(ids::add);
        receipt.child("list").ifPresent(list -> list.children("item")
                .forEach(item -> item.attribute("id").ifPresent(ids::add)));
        for (String id : ids) {
            letter(device, receipt, id).ifPresent(letter -> {
                if (receipt.hasAttribute("type", "retry")) {
                    onRetry(device, receipt, letter);
                } else {
                    letter.receipt(device, receipt.attribute("type", ""));
                }
            });
        }
    }

    private Optional<Letter> letter(Device device, Node answer, String id) {
        return Optional.ofNullable(letters.get(id))
                .filter(letter -> letter.to() == device.account())
                .filter(letter -> letter.chat().isAnsweredBy(answer, letter.sender()));
    }

    /** As real clients do it: with the device's keys, or from the second time on, in a new session. */
    private void onRetry(Device device, Node receipt, Letter letter) {
        String counted = receipt.child("retry")
                .flatMap(retry -> retry.attribute("count"))
                .orElse("");
        int count = counted.matches("[0-9]{1,4}") ? Math.max(1, Integer.parseInt(counted)) : 1;
        if (!letter.retry(device, count)) {
            return;
        }
        Optional<Node> keys = receipt.child("keys");
        try {
            if (keys.isPresent()) {
                letter.sender().open(device.lid(), KeyNodes.bundle(receipt, keys.get()));
            } else if (count > 1) {
                letter.sender().open(device.lid(), takeBundle(device));
            }
        } catch (BadRequestException | IllegalStateException e) {
            sessions.connection(device)
                    .ifPresent(connection -> connection.clientFailed("a retry receipt: " + e.getMessage()));
            return;
        }
        Node stanza = sealing.seal(letter, device, count);
        letter.sent(device, stanza);
        deliver(device, stanza);
    }

    private Optional<Account> find(Jid jid) {
        return accounts.apply(jid);
    }

    private Optional<PreKeyBundle> bundle(Jid jid) {
        Optional<Account> account = find(jid);
        int id = jid.deviceOrPhone();
        Optional<Device> linked = account.flatMap(known -> known.device(id)).filter(device -> !device.isRemoved());
        return linked.isPresent()
                ? linked.map(this::takeBundle)
                : account.map(this::person).flatMap(person -> person.device(id)).map(SignalDevice::takeBundle);
    }

    private PreKeyBundle takeBundle(Device device) {
        int before = device.preKeyCount();
        PreKeyBundle bundle = device.takeBundle();
        int left = device.preKeyCount();
        if (left < PRE_KEYS_LOW && left < before) {
            sessions.deliver(
                    device,
                    Node.builder("notification")
                            .attribute("id", "prekeys-" + ++lowNotices)
                            .attribute("from", "s.whatsapp.net")
                            .attribute("type", "encrypt")
                            .attribute("t", Long.toString(clock.instant().getEpochSecond()))
                            .child(Node.builder("count")
                                    .attribute("value", Integer.toString(left))
                                    .build())
                            .build());
        }
        return bundle;
    }
}
