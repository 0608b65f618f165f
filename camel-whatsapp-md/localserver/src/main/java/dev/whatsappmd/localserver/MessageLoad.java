package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.MessageFault;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Contacts and groups that write to one account, at will and from a seed: the same seed and the same calls make the same
 * texts in the same chats. What was sent stands in the {@link MessageLedger}.
 *
 * <pre>{@code
 * MessageLoad load = MessageLoad.of(phone, 42).contacts(20).groups(3).begin();
 * load.write(1000);
 * assertThat(load.ledger().compare(seen).isExact()).isTrue();
 * }</pre>
 *
 * <p>For one thread; the ledger is safe for all.
 */
public final class MessageLoad {
    private static final Addressing[] ADDRESSINGS = Addressing.values();
    private static final MessageFault[] CURABLE = {
        MessageFault.TAMPERED, MessageFault.WRONG_PRE_KEY, MessageFault.UNKNOWN_SESSION, MessageFault.BAD_PADDING
    };
    private static final int TEXT_LENGTH_MAX = 300;
    private static final int GROUP_SIZE_MAX = 8;

    private final SimulatedPhone phone;
    private final Random random;
    private final double groupShare;
    private final double disturbedShare;
    private final List<SimulatedContact> contacts = new ArrayList<>();
    private final List<SimulatedGroup> groups = new ArrayList<>();
    private final List<List<SimulatedContact>> members = new ArrayList<>();
    private final MessageLedger ledger = new MessageLedger();
    private int odd;

    private MessageLoad(Builder options) {
        phone = options.phone;
        random = new Random(options.seed);
        groupShare = options.groups == 0 ? 0 : options.groupShare;
        disturbedShare = options.disturbedShare;
        for (int i = 1; i <= options.contacts; i++) {
            contacts.add(phone.newContact("load-" + options.seed + "-" + i)
                    .addressing(ADDRESSINGS[random.nextInt(ADDRESSINGS.length)])
                    .create());
        }
        for (int i = 1; i <= options.groups; i++) {
            List<SimulatedContact> in = new ArrayList<>(contacts);
            Collections.shuffle(in, random);
            List<SimulatedContact> chosen = List.copyOf(in.subList(0, Math.min(GROUP_SIZE_MAX, in.size())));
            members.add(chosen);
            groups.add(phone.group("load-" + options.seed + "-group-" + i, chosen.toArray(SimulatedContact[]::new)));
        }
    }

    /** Load for the account of a phone; see the builder for how much. */
    public static Builder of(SimulatedPhone phone, long seed) {
        return new Builder(phone, seed);
    }

    /** Has so many more messages written. */
    public MessageLoad write(int count) {
        for (int i = 0; i < count; i++) {
            write();
        }
        return this;
    }

    private void write() {
        boolean inGroup = random.nextDouble() < groupShare;
        int place = random.nextInt(inGroup ? groups.size() : contacts.size());
        SimulatedContact writer = inGroup
                ? members.get(place).get(random.nextInt(members.get(place).size()))
                : contacts.get(place);
        int number = ledger.nextNumber();
        String text = text(number);
        MessageDraft draft = MessageDraft.text(text);
        boolean disturbed = random.nextDouble() < disturbedShare;
        boolean twice = false;
        if (disturbed) {
            switch (random.nextInt(4)) {
                case 0 -> draft = draft.broken(CURABLE[random.nextInt(CURABLE.length)]);
                case 1 -> twice = true;
                case 2 -> OddStanza.oneOfEach("odd-" + ++odd, writer.jid()).forEach(phone::deliver);
                default -> {
                    if (inGroup) {
                        writer.rotatesKey(groups.get(place));
                    }
                }
            }
        }
        SentMessage sent = inGroup ? writer.writesIn(groups.get(place), draft) : writer.writes(draft);
        ledger.add(new MessageLedger.Entry(
                number, sent.id(), inGroup ? groups.get(place).subject() : writer.name(), writer.name(), text));
        if (twice) {
            sent.again();
        }
    }

    private String text(int number) {
        StringBuilder text = new StringBuilder("message ").append(number).append(" ✓");
        int length = random.nextInt(TEXT_LENGTH_MAX);
        while (text.length() < length) {
            text.append(' ').append(Integer.toString(random.nextInt(1 << 20), Character.MAX_RADIX));
        }
        return text.toString();
    }

    /** What was sent until now. */
    public MessageLedger ledger() {
        return ledger;
    }

    /** Who writes. */
    public List<SimulatedContact> contacts() {
        return List.copyOf(contacts);
    }

    /** The groups that are written in. */
    public List<SimulatedGroup> groups() {
        return List.copyOf(groups);
    }

    /** How much load. */
    public static final class Builder {
        private final SimulatedPhone phone;
        private final long seed;
        private int contacts = 10;
        private int groups = 2;
        private double groupShare = 0.4;
        private double disturbedShare;

        private Builder(SimulatedPhone phone, long seed) {
            this.phone = phone;
            this.seed = seed;
        }

        /** How many contacts write; 10 by default. */
        public Builder contacts(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("at least one contact writes, not " + count);
            }
            this.contacts = count;
            return this;
        }

        /** How many groups they write in; 2 by default. */
        public Builder groups(int count) {
            if (count < 0) {
                throw new IllegalArgumentException("there are 0 groups or more, not " + count);
            }
            this.groups = count;
            return this;
        }

        /** Which part of the messages is written in groups, 0 to 1; 0.4 by default. */
        public Builder groupShare(double share) {
            this.groupShare = share(share);
            return this;
        }

        /**
         * Which part of the messages has trouble, 0 to 1; none by default. Trouble is a first copy that cannot be read, the
         * same stanza twice, one of each {@link OddStanza} before it, or a new sender key. Each message can be read in the
         * end; what had to be sent again comes later than it was written.
         */
        public Builder disturbed(double share) {
            this.disturbedShare = share(share);
            return this;
        }

        private static double share(double share) {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("a share is 0 to 1, not " + share);
            }
            return share;
        }

        /** Makes the contacts and groups. Nothing is written yet. */
        public MessageLoad begin() {
            return new MessageLoad(this);
        }
    }
}
