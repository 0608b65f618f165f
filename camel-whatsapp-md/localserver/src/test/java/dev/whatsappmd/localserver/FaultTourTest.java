package dev.whatsappmd.localserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whatsappmd.localserver.fault.CertificateFault;
import dev.whatsappmd.localserver.fault.FaultTour;
import dev.whatsappmd.localserver.fault.LoginFault;
import dev.whatsappmd.localserver.fault.Moment;
import dev.whatsappmd.localserver.fault.ServerFault;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of all faults has all of them. */
class FaultTourTest {
    @Test
    void hasOneOfEachKind() {
        assertThat(kinds(ServerFault.class)).hasSizeGreaterThan(20).allSatisfy(kind -> assertThat(FaultTour.faults())
                .as(kind.getSimpleName())
                .anyMatch(kind::isInstance));
        assertThat(FaultTour.faults()).contains(CertificateFault.values()).contains(LoginFault.values());
    }

    @Test
    void everyFaultCanBeDoneSomewhereAndHasAName() {
        assertThat(FaultTour.faults()).allSatisfy(fault -> {
            assertThat(fault.fitsStanza() || Arrays.stream(Moment.values()).anyMatch(fault::fits))
                    .isTrue();
            assertThat(fault.toString()).matches("[a-zA-Z0-9:_ -]{4,60}");
        });
        assertThat(FaultTour.faults()).extracting(Object::toString).doesNotHaveDuplicates();
        assertThat(FaultTour.faults()).doesNotHaveDuplicates();
    }

    @Test
    void stopsAtEveryMomentInOrder() {
        List<FaultTour.Stop> stops = FaultTour.stops();
        assertThat(stops).extracting(FaultTour.Stop::moment).isSorted().contains(Moment.values());
        assertThat(stops).doesNotHaveDuplicates();
        assertThat(stops.get(0)).hasToString("socket close 1000 at accept");
        assertThatThrownBy(() -> new FaultTour.Stop(Moment.OPEN, CertificateFault.EXPIRED))
                .hasMessageContaining("certificate: expired")
                .hasMessageContaining("OPEN");
    }

    private static List<Class<?>> kinds(Class<?> sealed) {
        Class<?>[] permitted = sealed.getPermittedSubclasses();
        return permitted == null || sealed.isEnum()
                ? List.of(sealed)
                : Stream.of(permitted).flatMap(kind -> kinds(kind).stream()).toList();
    }
}
