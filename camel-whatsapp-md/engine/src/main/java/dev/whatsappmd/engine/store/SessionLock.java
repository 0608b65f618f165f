package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One process has a session. The operating system holds the lock and frees it when the process dies in whatever way,
 * so a restart after a kill opens at once. The file stays; what counts is the lock on it. Safe for several threads.
 *
 * <p>On POSIX systems closing <em>any</em> descriptor of a file gives up the process's locks on it. So a file whose lock
 * this process has is never opened and closed a second time.
 */
final class SessionLock implements AutoCloseable {
    /** Far behind the text, because Windows does not let others read what is locked. */
    private static final long LOCKED_BYTE = 1L << 30;

    private static final int MAX_TEXT = 64;
    private static final Pattern PID = Pattern.compile("pid ([0-9]{1,18})\\n");

    /** Guards both collections. */
    private static final Object MONITOR = new Object();

    private static final Set<Path> OWNED = new HashSet<>();

    /** Channels on files that another class loader of this process has locked: they must not be closed. */
    private static final Map<Path, FileChannel> PARKED = new HashMap<>();

    private final Path path;
    private final FileChannel channel;

    private SessionLock(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** @throws SessionStoreException {@code LOCKED} */
    static SessionLock acquire(SessionFiles files, String sessionId) throws IOException {
        Path path = files.lock().getParent().toRealPath().resolve(files.lock().getFileName());
        synchronized (MONITOR) {
            if (OWNED.contains(path)) {
                throw openHere(sessionId, path);
            }
            FileChannel parked = PARKED.remove(path);
            FileChannel channel = parked != null ? parked : open(files, path);
            boolean keep = false;
            try {
                if (channel.tryLock(LOCKED_BYTE, 1, false) == null) {
                    throw openElsewhere(sessionId, path, owner(channel));
                }
                sign(channel);
                OWNED.add(path);
                keep = true;
                return new SessionLock(path, channel);
            } catch (OverlappingFileLockException e) {
                PARKED.put(path, channel);
                keep = true;
                throw openHere(sessionId, path);
            } finally {
                if (!keep) {
                    channel.close();
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (MONITOR) {
            if (channel.isOpen()) {
                OWNED.remove(path);
                channel.close();
            }
        }
    }

    private static FileChannel open(SessionFiles files, Path path) throws IOException {
        return files.openOwnerOnly(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static void sign(FileChannel channel) throws IOException {
        String text = "pid " + ProcessHandle.current().pid() + "\n";
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0);
    }

    /** What the owner wrote, for the message only. */
    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(MAX_TEXT);
        channel.read(text, 0);
        Matcher pid = PID.matcher(new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII));
        return pid.lookingAt() ? " (PID " + pid.group(1) + ")" : "";
    }

    private static SessionStoreException openHere(String sessionId, Path path) {
        return new SessionStoreException(
                Reason.LOCKED,
                "session '" + sessionId + "' is already open in this process: close it first (lock file " + path + ")");
    }

    private static SessionStoreException openElsewhere(String sessionId, Path path, String owner) {
        return new SessionStoreException(
                Reason.LOCKED,
                "session '" + sessionId + "' is open in another process" + owner
                        + ": stop that one first, two connections of one device end each other (lock file " + path
                        + ")");
    }
}
