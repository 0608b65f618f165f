package dev.whatsappmd.engine.signal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The sender keys that one device has used in one group. Messages under an earlier one may still come. */
final class SenderKeys {
    /** Keys that are kept: five as in libsignal (the vectors: senderKeyStates). */
    static final int STATES_MAX = 5;
    /** Seeds of overtaken messages under all keys together. */
    static final int SKIPPED_MAX = 2 * MessageChain.JUMP_MAX;

    /** Newest last. */
    private final List<SenderKey> states;

    SenderKeys() {
        this(List.of());
    }

    SenderKeys(List<SenderKey> states) {
        this.states = new ArrayList<>(states);
    }

    List<SenderKey> states() {
        return states;
    }

    Optional<SenderKey> newest() {
        return states.isEmpty() ? Optional.empty() : Optional.of(states.get(states.size() - 1));
    }

    Optional<SenderKey> byId(int id) {
        return states.stream().filter(state -> state.id() == id).findFirst();
    }

    /** A key was handed out; the same one again does not move its chain back. Another one of the same number replaces it. */
    void distributed(int id, byte[] signingPublic, byte[] chainKey, long iteration) {
        Optional<SenderKey> known =
                byId(id).filter(state -> Arrays.equals(state.verifier().publicKey(), signingPublic));
        states.removeIf(state -> state.id() == id);
        known.ifPresent(state -> state.catchUp(chainKey, iteration));
        add(known.orElseGet(() -> new SenderKey(id, signingPublic, null, new MessageChain(chainKey, iteration))));
    }

    void add(SenderKey newest) {
        states.add(newest);
        bound();
    }

    /** Takes in what another record has and this one has not, as older keys. */
    void addOlder(SenderKeys others) {
        List<SenderKey> missing = others.states.stream()
                .filter(other -> byId(other.id()).isEmpty())
                .toList();
        states.addAll(0, missing);
        bound();
    }

    void bound() {
        while (states.size() > STATES_MAX) {
            states.remove(0);
        }
        int tooMany = skipped() - SKIPPED_MAX;
        for (int i = 0; i < states.size() && tooMany > 0; i++) {
            SkippedKeys keys = states.get(i).chain().skipped();
            tooMany -= keys.keepNewest(Math.max(keys.size() - tooMany, 0));
        }
    }

    int skipped() {
        return states.stream().mapToInt(state -> state.chain().skipped().size()).sum();
    }
}
