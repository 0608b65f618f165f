package dev.whatsappmd.engine.signal;

import com.google.protobuf.InvalidProtocolBufferException;

/** How values of one table are kept. */
interface RowCodec<V> {
    byte[] encode(V value);

    /**
     * @throws InvalidProtocolBufferException the payload is no message
     * @throws IllegalArgumentException it is one, and makes no value
     */
    V decode(byte[] payload) throws InvalidProtocolBufferException;

    /** Roughly how many bytes of memory the value takes. */
    int weight(V value);
}
