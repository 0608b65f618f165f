package dev.whatsappmd.interop;

import java.util.List;
import java.util.Optional;

/** One client on its way to one server, as a {@link FaultLane} needs it. Used by one thread. */
interface FaultClient extends AutoCloseable {
    /** The codes to scan that it has shown and that were not taken here before. */
    List<String> takeCodes();

    /** Whether it has told that it is open and nothing is pending. */
    boolean isOpen();

    /** Whether it has made up its mind to end, and says so only when the socket has ended. */
    boolean isEnding();

    /** What it told about its first end, or that it will never say anything. */
    Optional<Told> told();

    /** What it is when it has answered what came after the fault. */
    Told stays();

    void logsOut();

    void ends();

    /** Everything that it told, for messages. */
    String text();

    /** Ends it in whatever state it is; what it tells about that counts for nothing. */
    @Override
    void close();
}
