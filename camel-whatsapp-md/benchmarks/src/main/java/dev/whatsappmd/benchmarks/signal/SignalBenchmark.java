package dev.whatsappmd.benchmarks.signal;

import dev.whatsappmd.engine.signal.SignalException;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Microseconds for one message read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SignalBenchmark {
    private static final int BATCH = 256;

    private Conversations.Pair pair;
    private Conversations.Group group;
    private Party newcomer;
    private Iterator<byte[]> messages;
    private Iterator<byte[]> groupMessages;
    private Iterator<Conversations.First> firstMessages;

    @Setup(Level.Trial)
    public void connect() throws SignalException {
        pair = Conversations.Pair.connected();
        group = Conversations.Group.connected();
        newcomer = new Party("4915200000000@s.whatsapp.net");
    }

    @Setup(Level.Invocation)
    public void write() throws SignalException {
        messages = pair.messages(BATCH).iterator();
        groupMessages = group.messages(BATCH).iterator();
        newcomer.forget();
        firstMessages = Conversations.firstMessages(newcomer, BATCH).iterator();
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void msg(Blackhole sink) throws SignalException {
        while (messages.hasNext()) {
            sink.consume(pair.read(messages.next()));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void skmsg(Blackhole sink) throws SignalException {
        while (groupMessages.hasNext()) {
            sink.consume(group.read(groupMessages.next()));
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void pkmsg(Blackhole sink) throws SignalException {
        while (firstMessages.hasNext()) {
            Conversations.First first = firstMessages.next();
            sink.consume(newcomer.cipher.decryptPreKeyMessage(first.from(), first.bytes()));
        }
    }
}
