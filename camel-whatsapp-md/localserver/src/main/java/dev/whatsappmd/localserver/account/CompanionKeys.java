package dev.whatsappmd.localserver.account;

/**
 * What a client says about itself when it registers.
 *
 * @param noiseKey its Noise static key, 32 bytes: what the server knows it by later
 * @param identityKey its Signal identity, 32 bytes
 * @param registrationId its Signal registration id
 * @param signedPreKey its first signed pre-key
 * @param deviceProps its DeviceProps protobuf
 */
public record CompanionKeys(
        byte[] noiseKey, byte[] identityKey, int registrationId, SignedPreKey signedPreKey, byte[] deviceProps) {
    @Override
    public String toString() {
        return "companion keys of registration " + registrationId;
    }
}
