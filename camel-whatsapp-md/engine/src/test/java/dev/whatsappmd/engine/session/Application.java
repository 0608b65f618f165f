package dev.whatsappmd.engine.session;

import dev.whatsappmd.engine.delivery.DeliveryRows;
import dev.whatsappmd.engine.delivery.PendingDelivery;
import dev.whatsappmd.engine.event.EventKind;
import dev.whatsappmd.engine.store.ChangeSet;
import dev.whatsappmd.engine.store.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Who gets what a machine delivers in a {@link MachineWorld}, and the log of what is pending. */
final class Application {
    /** What was given out, each time it was. */
    final List<Effect.Deliver> delivered = new ArrayList<>();
    /** What it failed at too often. */
    final List<PendingDelivery> givenUp = new ArrayList<>();
    /** What passed by. */
    final List<Effect.Tell> told = new ArrayList<>();

    private final MachineWorld world;

    Application(MachineWorld world) {
        this.world = world;
    }

    boolean takes(Effect effect) {
        if (effect instanceof Effect.Deliver deliver) {
            delivered.add(deliver);
        } else if (effect instanceof Effect.GiveUp gone) {
            givenUp.add(gone.delivery());
        } else if (effect instanceof Effect.Tell tell) {
            told.add(tell);
        } else {
            return false;
        }
        return true;
    }

    /** What the log answers. */
    Input fromLog(Effect effect) {
        if (effect instanceof Effect.LoadDeliveries load) {
            return new Input.DeliveriesLoaded(
                    DeliveryRows.pending(world.rows(), load.after(), load.limit()),
                    DeliveryRows.firstKey(world.owner),
                    world.rows().count(Table.PENDING_DELIVERIES),
                    world.rows().count(Table.FAILED_DELIVERIES));
        }
        ChangeSet changes = new ChangeSet();
        DeliveryRows.Page page = DeliveryRows.failed(world.rows(), "", 1000);
        page.rows().forEach(delivery -> DeliveryRows.takeUp(changes, delivery));
        world.rows().apply(changes);
        return new Input.TakenUp(
                ((Effect.TakeUp) effect).operation(), page.rows().size());
    }

    /** It wants these kinds from now on. */
    void wants(EventKind... kinds) {
        world.input(new Input.Interest(Set.of(kinds)));
    }

    /** It is done with the delivery of this message that it was given last. */
    void completes(String message) {
        says(message, Input.Delivered.Outcome.COMPLETED);
    }

    void fails(String message) {
        says(message, Input.Delivered.Outcome.FAILED);
    }

    void returns(String message) {
        says(message, Input.Delivered.Outcome.RETURNED);
    }

    private void says(String message, Input.Delivered.Outcome outcome) {
        world.input(new Input.Delivered(last(message).delivery().key(), outcome, "java.io.IOException"));
    }

    Effect.Deliver last(String message) {
        return delivered.stream()
                .filter(deliver -> idOf(deliver).equals(message))
                .reduce((one, other) -> other)
                .orElseThrow(() -> new AssertionError(message + " was not delivered: " + messages()));
    }

    private static String idOf(Effect.Deliver deliver) {
        return FakeIntake.idOf(deliver.delivery().content());
    }

    /** The messages that were delivered, in their order, each time they were. */
    List<String> messages() {
        return delivered.stream().map(Application::idOf).toList();
    }

    /** The messages that the log holds, in their order. */
    List<String> pending() {
        return DeliveryRows.pending(world.rows(), "", 10_000).rows().stream()
                .map(delivery -> FakeIntake.idOf(delivery.content()))
                .toList();
    }

    List<String> failed() {
        return DeliveryRows.failed(world.rows(), "", 10_000).rows().stream()
                .map(delivery -> FakeIntake.idOf(delivery.content()))
                .toList();
    }
}
