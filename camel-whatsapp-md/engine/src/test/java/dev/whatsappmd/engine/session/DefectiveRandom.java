package dev.whatsappmd.engine.session;

import java.util.random.RandomGenerator;

/** Fails now and then, wherever a machine draws: stands for a defect of this program. */
final class DefectiveRandom implements RandomGenerator {
    private final RandomGenerator drawn;
    private int every;
    private boolean once;

    /** @param every one of so many draws fails, 1 for each; 0 for none, until told otherwise */
    DefectiveRandom(RandomGenerator drawn, int every) {
        this.drawn = drawn;
        this.every = every;
    }

    void every(int draws) {
        every = draws;
    }

    /** The next draw fails, and none behind it. */
    void failOnce() {
        once = true;
    }

    @Override
    public long nextLong() {
        if (once) {
            once = false;
            throw new IllegalStateException("a defect");
        }
        if (every > 0 && drawn.nextInt(every) == 0) {
            throw new IllegalStateException("a defect");
        }
        return drawn.nextLong();
    }

    /** Key material comes whole: what is tested is the machine. */
    @Override
    public void nextBytes(byte[] bytes) {
        drawn.nextBytes(bytes);
    }
}
