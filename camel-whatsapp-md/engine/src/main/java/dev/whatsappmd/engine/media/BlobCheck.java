package dev.whatsappmd.engine.media;

import dev.whatsappmd.engine.crypto.Hmac;
import dev.whatsappmd.engine.crypto.HmacStream;
import dev.whatsappmd.engine.crypto.Sha256Stream;

/**
 * Looks at an encrypted blob while it goes by: hash over all of it, MAC over the IV and all but its last ten bytes, which
 * are the MAC. For one thread and one blob.
 */
final class BlobCheck {
    /** How much of the MAC is sent. */
    static final int MAC_LENGTH = 10;

    private static final int BLOCK = 16;

    private final HmacStream mac;
    private final Sha256Stream hash = new Sha256Stream();
    /** The last bytes so far: they are the MAC if nothing follows. */
    private final byte[] tail = new byte[MAC_LENGTH];

    private int tailLength;
    private long length;

    BlobCheck(MediaKeys keys) {
        mac = new HmacStream(keys.macKey());
        byte[] iv = keys.iv();
        mac.update(iv, 0, iv.length);
    }

    /** The encrypted length of a file of this length. */
    static long encryptedLength(long fileLength) {
        return (fileLength / BLOCK + 1) * BLOCK + MAC_LENGTH;
    }

    void update(byte[] bytes, int offset, int count) {
        hash.update(bytes, offset, count);
        length += count;
        int surplus = tailLength + count - MAC_LENGTH;
        if (surplus <= 0) {
            System.arraycopy(bytes, offset, tail, tailLength, count);
            tailLength += count;
            return;
        }
        int fromTail = Math.min(surplus, tailLength);
        mac.update(tail, 0, fromTail);
        System.arraycopy(tail, fromTail, tail, 0, tailLength - fromTail);
        tailLength -= fromTail;
        int fromBytes = surplus - fromTail;
        mac.update(bytes, offset, fromBytes);
        System.arraycopy(bytes, offset + fromBytes, tail, tailLength, count - fromBytes);
        tailLength += count - fromBytes;
    }

    /** Ends the blob. @throws MediaException when it is not what its sender encrypted */
    void finish(byte[] fileEncSha256) throws MediaException {
        if (length < BLOCK + MAC_LENGTH || (length - MAC_LENGTH) % BLOCK != 0) {
            throw MediaException.damaged("an encrypted file of " + length
                    + " bytes: it has whole blocks of 16 bytes, at least one, and 10" + " bytes of MAC");
        }
        if (!Hmac.matches(hash.finish(), fileEncSha256)) {
            throw MediaException.damaged("the hash of the encrypted file (" + length + " bytes) does not hold");
        }
        if (!Hmac.matches(mac.finish(), tail, MAC_LENGTH)) {
            throw MediaException.damaged("the MAC of the encrypted file (" + length + " bytes) does not hold");
        }
    }
}
