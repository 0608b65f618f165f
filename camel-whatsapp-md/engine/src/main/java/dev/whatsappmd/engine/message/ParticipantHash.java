package dev.whatsappmd.engine.message;

import dev.whatsappmd.engine.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;

/** A short name for the set of devices that a message goes to: both sides see whether they mean the same ones. */
public final class ParticipantHash {
    private static final int LENGTH = 6;

    private ParticipantHash() {}

    /** @param devices their addresses, in any order (Baileys {@code generateParticipantHashV2}) */
    public static String of(Collection<String> devices) {
        String all = String.join("", devices.stream().sorted().toList());
        byte[] hash = Sha256.hash(all.getBytes(StandardCharsets.UTF_8));
        return "2:" + Base64.getEncoder().encodeToString(hash).substring(0, LENGTH);
    }
}
