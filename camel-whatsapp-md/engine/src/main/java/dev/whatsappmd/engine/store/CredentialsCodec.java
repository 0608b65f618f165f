package dev.whatsappmd.engine.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.proto.store.StoredAccount;
import dev.whatsappmd.engine.proto.store.StoredCredentials;
import dev.whatsappmd.engine.proto.store.StoredInstant;
import dev.whatsappmd.engine.proto.store.StoredKeyPair;
import dev.whatsappmd.engine.proto.store.StoredPreKey;
import dev.whatsappmd.engine.proto.store.StoredRevocation;
import dev.whatsappmd.engine.proto.store.StoredSignedPreKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** Credentials and pre-keys as the bytes of their rows, and back ({@code credentials.proto} in a {@link RowFormat}). */
final class CredentialsCodec {
    static final int VERSION = 1;

    private CredentialsCodec() {}

    static byte[] encode(String key, Credentials credentials) {
        StoredCredentials.Builder stored = StoredCredentials.newBuilder()
                .setNoiseKey(stored(credentials.noiseKey()))
                .setIdentityKey(stored(credentials.identityKey()))
                .setSignedPreKey(StoredSignedPreKey.newBuilder()
                        .setId(credentials.signedPreKey().id())
                        .setKeyPair(stored(credentials.signedPreKey().keyPair()))
                        .setSignature(bytes(credentials.signedPreKey().signature())))
                .setRegistrationId(credentials.registrationId())
                .setAdvSecret(bytes(credentials.advSecret()))
                .setNextPreKeyId(credentials.nextPreKeyId());
        credentials.account().ifPresent(account -> stored.setAccount(stored(account)));
        credentials
                .revocation()
                .ifPresent(revocation -> stored.setRevocation(StoredRevocation.newBuilder()
                        .setCode(revocation.code())
                        .setKind(revocation.kind())
                        .setAt(stored(revocation.at()))));
        credentials.routingInfo().ifPresent(info -> stored.setRoutingInfo(bytes(info)));
        return RowFormat.seal(Table.CREDENTIALS, key, VERSION, stored.build().toByteArray());
    }

    /** @throws SessionStoreException {@code CORRUPT} or {@code NEWER} */
    static Credentials decodeCredentials(String key, byte[] row) {
        byte[] payload = RowFormat.open(Table.CREDENTIALS, key, VERSION, row);
        try {
            StoredCredentials stored = StoredCredentials.parseFrom(payload);
            return Credentials.builder()
                    .noiseKey(keyPair(stored.getNoiseKey()))
                    .identityKey(keyPair(stored.getIdentityKey()))
                    .signedPreKey(new Credentials.SignedPreKey(
                            stored.getSignedPreKey().getId(),
                            keyPair(stored.getSignedPreKey().getKeyPair()),
                            stored.getSignedPreKey().getSignature().toByteArray()))
                    .registrationId(stored.getRegistrationId())
                    .advSecret(stored.getAdvSecret().toByteArray())
                    .nextPreKeyId(stored.getNextPreKeyId())
                    .account(stored.hasAccount() ? Optional.of(account(stored.getAccount())) : Optional.empty())
                    .revocation(
                            stored.hasRevocation() ? Optional.of(revocation(stored.getRevocation())) : Optional.empty())
                    .routingInfo(
                            stored.hasRoutingInfo()
                                    ? Optional.of(stored.getRoutingInfo().toByteArray())
                                    : Optional.empty())
                    .build();
        } catch (InvalidProtocolBufferException
                | IllegalArgumentException
                | DateTimeException
                | ArithmeticException e) {
            // Not as the cause: what a parser says about the bytes may quote them.
            throw RowFormat.corrupt(Table.CREDENTIALS, key, "its fields do not make credentials");
        }
    }

    static byte[] encode(String key, PreKey preKey) {
        StoredPreKey stored = StoredPreKey.newBuilder()
                .setKeyPair(stored(preKey.keyPair()))
                .setUploaded(preKey.uploaded())
                .build();
        return RowFormat.seal(Table.PRE_KEYS, key, VERSION, stored.toByteArray());
    }

    /** @throws SessionStoreException {@code CORRUPT} or {@code NEWER} */
    static PreKey decodePreKey(String key, byte[] row) {
        byte[] payload = RowFormat.open(Table.PRE_KEYS, key, VERSION, row);
        try {
            StoredPreKey stored = StoredPreKey.parseFrom(payload);
            return new PreKey(Integer.parseInt(key), keyPair(stored.getKeyPair()), stored.getUploaded());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw RowFormat.corrupt(Table.PRE_KEYS, key, "its fields do not make a pre-key");
        }
    }

    private static StoredAccount stored(Credentials.Account account) {
        StoredAccount.Builder stored = StoredAccount.newBuilder()
                .setId(account.id().toString())
                .setPlatform(account.platform())
                .setSignedDeviceIdentity(bytes(account.signedDeviceIdentity()))
                .setPrimaryIdentityKey(bytes(account.primaryIdentityKey()))
                .setPairedAt(stored(account.pairedAt()));
        account.lid().ifPresent(lid -> stored.setLid(lid.toString()));
        account.pushName().ifPresent(stored::setPushName);
        account.businessName().ifPresent(stored::setBusinessName);
        return stored.build();
    }

    private static Credentials.Account account(StoredAccount stored) {
        return new Credentials.Account(
                Jid.parse(stored.getId()),
                stored.hasLid() ? Optional.of(Jid.parse(stored.getLid())) : Optional.empty(),
                stored.hasPushName() ? Optional.of(stored.getPushName()) : Optional.empty(),
                stored.getPlatform(),
                stored.hasBusinessName() ? Optional.of(stored.getBusinessName()) : Optional.empty(),
                stored.getSignedDeviceIdentity().toByteArray(),
                stored.getPrimaryIdentityKey().toByteArray(),
                instant(stored.getPairedAt()));
    }

    private static Credentials.Revocation revocation(StoredRevocation stored) {
        return new Credentials.Revocation(stored.getCode(), stored.getKind(), instant(stored.getAt()));
    }

    private static StoredKeyPair stored(KeyPair pair) {
        return StoredKeyPair.newBuilder()
                .setPrivateKey(bytes(pair.privateKey()))
                .setPublicKey(bytes(pair.publicKey()))
                .build();
    }

    private static KeyPair keyPair(StoredKeyPair stored) {
        return new KeyPair(
                stored.getPrivateKey().toByteArray(), stored.getPublicKey().toByteArray());
    }

    private static StoredInstant stored(Instant instant) {
        return StoredInstant.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    private static Instant instant(StoredInstant stored) {
        return Instant.ofEpochSecond(stored.getSeconds(), stored.getNanos());
    }

    private static ByteString bytes(byte[] value) {
        return ByteString.copyFrom(value);
    }
}
