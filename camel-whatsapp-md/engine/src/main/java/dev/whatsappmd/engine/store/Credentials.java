package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.jid.Jid;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Who this device is: its keys, and once it is paired, the account it belongs to. Immutable.
 *
 * <p>No code of the server ever removes credentials. A logout marks them {@link #revocation() revoked}; a person purges
 * them.
 */
public final class Credentials {
    private final KeyPair noiseKey;
    private final KeyPair identityKey;
    private final SignedPreKey signedPreKey;
    private final int registrationId;
    private final byte[] advSecret;
    private final int nextPreKeyId;
    private final Optional<Account> account;
    private final Optional<Revocation> revocation;
    private final Optional<byte[]> routingInfo;

    private Credentials(Builder from) {
        this.noiseKey = Objects.requireNonNull(from.noiseKey, "noiseKey");
        this.identityKey = Objects.requireNonNull(from.identityKey, "identityKey");
        this.signedPreKey = Objects.requireNonNull(from.signedPreKey, "signedPreKey");
        this.registrationId = from.registrationId;
        this.advSecret = Objects.requireNonNull(from.advSecret, "advSecret").clone();
        this.nextPreKeyId = from.nextPreKeyId;
        this.account = from.account;
        this.revocation = from.revocation;
        this.routingInfo = from.routingInfo;
        if (registrationId < 1 || registrationId > 0x3FFF) {
            throw new IllegalArgumentException("registrationId is 1 to 16383, not " + registrationId);
        }
        if (advSecret.length != 32) {
            throw new IllegalArgumentException("the ADV secret has 32 bytes, not " + advSecret.length);
        }
        if (nextPreKeyId < 1) {
            throw new IllegalArgumentException("nextPreKeyId starts at 1, not " + nextPreKeyId);
        }
    }

    /** A Curve25519 key pair with a number, its public key signed by the identity key. */
    public record SignedPreKey(int id, KeyPair keyPair, byte[] signature) {
        public SignedPreKey {
            Objects.requireNonNull(keyPair, "keyPair");
            if (signature.length != 64) {
                throw new IllegalArgumentException("a signature has 64 bytes, not " + signature.length);
            }
        }

        @Override
        public String toString() {
            return "SignedPreKey[" + id + "]";
        }
    }

    /**
     * The account this device is linked to; there from the moment pair-success was verified and saved.
     *
     * @param id this device's phone-number address, with its device number
     * @param lid this device's hidden address; empty until the server has told it
     * @param pushName the name the user shows; empty until known
     * @param platform what the phone said it runs on, e.g. {@code android}; may be blank
     * @param businessName the business name of the account; empty for private accounts
     * @param signedDeviceIdentity {@code ADVSignedDeviceIdentity} with the device's own signature, as bytes
     * @param primaryIdentityKey the phone's identity key (32 bytes), which signed this device
     * @param pairedAt when pairing was saved, by this machine's clock
     */
    public record Account(
            Jid id,
            Optional<Jid> lid,
            Optional<String> pushName,
            String platform,
            Optional<String> businessName,
            byte[] signedDeviceIdentity,
            byte[] primaryIdentityKey,
            Instant pairedAt) {

        public Account {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(lid, "lid");
            Objects.requireNonNull(pushName, "pushName");
            Objects.requireNonNull(platform, "platform");
            Objects.requireNonNull(businessName, "businessName");
            Objects.requireNonNull(signedDeviceIdentity, "signedDeviceIdentity");
            Objects.requireNonNull(primaryIdentityKey, "primaryIdentityKey");
            Objects.requireNonNull(pairedAt, "pairedAt");
        }

        public Account withLid(Jid value) {
            return new Account(
                    id,
                    Optional.of(value),
                    pushName,
                    platform,
                    businessName,
                    signedDeviceIdentity,
                    primaryIdentityKey,
                    pairedAt);
        }

        public Account withPushName(String value) {
            return new Account(
                    id,
                    lid,
                    Optional.of(value),
                    platform,
                    businessName,
                    signedDeviceIdentity,
                    primaryIdentityKey,
                    pairedAt);
        }

        /** Never the number. */
        @Override
        public String toString() {
            return "Account[device " + id.device() + ", " + platform + "]";
        }
    }

    /**
     * The server (or the user) ended this link. The credentials stay as evidence and are not used again.
     *
     * @param code the Baileys status code
     * @param kind what it meant
     */
    public record Revocation(int code, String kind, Instant at) {}

    public KeyPair noiseKey() {
        return noiseKey;
    }

    public KeyPair identityKey() {
        return identityKey;
    }

    public SignedPreKey signedPreKey() {
        return signedPreKey;
    }

    /** 1 to 16383. */
    public int registrationId() {
        return registrationId;
    }

    /** 32 bytes that only the phone that scans the code learns. */
    public byte[] advSecret() {
        return advSecret.clone();
    }

    /** The number the next one-time pre-key gets; from 1. */
    public int nextPreKeyId() {
        return nextPreKeyId;
    }

    public Optional<Account> account() {
        return account;
    }

    /** Whether this device is linked and the link has not been revoked. */
    public boolean registered() {
        return account.isPresent() && revocation.isEmpty();
    }

    public Optional<Revocation> revocation() {
        return revocation;
    }

    /** What the server wants to be told at the next dial, so that it routes us to the same place. */
    public Optional<byte[]> routingInfo() {
        return routingInfo;
    }

    public Builder toBuilder() {
        return new Builder()
                .noiseKey(noiseKey)
                .identityKey(identityKey)
                .signedPreKey(signedPreKey)
                .registrationId(registrationId)
                .advSecret(advSecret)
                .nextPreKeyId(nextPreKeyId)
                .account(account)
                .revocation(revocation)
                .routingInfo(routingInfo);
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String toString() {
        return "Credentials[" + (revocation.isPresent() ? "revoked" : registered() ? "registered" : "new") + "]";
    }

    /** Builds {@link Credentials}; for one use by one thread. */
    public static final class Builder {
        private KeyPair noiseKey;
        private KeyPair identityKey;
        private SignedPreKey signedPreKey;
        private int registrationId;
        private byte[] advSecret;
        private int nextPreKeyId = 1;
        private Optional<Account> account = Optional.empty();
        private Optional<Revocation> revocation = Optional.empty();
        private Optional<byte[]> routingInfo = Optional.empty();

        private Builder() {}

        public Builder noiseKey(KeyPair value) {
            this.noiseKey = value;
            return this;
        }

        public Builder identityKey(KeyPair value) {
            this.identityKey = value;
            return this;
        }

        public Builder signedPreKey(SignedPreKey value) {
            this.signedPreKey = value;
            return this;
        }

        public Builder registrationId(int value) {
            this.registrationId = value;
            return this;
        }

        public Builder advSecret(byte[] value) {
            this.advSecret = value;
            return this;
        }

        public Builder nextPreKeyId(int value) {
            this.nextPreKeyId = value;
            return this;
        }

        public Builder account(Optional<Account> value) {
            this.account = Objects.requireNonNull(value);
            return this;
        }

        public Builder revocation(Optional<Revocation> value) {
            this.revocation = Objects.requireNonNull(value);
            return this;
        }

        public Builder routingInfo(Optional<byte[]> value) {
            this.routingInfo = Objects.requireNonNull(value).map(byte[]::clone);
            return this;
        }

        public Credentials build() {
            return new Credentials(this);
        }
    }
}
