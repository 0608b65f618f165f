package dev.whatsappmd.engine.noise;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.whatsappmd.engine.crypto.Curve25519;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage.ClientFinish;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage.ClientHello;
import dev.whatsappmd.engine.proto.noise.HandshakeMessage.ServerHello;

/** The three messages of the handshake, refused when a part is missing. */
final class HandshakeMessages {
    private HandshakeMessages() {}

    static byte[] clientHello(byte[] ephemeral) {
        return HandshakeMessage.newBuilder()
                .setClientHello(ClientHello.newBuilder().setEphemeral(ByteString.copyFrom(ephemeral)))
                .build()
                .toByteArray();
    }

    static byte[] serverHello(byte[] ephemeral, byte[] encryptedStatic, byte[] encryptedChain) {
        return HandshakeMessage.newBuilder()
                .setServerHello(ServerHello.newBuilder()
                        .setEphemeral(ByteString.copyFrom(ephemeral))
                        .setStatic(ByteString.copyFrom(encryptedStatic))
                        .setPayload(ByteString.copyFrom(encryptedChain)))
                .build()
                .toByteArray();
    }

    static byte[] clientFinish(byte[] encryptedStatic, byte[] encryptedPayload) {
        return HandshakeMessage.newBuilder()
                .setClientFinish(ClientFinish.newBuilder()
                        .setStatic(ByteString.copyFrom(encryptedStatic))
                        .setPayload(ByteString.copyFrom(encryptedPayload)))
                .build()
                .toByteArray();
    }

    static ClientHello clientHelloOf(byte[] message) throws NoiseException {
        HandshakeMessage parsed = parse(message);
        ClientHello hello = parsed.getClientHello();
        complete(parsed.hasClientHello() && hello.hasEphemeral(), message, "clientHello with an ephemeral key");
        key(hello.getEphemeral().toByteArray(), "the client's ephemeral key");
        return hello;
    }

    static ServerHello serverHelloOf(byte[] message) throws NoiseException {
        HandshakeMessage parsed = parse(message);
        ServerHello hello = parsed.getServerHello();
        boolean complete = parsed.hasServerHello() && hello.hasEphemeral() && hello.hasStatic() && hello.hasPayload();
        complete(complete, message, "serverHello with ephemeral key, static key and payload");
        key(hello.getEphemeral().toByteArray(), "the server's ephemeral key");
        return hello;
    }

    static ClientFinish clientFinishOf(byte[] message) throws NoiseException {
        HandshakeMessage parsed = parse(message);
        ClientFinish finish = parsed.getClientFinish();
        complete(
                parsed.hasClientFinish() && finish.hasStatic() && finish.hasPayload(),
                message,
                "clientFinish with static key and payload");
        return finish;
    }

    /** Refuses a key that is not 32 raw bytes; a prefixed one would be another key for the hash. */
    static byte[] key(byte[] key, String which) throws NoiseException {
        if (key.length != Curve25519.KEY_LENGTH) {
            throw new NoiseException(which + " has " + key.length + " bytes, not " + Curve25519.KEY_LENGTH);
        }
        return key;
    }

    private static HandshakeMessage parse(byte[] message) throws NoiseException {
        try {
            return HandshakeMessage.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new NoiseException("a handshake message of " + message.length + " bytes cannot be read", e);
        }
    }

    private static void complete(boolean complete, byte[] message, String expected) throws NoiseException {
        if (!complete) {
            throw new NoiseException("a handshake message of " + message.length + " bytes is no " + expected);
        }
    }
}
