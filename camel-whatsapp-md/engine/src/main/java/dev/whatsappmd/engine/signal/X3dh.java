package dev.whatsappmd.engine.signal;

import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.crypto.KeyPair;
import dev.whatsappmd.engine.crypto.XEdDsa;
import dev.whatsappmd.engine.signal.SessionState.Pending;
import dev.whatsappmd.engine.signal.SignalException.Reason;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How a session begins (X3DH 3), at either side. */
final class X3dh {
    private X3dh() {}

    /**
     * The side that read a bundle.
     *
     * @throws SignalException {@code BAD_SIGNATURE} or {@code INVALID_KEY}
     */
    static SessionState initiate(KeyPair ownIdentity, PreKeyBundle bundle, RandomGenerator random)
            throws SignalException {
        byte[] identity = Envelope.publicKey(bundle.identityKey());
        byte[] signedPreKey = Envelope.publicKey(bundle.signedPreKey().publicKey());
        if (!XEdDsa.verify(identity, Envelope.prefixedBytes(signedPreKey), bundle.signature())) {
            throw new SignalException(
                    Reason.BAD_SIGNATURE,
                    "the signature of signed pre-key " + bundle.signedPreKey().id() + " is not its owner's");
        }
        byte[] oneTimePreKey = bundle.oneTimePreKey().isPresent()
                ? Envelope.publicKey(bundle.oneTimePreKey().get().publicKey())
                : null;
        KeyPair base = Curve25519.generateKeyPair(random);
        byte[] identityToSigned = RootKey.agree(ownIdentity.privateKey(), signedPreKey);
        byte[] baseToIdentity = RootKey.agree(base.privateKey(), identity);
        byte[] baseToSigned = RootKey.agree(base.privateKey(), signedPreKey);
        RootKey begun = oneTimePreKey == null
                ? RootKey.ofAgreements(identityToSigned, baseToIdentity, baseToSigned)
                : RootKey.ofAgreements(
                        identityToSigned,
                        baseToIdentity,
                        baseToSigned,
                        RootKey.agree(base.privateKey(), oneTimePreKey));
        OptionalInt preKeyId = bundle.oneTimePreKey().isPresent()
                ? OptionalInt.of(bundle.oneTimePreKey().get().id())
                : OptionalInt.empty();
        // The first message makes the ratchet step: the signed pre-key is the other side's first ratchet key.
        return new SessionState(
                base.publicKey(),
                identity,
                bundle.registrationId(),
                begun.root(),
                base,
                signedPreKey,
                null,
                0,
                List.of(),
                new Pending(preKeyId, bundle.signedPreKey().id()));
    }

    /**
     * The side whose pre-keys were used. Whether the other side is who it says shows when its message opens.
     *
     * @param oneTimePreKey null when the message names none
     * @throws SignalException {@code INVALID_KEY}
     */
    static SessionState respond(
            KeyPair ownIdentity, KeyPair signedPreKey, @Nullable KeyPair oneTimePreKey, PreKeyMessage message)
            throws SignalException {
        byte[] identityToSigned = RootKey.agree(signedPreKey.privateKey(), message.identityKey());
        byte[] baseToIdentity = RootKey.agree(ownIdentity.privateKey(), message.baseKey());
        byte[] baseToSigned = RootKey.agree(signedPreKey.privateKey(), message.baseKey());
        RootKey begun = oneTimePreKey == null
                ? RootKey.ofAgreements(identityToSigned, baseToIdentity, baseToSigned)
                : RootKey.ofAgreements(
                        identityToSigned,
                        baseToIdentity,
                        baseToSigned,
                        RootKey.agree(oneTimePreKey.privateKey(), message.baseKey()));
        return new SessionState(
                message.baseKey(),
                message.identityKey(),
                message.registrationId(),
                begun.root(),
                signedPreKey,
                message.baseKey(),
                null,
                0,
                List.of(),
                null);
    }
}
