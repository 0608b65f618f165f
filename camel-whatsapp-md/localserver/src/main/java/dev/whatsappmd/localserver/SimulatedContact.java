package dev.whatsappmd.localserver;

import dev.whatsappmd.localserver.account.Account;
import dev.whatsappmd.localserver.account.PhoneProfile;
import dev.whatsappmd.localserver.contact.Addressing;
import dev.whatsappmd.localserver.contact.Letter;
import dev.whatsappmd.localserver.contact.MentionedMessage;
import dev.whatsappmd.localserver.contact.MessageDraft;
import dev.whatsappmd.localserver.contact.Person;
import dev.whatsappmd.localserver.contact.ReceivedMessage;
import dev.whatsappmd.localserver.contact.SentMedia;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Somebody who writes to the account of a {@link SimulatedPhone}, with real Signal sessions: each of its devices takes the
 * keys of the account's linked devices from the server, once, and encrypts for each of them. It writes {@code pkmsg} until
 * a device has sent it a message, then {@code msg}; it answers retry receipts as real clients do, five times at most.
 *
 * <p>Methods return when the server has the message. Safe for all threads.
 */
public final class SimulatedContact {
    private final ServerRoom room;
    private final Account phone;
    private final Person person;
    private volatile Addressing addressing;

    SimulatedContact(ServerRoom room, Account phone, Person person, Addressing addressing) {
        this.room = room;
        this.phone = phone;
        this.person = person;
        this.addressing = addressing;
    }

    Person person() {
        return person;
    }

    Account account() {
        return person.account();
    }

    /** The name it shows ({@code notify}). */
    public String name() {
        return account().profile().pushName();
    }

    /** The phone number, international digits only. */
    public String number() {
        return account().profile().number();
    }

    /** The address by number. */
    public String jid() {
        return account().jid().toString();
    }

    /** The address by LID. */
    public String lid() {
        return account().lid().toString();
    }

    /** The numbers of its devices, 0 for its phone. */
    public List<Integer> devices() {
        return room.loop().call(person::deviceIds);
    }

    /** By which address it appears from now on. */
    public SimulatedContact addressing(Addressing how) {
        this.addressing = Objects.requireNonNull(how, "how");
        return this;
    }

    /** By which address it appears now. */
    public Addressing addressing() {
        return addressing;
    }

    /** Whether it sends again what a device asks for again; it does from the start. */
    public SimulatedContact answersRetries(boolean answers) {
        room.loop().run(() -> person.answerRetries(answers));
        return this;
    }

    /** Writes a text to the account. */
    public SentMessage writes(String text) {
        return writes(MessageDraft.text(text));
    }

    /** Writes to the account. */
    public SentMessage writes(MessageDraft draft) {
        return sent(Optional.empty(), () -> room.contacts().direct(person, phone, addressing, draft));
    }

    /** Sends a file, or what a message says of one. */
    public SentMessage sends(SentMedia media) {
        return writes(MessageDraft.media(media));
    }

    /** Writes a text in a group. */
    public SentMessage writesIn(SimulatedGroup group, String text) {
        return writesIn(group, MessageDraft.text(text));
    }

    /** Writes in a group. @throws IllegalArgumentException when it is not in it */
    public SentMessage writesIn(SimulatedGroup group, MessageDraft draft) {
        return sent(
                Optional.of(group), () -> room.contacts().inGroup(person, phone, group.people(), addressing, draft));
    }

    /** Posts a status, which the account sees. */
    public SentMessage postsStatus(String text) {
        return sent(Optional.empty(), () -> room.contacts().status(person, phone, addressing, MessageDraft.text(text)));
    }

    /** Reacts to a message, in the chat where that is; with empty text takes the reaction back. */
    public SentMessage reactsTo(SentMessage message, String emoji) {
        return inChatOf(message, MessageDraft.reaction(emoji, mention(message), room.now()));
    }

    /** Changes the text of a message that it wrote itself. */
    public SentMessage edits(SentMessage message, String newText) {
        return inChatOf(message, MessageDraft.edit(newText, mention(message), room.now()));
    }

    /** Takes back a message that it wrote itself. */
    public SentMessage takesBack(SentMessage message) {
        return inChatOf(message, MessageDraft.revoke(mention(message)));
    }

    /** A message as this contact names it in its own. */
    public MentionedMessage mention(SentMessage message) {
        Person writer = message.letter().writer();
        String you = addressing.of(phone.jid(), phone.lid()).toString();
        return new MentionedMessage(
                message.group().map(SimulatedGroup::jid).orElse(you),
                writer == person,
                message.id(),
                message.group().map(group -> addressing
                        .of(writer.account().jid(), writer.account().lid())
                        .toString()));
    }

    /** Draws a new sender key for the group, and gives it with what it writes there next. */
    public SimulatedContact rotatesKey(SimulatedGroup group) {
        room.loop().run(() -> group.people().rotate(person));
        return this;
    }

    /** What clients have sent to this contact, in order. */
    public List<ReceivedMessage> received() {
        return room.loop().call(person::received);
    }

    /** Waits until clients have sent it so many messages; gives the last of them. */
    public ReceivedMessage awaitReceived(int count, Duration timeout) {
        return room.recording().await(count + " messages to " + this, timeout, () -> received().stream()
                .skip(count - 1L)
                .findFirst());
    }

    private SentMessage inChatOf(SentMessage message, MessageDraft draft) {
        return message.group().map(group -> writesIn(group, draft)).orElseGet(() -> writes(draft));
    }

    private SentMessage sent(Optional<SimulatedGroup> group, Supplier<Letter> sending) {
        return new SentMessage(room, room.loop().call(sending), group);
    }

    @Override
    public String toString() {
        return "contact " + name();
    }

    /** Settings of a contact. */
    public static final class Builder {
        private final ServerRoom room;
        private final Account phone;
        private final String name;
        private Optional<String> number = Optional.empty();
        private int devices = 1;
        private Addressing addressing = Addressing.LID_AND_NUMBER;

        Builder(ServerRoom room, Account phone, String name) {
            this.room = room;
            this.phone = phone;
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Its phone number in international digits; an invented one by default. */
        public Builder number(String digits) {
            this.number = Optional.of(digits);
            return this;
        }

        /** How many devices it has, its phone included; 1 by default. */
        public Builder devices(int count) {
            if (count < 1 || count > 10) {
                throw new IllegalArgumentException("a person has 1 to 10 devices, not " + count);
            }
            this.devices = count;
            return this;
        }

        /** By which address it appears; {@link Addressing#LID_AND_NUMBER} by default. */
        public Builder addressing(Addressing how) {
            this.addressing = Objects.requireNonNull(how, "how");
            return this;
        }

        /**
         * Makes the contact.
         *
         * @throws IllegalStateException when the phone has one of this name, or the server somebody with this number
         */
        public SimulatedContact create() {
            return room.loop().call(() -> room.phoneBook().add(phone, name, this::make));
        }

        private SimulatedContact make(String inventedNumber) {
            PhoneProfile profile = new PhoneProfile(number.orElse(inventedNumber), name, "android", null, false, false);
            Person person = room.contacts().person(room.account(profile, false));
            person.ensureDevices(devices);
            return new SimulatedContact(room, phone, person, addressing);
        }
    }
}
