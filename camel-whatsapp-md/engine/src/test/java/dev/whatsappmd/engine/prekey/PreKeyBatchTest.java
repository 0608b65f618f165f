package dev.whatsappmd.engine.prekey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.engine.pairing.NewCredentials;
import dev.whatsappmd.engine.store.Credentials;
import dev.whatsappmd.engine.store.PreKey;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreKeyBatchTest {
    private static final IntPredicate NONE_TAKEN = id -> false;
    private static final Credentials OWN = NewCredentials.generate(new SplittableRandom(1));

    @Test
    void numbersTheFirstBatchFromOne() {
        PreKeyBatch batch = PreKeyBatch.next(OWN, List.of(), PreKeyPolicy.INITIAL_COUNT, NONE_TAKEN, random());
        assertThat(ids(batch.preKeys()))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 812).boxed().toList());
        assertThat(batch.fresh()).isEqualTo(batch.preKeys()).noneMatch(PreKey::uploaded);
        assertThat(batch.preKeys().stream().map(PreKey::keyPair).distinct()).hasSize(812);
        assertThat(batch.updated().nextPreKeyId()).isEqualTo(813);
    }

    @Test
    void uploadsAgainWhatWasNeverConfirmedAndMakesOnlyTheRest() {
        PreKeyBatch lost = PreKeyBatch.next(OWN, List.of(), 3, NONE_TAKEN, random());
        PreKeyBatch again = PreKeyBatch.next(lost.updated(), lost.fresh(), 5, NONE_TAKEN, random());
        assertThat(again.preKeys().subList(0, 3)).isEqualTo(lost.fresh());
        assertThat(ids(again.fresh())).containsExactly(4, 5);
        assertThat(again.updated().nextPreKeyId()).isEqualTo(6);
    }

    @Test
    void makesNothingWhenEnoughWasNeverConfirmed() {
        PreKeyBatch lost = PreKeyBatch.next(OWN, List.of(), 6, NONE_TAKEN, random());
        PreKeyBatch again = PreKeyBatch.next(lost.updated(), lost.fresh(), 5, NONE_TAKEN, random());
        assertThat(ids(again.preKeys())).containsExactly(1, 2, 3, 4, 5);
        assertThat(again.fresh()).isEmpty();
        assertThat(again.updated()).isSameAs(lost.updated());
    }

    @Test
    void startsAgainAtOneAfterTheLargestNumber() {
        Credentials nearTheEnd = OWN.toBuilder().nextPreKeyId(PreKey.MAX_ID - 1).build();
        PreKeyBatch last = PreKeyBatch.next(nearTheEnd, List.of(), 2, NONE_TAKEN, random());
        assertThat(ids(last.preKeys())).containsExactly(PreKey.MAX_ID - 1, PreKey.MAX_ID);
        // So that the newest one is still the number before.
        assertThat(last.updated().nextPreKeyId() - 1).isEqualTo(PreKey.MAX_ID);

        PreKeyBatch first = PreKeyBatch.next(last.updated(), List.of(), 2, NONE_TAKEN, random());
        assertThat(ids(first.preKeys())).containsExactly(1, 2);
        assertThat(first.updated().nextPreKeyId()).isEqualTo(3);
    }

    @Test
    void neverReplacesAPreKeyThatIsStillStored() {
        Credentials atTheEnd = OWN.toBuilder().nextPreKeyId(PreKey.MAX_ID).build();
        PreKeyBatch batch = PreKeyBatch.next(atTheEnd, List.of(), 3, Set.of(1, 2, 4)::contains, random());
        assertThat(ids(batch.preKeys())).containsExactly(PreKey.MAX_ID, 3, 5);
        assertThat(batch.updated().nextPreKeyId()).isEqualTo(6);
    }

    @Test
    void saysWhenNoNumberIsLeft() {
        assertThatThrownBy(() -> PreKeyBatch.next(OWN, List.of(), 1, id -> true, random()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in use");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, PreKey.MAX_ID + 1})
    void refusesACountThatIsNoUpload(int count) {
        assertThatThrownBy(() -> PreKeyBatch.next(OWN, List.of(), count, NONE_TAKEN, random()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + count);
    }

    private static List<Integer> ids(List<PreKey> preKeys) {
        return preKeys.stream().map(PreKey::id).toList();
    }

    private static SplittableRandom random() {
        return new SplittableRandom(2);
    }
}
