package dev.whatsappmd.engine.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The files of one session, all in one directory and for their owner only:
 *
 * <pre>
 *   name.db, name.db-wal, name.db-shm   the database and what SQLite keeps beside it
 *   name.lock                           locked while a process has the session open; says which
 *   name.known                          there once something was saved, so that a lost database is noticed
 * </pre>
 */
final class SessionFiles {
    private static final int MAX_NAME = 200;
    private static final Pattern DEVICE_NAME = Pattern.compile("(con|prn|aux|nul|com[0-9]|lpt[0-9])(\\..*)?");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<?> OWNER_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final String name;

    /** @throws IllegalArgumentException when the session's name is blank or too long for a file name */
    SessionFiles(Path directory, String sessionId) {
        this.directory = directory;
        this.name = fileName(sessionId);
    }

    Path db() {
        return directory.resolve(name + ".db");
    }

    Path wal() {
        return directory.resolve(name + ".db-wal");
    }

    Path shm() {
        return directory.resolve(name + ".db-shm");
    }

    Path lock() {
        return directory.resolve(name + ".lock");
    }

    Path known() {
        return directory.resolve(name + ".known");
    }

    /**
     * A session's name as a file name: small letters, digits, {@code -}, {@code _} and inner dots stay, every other
     * byte of its UTF-8 form becomes {@code %xx}. Two names never share a file, also where case does not count.
     */
    static String fileName(String sessionId) {
        if (sessionId.isBlank()) {
            throw new IllegalArgumentException("a session needs a name, not '" + sessionId + "'");
        }
        boolean deviceName =
                DEVICE_NAME.matcher(sessionId.toLowerCase(Locale.ROOT)).matches();
        StringBuilder out = new StringBuilder();
        for (byte b : sessionId.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean first = out.isEmpty();
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && !first;
            if (plain && !(first && deviceName)) {
                out.append(c);
            } else {
                out.append(String.format("%%%02x", (int) c));
            }
        }
        if (out.length() > MAX_NAME) {
            throw new IllegalArgumentException("the session's name is too long: as a file name it has " + out.length()
                    + " characters, at most " + MAX_NAME + " fit");
        }
        return out.toString();
    }

    /** Makes the directory when it is not there yet; one that is there keeps its permissions. */
    void createDirectory() throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (directory.getParent() != null) {
            Files.createDirectories(directory.getParent());
        }
        try {
            if (posix()) {
                Files.createDirectory(directory, OWNER_DIRECTORY);
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /** Takes the rights of group and others from the database's files; SQLite gives new ones the rights of the first. */
    void restrictDatabase() throws IOException {
        for (Path file : List.of(db(), wal(), shm())) {
            if (posix() && Files.exists(file) && !OWNER_FILE.equals(Files.getPosixFilePermissions(file))) {
                Files.setPosixFilePermissions(file, OWNER_FILE);
            }
        }
    }

    /** Bytes in a file; empty when there is none. */
    static OptionalLong size(Path file) throws IOException {
        try {
            return OptionalLong.of(Files.size(file));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    /** Whether something was ever saved. */
    boolean isKnown() {
        return Files.exists(known(), LinkOption.NOFOLLOW_LINKS);
    }

    /** The newest owner the marker tells of; 0 when it is not readable as one. */
    long knownToken() throws IOException {
        for (String line : new String(Files.readAllBytes(known()), StandardCharsets.ISO_8859_1).split("\n")) {
            if (line.matches("owner [0-9]{1,18}")) {
                return Long.parseLong(line.substring("owner ".length()));
            }
        }
        return 0;
    }

    /** Durable when it returns; the marker is never half written. */
    void markKnown(long token) throws IOException {
        String text = "A session is stored in " + db().getFileName() + ". Without it this file stops a new identity.\n"
                + "owner " + token + "\n";
        Path draft = directory.resolve(name + ".known.tmp");
        Files.deleteIfExists(draft);
        try (FileChannel out = openOwnerOnly(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            out.force(true);
        }
        Files.move(draft, known(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        if (posix()) {
            // The new name is durable only with its directory; Windows cannot open one and does not need it.
            try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
                parent.force(true);
            }
        }
    }

    FileChannel openOwnerOnly(Path file, OpenOption... options) throws IOException {
        return posix()
                ? FileChannel.open(file, Set.of(options), PosixFilePermissions.asFileAttribute(OWNER_FILE))
                : FileChannel.open(file, options);
    }

    private boolean posix() {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
