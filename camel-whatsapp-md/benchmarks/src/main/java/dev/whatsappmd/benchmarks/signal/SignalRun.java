package dev.whatsappmd.benchmarks.signal;

import dev.whatsappmd.benchmarks.Cost;
import dev.whatsappmd.engine.signal.SignalException;
import java.util.Iterator;
import java.util.List;

/**
 * Reading of Signal messages as a process of its own, for a run side by side with other implementations; the results are
 * what {@link Cost#print} prints, under {@code signal.<what>}.
 *
 * <p>Arguments: {@code pkmsg}, {@code msg}, {@code pingpong} or {@code skmsg}, the milliseconds of the measurement (800) and
 * of the warm-up before it (3000). Messages are written in batches that are not measured; only {@code pingpong} measures
 * both sides, writing included, because each message answers another.
 */
public final class SignalRun {
    private static final int BATCH = 64;

    private SignalRun() {}

    /** Makes messages, and reads one. */
    private interface Work {
        Iterator<? extends Reading> batch() throws SignalException;
    }

    private interface Reading {
        byte[] read() throws SignalException;
    }

    public static void main(String[] args) throws SignalException {
        String what = args.length > 0 ? args[0] : "";
        long nanos = 1_000_000L * (args.length > 1 ? Integer.parseInt(args[1]) : 800);
        long warmUp = 1_000_000L * (args.length > 2 ? Integer.parseInt(args[2]) : 3000);
        Work work =
                switch (what) {
                    case "pkmsg" -> firstMessages();
                    case "msg" -> messages(Conversations.Pair.connected());
                    case "skmsg" -> groupMessages(Conversations.Group.connected());
                    case "pingpong" -> null;
                    default -> {
                        System.err.println("usage: SignalRun pkmsg|msg|pingpong|skmsg [milliseconds] [warm-up]");
                        System.exit(2);
                        yield null;
                    }
                };
        if (work == null) {
            Conversations.Pair pair = Conversations.Pair.connected();
            Cost.of(warmUp, BATCH, pair::pingPong);
            Cost.of(nanos, BATCH, pair::pingPong).dividedBy(2).print("signal.pingpong");
            return;
        }
        measured(work, warmUp);
        measured(work, nanos).print("signal." + what);
    }

    private static Cost measured(Work work, long nanos) throws SignalException {
        double wall = 0;
        double cpu = 0;
        int batches = 0;
        do {
            Iterator<? extends Reading> batch = work.batch();
            Cost cost = Cost.of(0, BATCH, () -> batch.next().read());
            wall += cost.wallNanos();
            cpu += cost.cpuNanos();
            batches++;
        } while (wall * BATCH < nanos);
        return new Cost(wall / batches, cpu / batches);
    }

    private static Work firstMessages() {
        Party reader = new Party("4915200000000@s.whatsapp.net");
        return () -> {
            reader.forget();
            return Conversations.firstMessages(reader, BATCH).stream()
                    .map(first -> (Reading) () -> reader.cipher
                            .decryptPreKeyMessage(first.from(), first.bytes())
                            .plaintext())
                    .iterator();
        };
    }

    private static Work messages(Conversations.Pair pair) {
        return () -> readings(pair.messages(BATCH), pair::read);
    }

    private static Work groupMessages(Conversations.Group group) {
        return () -> readings(group.messages(BATCH), group::read);
    }

    private interface Reader {
        byte[] read(byte[] message) throws SignalException;
    }

    private static Iterator<Reading> readings(List<byte[]> messages, Reader reader) {
        return messages.stream()
                .map(message -> (Reading) () -> reader.read(message))
                .iterator();
    }
}
