package dev.whatsappmd.engine.store;

/**
 * What a store does to a row's value on its way to the database and back. The checksum that a store keeps beside a value
 * is taken of what is stored, so that damage is found without the key. Safe for use by several threads.
 */
interface RowCipher {
    /** Stores values as they are. */
    RowCipher NONE = new RowCipher() {
        @Override
        public byte[] seal(String table, String key, byte[] value) {
            return value;
        }

        @Override
        public byte[] open(String table, String key, byte[] stored) {
            return stored;
        }
    };

    byte[] seal(String table, String key, byte[] value);

    /** @throws SessionStoreException {@code CORRUPT} or {@code NEWER} */
    byte[] open(String table, String key, byte[] stored);

    /** What can still be had of a row that may be damaged: the value, else what is stored. */
    default byte[] openOrKeep(String table, String key, byte[] stored) {
        try {
            return open(table, key, stored);
        } catch (SessionStoreException e) {
            return stored;
        }
    }
}
