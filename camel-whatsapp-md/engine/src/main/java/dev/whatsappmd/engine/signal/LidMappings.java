package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;

/** Which LID belongs to which phone number; one row for each direction. Users only, without server and device. */
final class LidMappings {
    private static final String OF_NUMBER = "pn:";
    private static final String OF_LID = "lid:";

    private final CachedTable<String> rows;

    LidMappings(CachedTable<String> rows) {
        this.rows = rows;
    }

    Optional<String> lidOf(String pnUser) {
        return Optional.ofNullable(rows.get(OF_NUMBER + pnUser));
    }

    Optional<String> numberOf(String lidUser) {
        return Optional.ofNullable(rows.get(OF_LID + lidUser));
    }

    /**
     * Puts the pair in the place of what was known of either: a person can get another LID, and keep it with another
     * number. Whether that is news.
     */
    boolean put(String pnUser, String lidUser) {
        Optional<String> oldLid = lidOf(pnUser);
        Optional<String> oldNumber = numberOf(lidUser);
        if (oldLid.filter(lidUser::equals).isPresent()
                && oldNumber.filter(pnUser::equals).isPresent()) {
            return false;
        }
        oldLid.filter(old -> numberOf(old).filter(pnUser::equals).isPresent())
                .ifPresent(old -> rows.delete(OF_LID + old));
        oldNumber
                .filter(old -> lidOf(old).filter(lidUser::equals).isPresent())
                .ifPresent(old -> rows.delete(OF_NUMBER + old));
        rows.put(OF_NUMBER + pnUser, lidUser);
        rows.put(OF_LID + lidUser, pnUser);
        return true;
    }

    /** A user as the inside of a row. */
    static final class Codec implements RowCodec<String> {
        @Override
        public byte[] encode(String user) {
            return ByteString.copyFromUtf8(user).toByteArray();
        }

        @Override
        public String decode(byte[] payload) throws InvalidProtocolBufferException {
            ByteString text = ByteString.copyFrom(payload);
            if (text.isEmpty() || !text.isValidUtf8()) {
                throw new InvalidProtocolBufferException("no user");
            }
            return text.toStringUtf8();
        }

        @Override
        public int weight(String user) {
            return 2 * user.length();
        }
    }
}
