package dev.whatsappmd.benchmarks.noise;

import dev.whatsappmd.engine.noise.NoiseException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Microseconds to encrypt, frame and decrypt one frame. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FrameBenchmark {
    @Param({"100", "1024", "65536"})
    public int length;

    private FrameRoundTrip frames;

    @Setup
    public void connect() throws NoiseException {
        frames = new FrameRoundTrip(new Peers().shakeHands(), length);
    }

    @Benchmark
    public byte[] encryptAndDecrypt() throws NoiseException {
        return frames.once();
    }
}
