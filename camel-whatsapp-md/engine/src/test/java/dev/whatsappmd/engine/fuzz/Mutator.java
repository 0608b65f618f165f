package dev.whatsappmd.engine.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Damages bytes in the ways in which lengths, lists and tags go wrong. */
public final class Mutator {
    private static final int[] NUMBERS = {
        0, 1, 2, 0x7f, 0x80, 0xf0, 0xfb, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0xf_ffff, 0xff_ffff, 0x7fff_ffff, -1
    };
    /** Beyond this an input is only slower, not worse. */
    private static final int LONGEST = 1 << 20;

    private final RandomGenerator random;
    private final List<byte[]> others;

    /** @param others what parts may come from */
    public Mutator(RandomGenerator random, List<byte[]> others) {
        this.random = random;
        this.others = others;
    }

    /** One of the others, as it is. */
    public byte[] original() {
        return others.get(random.nextInt(others.size()));
    }

    /** The bytes with one to eight damages. */
    public byte[] mutate(byte[] bytes) {
        byte[] mutated = bytes.clone();
        for (int i = 1 + random.nextInt(1 + random.nextInt(8)); i > 0; i--) {
            mutated = once(mutated);
        }
        return mutated.length <= LONGEST ? mutated : Arrays.copyOf(mutated, LONGEST);
    }

    private byte[] once(byte[] bytes) {
        if (bytes.length == 0) {
            return noise(1 + random.nextInt(32));
        }
        int at = random.nextInt(bytes.length);
        int until = at + random.nextInt(1 + Math.min(64, bytes.length - at));
        return switch (random.nextInt(12)) {
            case 0, 1 -> flipped(bytes, at);
            case 2 -> overwritten(bytes, at, new byte[] {(byte) (236 + random.nextInt(20))});
            case 3 -> overwritten(bytes, at, number());
            case 4 -> joined(bytes, at, number(), bytes, at);
            case 5 -> Arrays.copyOf(bytes, at);
            case 6 -> joined(bytes, at, new byte[0], bytes, until);
            case 7 -> joined(bytes, at, noise(1 + random.nextInt(16)), bytes, at);
            case 8 -> joined(bytes, until, new byte[0], bytes, at);
            case 9 -> repeated(bytes, at, until);
            case 10 -> spliced(bytes, at);
            default -> overwritten(bytes, at, noise(1 + random.nextInt(16)));
        };
    }

    private byte[] flipped(byte[] bytes, int at) {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        return flipped;
    }

    private byte[] overwritten(byte[] bytes, int at, byte[] with) {
        byte[] overwritten = bytes.clone();
        System.arraycopy(with, 0, overwritten, at, Math.min(with.length, bytes.length - at));
        return overwritten;
    }

    /** A length that is too small, too large, or goes over an edge, in one to four bytes. */
    private byte[] number() {
        int number = NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3) - 1;
        byte[] bytes = new byte[1 + random.nextInt(4)];
        for (int i = bytes.length; i > 0; i--, number >>>= 8) {
            bytes[i - 1] = (byte) number;
        }
        return bytes;
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private byte[] repeated(byte[] bytes, int at, int until) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, at);
        for (int i = random.nextInt(1 << random.nextInt(12)); i >= 0; i--) {
            out.write(bytes, at, until - at);
        }
        out.write(bytes, until, bytes.length - until);
        return out.toByteArray();
    }

    private byte[] spliced(byte[] bytes, int at) {
        byte[] other = original();
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        if (random.nextBoolean()) {
            return joined(bytes, at, new byte[0], other, from);
        }
        int length = Math.min(other.length - from, random.nextInt(64));
        return joined(bytes, at, Arrays.copyOfRange(other, from, from + length), bytes, at);
    }

    private static byte[] joined(byte[] head, int to, byte[] middle, byte[] tail, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(head, 0, to);
        out.writeBytes(middle);
        out.write(tail, from, tail.length - from);
        return out.toByteArray();
    }
}
