package dev.whatsappmd.engine.prekey;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.node.Node;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Whether the server has the keys we have. It answers {@link PreKeyNodes#digest()} with our public keys, the numbers of
 * the one-time pre-keys it still hands out, and a SHA-1 over identity, signed pre-key, its signature and those pre-keys in
 * the order of their numbers' list (zapo SignalDigestSyncApi.ts).
 */
public final class KeyBundleDigest {
    private KeyBundleDigest() {}

    /** How the two sides differ. */
    public enum Result {
        MATCHES(false),
        /** The server has no keys of this device. */
        NOT_ON_SERVER(true),
        REGISTRATION_ID_DIFFERS(true),
        IDENTITY_DIFFERS(true),
        SIGNED_PRE_KEY_DIFFERS(true),
        /** The server hands out a pre-key that we have no more: messages under it cannot be read. */
        PRE_KEY_MISSING_HERE(true),
        HASH_DIFFERS(true),
        /** The server keeps keys of a kind we do not make; new ones of ours would not help. */
        OTHER_KEY_TYPE(false),
        /** An error, or an answer that says too little: nothing is known. */
        UNREADABLE(false);

        private final boolean upload;

        Result(boolean upload) {
            this.upload = upload;
        }

        /** Whether all keys are to be uploaded again, with {@link PreKeyPolicy#INITIAL_COUNT} pre-keys. */
        public boolean mustUpload() {
            return upload;
        }
    }

    /**
     * Compares.
     *
     * @param answer the server's iq, a result or an error
     * @param preKey finds a stored pre-key by its number
     */
    public static Result compare(Node answer, Credentials credentials, IntFunction<Optional<PreKey>> preKey) {
        if (isNotFound(answer)) {
            return Result.NOT_ON_SERVER;
        }
        if (!answer.hasAttribute("type", "result")) {
            return Result.UNREADABLE;
        }
        return answer.child("digest")
                .map(digest -> compareBundle(digest, credentials, preKey))
                // A result without a digest is how Baileys (Socket/socket.ts) knows that nothing is there.
                .orElse(Result.NOT_ON_SERVER);
    }

    private static boolean isNotFound(Node answer) {
        return answer.hasAttribute("type", "error")
                && answer.child("error")
                        .filter(error -> error.hasAttribute("code", "404"))
                        .isPresent();
    }

    private static Result compareBundle(Node digest, Credentials own, IntFunction<Optional<PreKey>> preKey) {
        Optional<byte[]> type = bytes(digest, "type");
        Optional<byte[]> hash = bytes(digest, "hash");
        Optional<Node> signed = digest.child("skey");
        Optional<Node> list = digest.child("list");
        if (type.isEmpty() || hash.isEmpty() || hash.get().length == 0 || signed.isEmpty() || list.isEmpty()) {
            return Result.UNREADABLE;
        }
        if (!Arrays.equals(type.get(), new byte[] {Curve25519.PREFIX})) {
            return Result.OTHER_KEY_TYPE;
        }
        if (number(bytes(digest, "registration"), PreKeyNodes.REGISTRATION_LENGTH) != own.registrationId()) {
            return Result.REGISTRATION_ID_DIFFERS;
        }
        if (!has(digest, "identity", own.identityKey().publicKey())) {
            return Result.IDENTITY_DIFFERS;
        }
        if (number(bytes(signed.get(), "id"), PreKeyNodes.ID_LENGTH)
                        != own.signedPreKey().id()
                || !has(signed.get(), "value", own.signedPreKey().keyPair().publicKey())
                || !has(signed.get(), "signature", own.signedPreKey().signature())) {
            return Result.SIGNED_PRE_KEY_DIFFERS;
        }
        return compareHash(list.get(), hash.get(), own, preKey);
    }

    private static Result compareHash(Node list, byte[] hash, Credentials own, IntFunction<Optional<PreKey>> preKey) {
        MessageDigest sha1 = sha1();
        sha1.update(own.identityKey().publicKey());
        sha1.update(own.signedPreKey().keyPair().publicKey());
        sha1.update(own.signedPreKey().signature());
        for (Node entry : list.children()) {
            int id = number(entry.bytes(), PreKeyNodes.ID_LENGTH);
            Optional<PreKey> stored = id < 1 ? Optional.empty() : preKey.apply(id);
            if (stored.isEmpty()) {
                return Result.PRE_KEY_MISSING_HERE;
            }
            sha1.update(stored.get().keyPair().publicKey());
        }
        // The server may send the beginning of the hash only.
        byte[] computed = sha1.digest();
        return hash.length <= computed.length && Arrays.equals(Arrays.copyOf(computed, hash.length), hash)
                ? Result.MATCHES
                : Result.HASH_DIFFERS;
    }

    private static Optional<byte[]> bytes(Node parent, String tag) {
        return parent.child(tag).flatMap(Node::bytes);
    }

    private static boolean has(Node parent, String tag, byte[] expected) {
        return bytes(parent, tag)
                .filter(found -> Arrays.equals(found, expected))
                .isPresent();
    }

    /** The number in so many bytes, highest first; -1 when there are not so many. */
    private static int number(Optional<byte[]> bytes, int length) {
        if (bytes.isEmpty() || bytes.get().length != length) {
            return -1;
        }
        int number = 0;
        for (byte next : bytes.get()) {
            number = number << Byte.SIZE | (next & 0xff);
        }
        return number;
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-1; use a standard JDK 17 or newer", e);
        }
    }
}
