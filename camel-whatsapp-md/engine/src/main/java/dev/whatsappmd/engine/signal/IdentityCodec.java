package dev.whatsappmd.engine.signal;

import com.google.protobuf.ByteString;

/** An identity key, 32 raw bytes, is its own row. */
final class IdentityCodec implements RowCodec<byte[]> {
    @Override
    public byte[] encode(byte[] identityKey) {
        return identityKey;
    }

    @Override
    public byte[] decode(byte[] payload) {
        return SessionCodec.key(ByteString.copyFrom(payload));
    }

    @Override
    public int weight(byte[] identityKey) {
        return identityKey.length;
    }
}
