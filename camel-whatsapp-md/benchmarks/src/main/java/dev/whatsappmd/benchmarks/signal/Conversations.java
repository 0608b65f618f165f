package dev.whatsappmd.benchmarks.signal;

import dev.whatsappmd.engine.jid.Jid;
import dev.whatsappmd.engine.signal.Encrypted;
import dev.whatsappmd.engine.signal.SignalAddress;
import dev.whatsappmd.engine.signal.SignalException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Messages that are ready to be read, and those who read them. */
final class Conversations {
    static final Jid GROUP = Jid.of("120363012345678901", "g.us");

    /** A short text with WhatsApp's padding, as long as Baileys' side of the comparison has it. */
    static final byte[] PLAINTEXT = plaintext();

    private Conversations() {}

    private static byte[] plaintext() {
        byte[] padded = new byte[192];
        Arrays.fill(padded, (byte) 65);
        Arrays.fill(padded, 180, 192, (byte) 12);
        return padded;
    }

    /** A message of somebody new, each with a one-time pre-key of its own. */
    record First(SignalAddress from, byte[] bytes) {}

    static List<First> firstMessages(Party to, int count) throws SignalException {
        List<First> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Party from = new Party((4_916_000_000_000L + i) + "@s.whatsapp.net");
            from.cipher.processBundle(to.address, to.bundle());
            messages.add(new First(
                    from.address, from.cipher.encrypt(to.address, PLAINTEXT).bytes()));
        }
        return messages;
    }

    /** Two in a session that both have answered in. */
    record Pair(Party left, Party right) {
        static Pair connected() throws SignalException {
            Pair pair = new Pair(new Party("4915200000000@s.whatsapp.net"), new Party("4916000000000@s.whatsapp.net"));
            pair.right.cipher.processBundle(pair.left.address, pair.left.bundle());
            pair.left.cipher.decryptPreKeyMessage(
                    pair.right.address,
                    pair.right.cipher.encrypt(pair.left.address, PLAINTEXT).bytes());
            pair.answer();
            return pair;
        }

        private void answer() throws SignalException {
            right.cipher.decryptMessage(
                    left.address, left.cipher.encrypt(right.address, PLAINTEXT).bytes());
        }

        List<byte[]> messages(int count) throws SignalException {
            List<byte[]> messages = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                messages.add(right.cipher.encrypt(left.address, PLAINTEXT).bytes());
            }
            return messages;
        }

        byte[] read(byte[] message) throws SignalException {
            return left.cipher.decryptMessage(right.address, message).plaintext();
        }

        /** One message each way: two ratchet steps at either side, written and read. */
        byte[] pingPong() throws SignalException {
            Encrypted ping = right.cipher.encrypt(left.address, PLAINTEXT);
            byte[] read = read(ping.bytes());
            answer();
            return read;
        }
    }

    /** A sender and a reader of group messages. */
    record Group(Party sender, Party reader) {
        static Group connected() throws SignalException {
            Group group =
                    new Group(new Party("4916000000000@s.whatsapp.net"), new Party("4915200000000@s.whatsapp.net"));
            group.reader.groups.processDistribution(
                    GROUP, group.sender.address, group.sender.groups.createDistribution(GROUP, group.sender.address));
            return group;
        }

        List<byte[]> messages(int count) throws SignalException {
            List<byte[]> messages = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                messages.add(sender.groups.encrypt(GROUP, sender.address, PLAINTEXT));
            }
            return messages;
        }

        byte[] read(byte[] message) throws SignalException {
            return reader.groups.decrypt(GROUP, sender.address, message);
        }
    }
}
