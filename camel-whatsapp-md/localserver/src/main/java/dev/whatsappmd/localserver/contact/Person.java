package dev.whatsappmd.localserver.contact;

import dev.whatsappmd.localserver.account.Account;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Somebody with a phone, and maybe more devices, that can encrypt. On the event loop. */
public final class Person {
    private final Account account;
    private final RandomGenerator random;
    private final List<SignalDevice> devices = new ArrayList<>();
    private final List<ReceivedMessage> received = new ArrayList<>();
    private boolean answersRetries = true;

    Person(Account account, RandomGenerator random) {
        this.account = account;
        this.random = random;
        devices.add(new SignalDevice(account, 0, random));
    }

    /** Number, LID and name. */
    public Account account() {
        return account;
    }

    /** Gives the person devices until there are so many, the phone included. */
    public void ensureDevices(int count) {
        while (devices.size() < count) {
            int id = account.nextDeviceId();
            account.simulate(id);
            devices.add(new SignalDevice(account, id, random));
        }
    }

    /** The numbers of the devices, the phone's 0 first. */
    public List<Integer> deviceIds() {
        return devices.stream().map(SignalDevice::id).toList();
    }

    /** Whether the devices send again what a client asks for again. */
    public void answerRetries(boolean answer) {
        answersRetries = answer;
    }

    boolean answersRetries() {
        return answersRetries;
    }

    /** What clients sent to this person, in order. */
    public List<ReceivedMessage> received() {
        return List.copyOf(received);
    }

    void receive(ReceivedMessage message) {
        received.add(message);
    }

    Optional<SignalDevice> device(int id) {
        return devices.stream().filter(device -> device.id() == id).findFirst();
    }

    SignalDevice requireDevice(int id) {
        return device(id)
                .orElseThrow(
                        () -> new IllegalArgumentException(this + " has no device " + id + ", only " + deviceIds()));
    }

    @Override
    public String toString() {
        return account.toString();
    }
}
