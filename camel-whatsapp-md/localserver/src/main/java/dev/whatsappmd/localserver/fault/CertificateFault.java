package dev.whatsappmd.localserver.fault;

import java.util.Locale;

/**
 * A certificate chain in the server's hello that a client must refuse; only at {@link Moment#HELLO}. The handshake itself
 * is in order, so that only the client's own look at the chain can notice it. The rules are whatsmeow's (handshake.go,
 * verifyServerCert).
 */
public enum CertificateFault implements ServerFault {
    /** The dates of both certificates are over. */
    EXPIRED,
    /** Only the date of the intermediate is over. */
    INTERMEDIATE_EXPIRED,
    /** Only the date of the leaf is over. */
    LEAF_EXPIRED,
    /** Both hold from tomorrow on. */
    NOT_YET_VALID,
    /** Only the leaf holds from tomorrow on. */
    LEAF_NOT_YET_VALID,
    /** The intermediate names another issuer than the root. */
    WRONG_ISSUER_SERIAL,
    /** The leaf names another issuer than the intermediate. */
    WRONG_LEAF_ISSUER_SERIAL,
    /** All is in order, under a root that the client does not pin. */
    OTHER_ROOT,
    /** The leaf is about another key than the one that the server has in the handshake. */
    OTHER_KEY,
    /** The leaf is signed by the root itself, past the intermediate. */
    LEAF_SIGNED_BY_ROOT,
    /** The intermediate's key is a byte short; the root has signed that. */
    SHORT_INTERMEDIATE_KEY,
    /** The root has signed bytes that are no certificate. */
    UNREADABLE_INTERMEDIATE,
    /** The intermediate has signed bytes that are no certificate. */
    UNREADABLE_LEAF,
    /** One bit of the root's signature is another. */
    BAD_INTERMEDIATE_SIGNATURE,
    /** One bit of the intermediate's signature is another. */
    BAD_LEAF_SIGNATURE,
    /** The intermediate has no signature. */
    UNSIGNED_INTERMEDIATE,
    /** The leaf has no signature. */
    UNSIGNED_LEAF,
    /** There is no intermediate. */
    NO_INTERMEDIATE,
    /** There is no leaf. */
    NO_LEAF,
    /** Bytes that are no chain. */
    GARBAGE_CHAIN,
    /** No bytes at all. */
    EMPTY_CHAIN;

    @Override
    public boolean fits(Moment moment) {
        return moment == Moment.HELLO;
    }

    @Override
    public String toString() {
        return "certificate: " + name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
