package dev.whatsappmd.localserver;

import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.Device;
import dev.whatsappmd.localserver.account.PhoneProfile;
import dev.whatsappmd.localserver.pairing.CodeHandshake;
import dev.whatsappmd.localserver.pairing.CodeOffer;
import dev.whatsappmd.localserver.pairing.PairingQr;
import dev.whatsappmd.localserver.pairing.PairingRefusedException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The phone of one account on a {@link LocalWhatsAppServer}: links devices, unlinks them, has things for them. */
public final class SimulatedPhone {
    private static final Duration LINK_LIMIT = Duration.ofSeconds(20);

    private final ServerRoom room;
    private final Account account;

    SimulatedPhone(ServerRoom room, Account account) {
        this.room = room;
        this.account = account;
    }

    /** The phone number, international digits only. */
    public String number() {
        return account.profile().number();
    }

    /** The account by number, e.g. {@code 4915100000001@s.whatsapp.net}. */
    public String jid() {
        return account.jid().toString();
    }

    /** The account by LID; the same number always has the same. */
    public String lid() {
        return account.lid().toString();
    }

    /** The phone's public Signal identity, 32 bytes. */
    public byte[] identityKey() {
        return account.identity().publicKey().clone();
    }

    /**
     * Scans a code that a client shows, and waits up to 20 s until the client is linked: it has got pair-success, has
     * signed, and was told to restart.
     *
     * @param qr the code's text, with or without {@code https://wa.me/settings/linked_devices#}
     * @throws IllegalArgumentException when the text is no linking code
     * @throws PairingRefusedException when the server does not know the ref, or the client refused; says which
     */
    public LinkedDevice scan(String qr) {
        requireMayWait("scan", "startScan");
        return await(startScan(qr));
    }

    private void requireMayWait(String method, String other) {
        if (room.loop().isLoopThread()) {
            throw new IllegalStateException(
                    method + " waits for the client, so an IqHandler cannot call it; use " + other);
        }
    }

