package dev.whatsappmd.engine.store;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** Looks at all rows of a session when it is opened: how many there are, and whether its credentials can be read. */
final class RowCheck {
    private final RowCipher cipher;
    private final UnaryOperator<SessionStoreException> placed;
    private long rows;
    private boolean credentials;

    /** @param placed adds to a row's trouble the place it is in */
    RowCheck(RowCipher cipher, UnaryOperator<SessionStoreException> placed) {
        this.cipher = cipher;
        this.placed = placed;
    }

    /**
     * @param intact gives the value as it is stored, or throws when its checksum does not match
     * @throws SessionStoreException {@code CORRUPT} or {@code NEWER} for a row that the whole session needs
     */
    void row(String kind, String key, Supplier<byte[]> intact) {
        rows++;
        if (Table.isOfOneAddress(kind)) {
            // Damage there concerns one address, which is told when it is read.
            return;
        }
        byte[] stored = intact.get();
        if (kind.equals(Table.CREDENTIALS.name())) {
            try {
                CredentialsCodec.decodeCredentials(key, cipher.open(kind, key, stored));
            } catch (SessionStoreException e) {
                throw placed.apply(e);
            }
            credentials |= key.equals(SessionRows.SELF);
        }
    }

    long rows() {
        return rows;
    }

    /** Whether the session has been saved at all. */
    boolean hasCredentials() {
        return credentials;
    }
}
