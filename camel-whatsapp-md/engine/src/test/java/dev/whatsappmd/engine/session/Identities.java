package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.pairing.PairSuccess;
import dev.whatsappmd.engine.prekey.PreKeyBatch;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Devices to begin a test with. Made once: the keys are most of the work. */
final class Identities {
    /** Never linked. */
    static final Credentials NEW = NewCredentials.generate(new Random(1));

    private static final PreKeyBatch FIRST_UPLOAD =
            PreKeyBatch.next(paired(Duration.ofHours(1)), List.of(), 812, id -> false, new Random(3));

    /** Linked an hour ago; the server has all its pre-keys. */
    static final Credentials LINKED = FIRST_UPLOAD.updated();

    /** Those of {@link #LINKED}. */
    static final List<PreKey> PRE_KEYS =
            FIRST_UPLOAD.preKeys().stream().map(PreKey::markedUploaded).toList();

    /** {@link #LINKED}, but the user has removed it. */
    static final Credentials REVOKED = LINKED.toBuilder()
            .revocation(Optional.of(new Credentials.Revocation(401, "LOGGED_OUT", MachineWorld.START)))
            .build();

    private Identities() {}

    /** {@link #LINKED} with another time of pairing. */
    static Credentials linkedBefore(Duration before) {
        return LINKED.toBuilder().account(paired(before).account()).build();
    }

    private static Credentials paired(Duration before) {
        Random random = new Random(2);
        PairSuccess.Result result =
                PairSuccess.verify(Stanzas.pairSuccess(NEW, random), NEW, MachineWorld.START.minus(before), random);
        return ((PairSuccess.Accepted) result).updated();
    }
}