    private LinkedDevice await(CompletableFuture<LinkedDevice> linking) {
        try {
            return linking.get(LINK_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PairingRefusedException refused) {
                throw new PairingRefusedException(refused.getMessage());
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new PairingRefusedException("the client did not let itself be linked within " + LINK_LIMIT.toSeconds()
                    + " s. Seen: " + room.recording().summary());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PairingRefusedException("interrupted while waiting for the client to sign");
        }
    }

    /**
     * Scans a code without waiting: completed when the client is linked, fails with {@link PairingRefusedException}.
     *
     * @throws IllegalArgumentException when the text is no linking code
     */
    public CompletableFuture<LinkedDevice> startScan(String qr) {
        PairingQr code = PairingQr.parse(qr);
        return room.loop()
                .call(() -> room.registrations().link(account, code))
                .thenApply(device -> new LinkedDevice(room, device));
    }

    /**
     * Types a code that a client shows for this phone's number, and waits up to 20 s until the client is linked, as
     * {@link #scan} does. Of several clients the one that asked last is meant.
     *
     * @param code 8 letters or digits; a dash and the case do not matter
     * @throws IllegalArgumentException when the text is no such code
     * @throws PairingRefusedException when no client shows a code for this phone, it is too old (180 s), or it is a
     *     wrong one; says which
     */
    public LinkedDevice enterCode(String code) {
        requireMayWait("enterCode", "startEnterCode");
        return await(startEnterCode(code));
    }

    /**
     * Types a code without waiting for the client: completed when the client is linked, fails with {@link
     * PairingRefusedException}. Computes for some hundred milliseconds on the calling thread.
     *
     * @throws IllegalArgumentException when the text is no code of 8 letters or digits
     */
    public CompletableFuture<LinkedDevice> startEnterCode(String code) {
        return startEnterCode(code, 1);
    }

    /**
     * {@link #startEnterCode(String)} by a phone that begins several times with the same key, as phones do when an
     * answer does not reach them, and goes on with the last answer. Clients answer three times at most.
     *
     * @param primaryHellos how often it begins, at least 1
     */
    public CompletableFuture<LinkedDevice> startEnterCode(String code, int primaryHellos) {
        if (primaryHellos < 1) {
            throw new IllegalArgumentException("a phone begins at least once, not " + primaryHellos + " times");
        }
        String typed = CodeHandshake.normalized(code);
        try {
            CodeOffer.Typing typing = room.loop().call(() -> room.codes().begin(account));
            CodeHandshake handshake = typing.handshake(typed);
            return room.loop()
                    .call(() -> room.codes().typed(typing, handshake, primaryHellos))
                    .thenApply(device -> new LinkedDevice(room, device));
        } catch (PairingRefusedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Takes the code back that was asked for last: it cannot be typed any more, and the client is told to ask for
     * another ({@code refresh_code}).
     *
     * @throws PairingRefusedException when no client shows a code for this phone
     */
    public void refreshCode() {
        room.loop().run(() -> room.codes().refresh(account));
    }

    /**
     * A scanner to hand codes to as a client shows them: scans the first one, and a later one only when an earlier scan
     * was refused.
     */
    public QrScanner scanWhenShown() {
        return new QrScanner(this);
    }

    /** The devices that are linked now, oldest first. */
    public List<LinkedDevice> devices() {
        return room.loop().call(account::devices).stream()
                .map(device -> new LinkedDevice(room, device))
                .toList();
    }

    /** The linked device with this number. */
    public LinkedDevice device(int id) {
        return devices().stream()
                .filter(device -> device.id() == id)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no device " + id + " is linked to " + this));
    }

    /** Has this stanza for each linked device: delivered now where one is on line, kept for the others. */
    public void deliver(Node stanza) {
        room.loop()
                .run(() -> account.devices().forEach(device -> room.contacts().deliverNew(device, stanza)));
    }

    /** Somebody of this name who writes to this account; made, with one device and an invented number, when there is none. */
    public SimulatedContact contact(String name) {
        return room.loop().call(() -> room.phoneBook().find(account, name)).orElseGet(() -> newContact(name)
                .create());
    }

    /** Somebody who writes to this account, with settings of its own. */
    public SimulatedContact.Builder newContact(String name) {
        return new SimulatedContact.Builder(room, account, name);
    }

    /** A new group in which this account and these contacts are. */
    public SimulatedGroup group(String subject, SimulatedContact... members) {
        Objects.requireNonNull(subject, "subject");
        return new SimulatedGroup(room, room.loop().call(() -> room.phoneBook().newGroup(subject))).adds(members);
    }

    /** What this phone itself sends to its linked devices. */
    public OwnMessages own() {
        return new OwnMessages(room, account);
    }

    /**
     * Keeps back all that is written while it runs, on the whole server, and then delivers it in an order that the seed
     * decides.
     */
    public void shuffled(long seed, Runnable writing) {
        room.loop().run(room.contacts()::hold);
        try {
            writing.run();
        } finally {
            room.loop().run(() -> room.contacts().releaseShuffled(seed));
        }
    }

    /** Unlinks a device: on line it is told so (401 device_removed), and it cannot log in any more. */
    public void removeDevice(LinkedDevice device) {
        Device known = device.device();
        if (known.account() != account) {
            throw new IllegalArgumentException(device + " is linked to another phone");
        }
        room.loop().run(() -> room.sessions().remove(known));
    }

    /** Unlinks all devices. */
    public void removeAllDevices() {
        devices().forEach(this::removeDevice);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SimulatedPhone phone && account == phone.account;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(account);
    }

    @Override
    public String toString() {
        return account.toString();
    }

    /** Settings of a phone. */
    public static final class Builder {
        private final ServerRoom room;
        private final String number;
        private String pushName = "Simulated Phone";
        private @Nullable String platform;
        private @Nullable String business;
        private boolean hosted;
        private boolean hostedDevice;

        Builder(ServerRoom room, String number) {
            this.room = room;
            this.number = number;
        }

        /** The name that the account shows others. */
        public Builder pushName(String name) {
            this.pushName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** What the phone calls its platform: android, iphone, smba, …; android, for a business smba, by default. */
        public Builder platform(String name) {
            this.platform = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Makes it a business account of this name. */
        public Builder business(String name) {
            this.business = Objects.requireNonNull(name, "name");
            return this;
        }

        /** Makes it a hosted account: its own prefix for the HMAC of pair-success. */
        public Builder hosted() {
            this.hosted = true;
            return this;
        }

        /** Makes its device identities hosted ones: their own prefix for the account signature. */
        public Builder hostedDevice() {
            this.hostedDevice = true;
            return this;
        }

        /**
         * Makes the phone.
         *
         * @throws IllegalStateException when the server has one with this number
         */
        public SimulatedPhone create() {
            String named = platform != null ? platform : business != null ? "smba" : "android";
            PhoneProfile profile = new PhoneProfile(number, pushName, named, business, hosted, hostedDevice);
            return new SimulatedPhone(room, room.loop().call(() -> room.account(profile, false)));
        }
    }
}
