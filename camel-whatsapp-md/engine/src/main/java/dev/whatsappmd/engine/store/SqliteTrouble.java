package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The words for what can go wrong with one session's database file. */
final class SqliteTrouble {
    private static final String NO_NEW_IDENTITY = "; nothing was deleted, and no new identity was begun";

    private final String sessionId;
    private final SessionFiles files;

    SqliteTrouble(String sessionId, SessionFiles files) {
        this.sessionId = sessionId;
        this.files = files;
    }

    SessionStoreException corrupt(String why) {
        return damaged(why, null);
    }

    private SessionStoreException damaged(String why, @Nullable Throwable cause) {
        // A log of another copy would be played into the backup.
        return exception(
                Reason.CORRUPT,
                files.db() + " is damaged (" + why + "): put back a backup of it, without the -wal and -shm files that"
                        + " are there now" + NO_NEW_IDENTITY,
                cause);
    }

    SessionStoreException foreign(String why) {
        return exception(
                Reason.CORRUPT, files.db() + " " + why + ": put the right file in its place" + NO_NEW_IDENTITY, null);
    }

    /** @param left what has to be removed by hand before the session can begin anew */
    SessionStoreException missing(String what, Path... left) {
        return exception(
                Reason.MISSING,
                what + ": put back the newest copy or a backup; only if the session is to be linked anew, remove "
                        + Stream.of(left).map(Path::toString).collect(Collectors.joining(" and ")) + NO_NEW_IDENTITY,
                null);
    }

    SessionStoreException nothingSaved() {
        return exception(
                Reason.MISSING,
                files.db()
                        + " has nothing of it: there is nothing to encrypt; a session that begins with a passphrase is"
                        + " encrypted from the start",
                null);
    }

    SessionStoreException older(long token, long known) {
        return exception(
                Reason.MISSING,
                files.db() + " is an older copy (owner " + token + ", the newest was " + known
                        + "): put back the newest one with its -wal file; only if that is lost for good, remove "
                        + files.known() + " to go on with the older one",
                null);
    }

    SessionStoreException moved() {
        return exception(
                Reason.MISSING,
                files.db() + " was removed or replaced while it was open: put it back and start again; the last change"
                        + " was not saved",
                null);
    }

    SessionStoreException newer(int written, int known) {
        return exception(
                Reason.NEWER,
                files.db() + " was written by a newer version (schema " + written + ", this version knows up to "
                        + known + "): run the newer version again, or put back a backup from before the update",
                null);
    }

    SessionStoreException fenced(long owner, long token) {
        return exception(
                Reason.FENCED,
                "another process took it over (owner " + owner + ", this one is " + token
                        + "): nothing was saved; close this one",
                null);
    }

    SessionStoreException noWal(String mode) {
        return exception(
                Reason.IO,
                files.db() + " is on a file system without shared memory (journal mode stays " + mode
                        + "): use a local disk",
                null);
    }

    /** What the database said. */
    SessionStoreException of(SQLException e) {
        if (!(e instanceof SQLiteException sqlite)) {
            return exception(Reason.IO, files.db() + " failed (" + e.getMessage() + "): see the cause", e);
        }
        String code = sqlite.getResultCode().name();
        // Pages that the header promises are not there.
        boolean cut = sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ;
        // The name's first two parts tell the kind, further ones the detail: SQLITE_IOERR_WRITE.
        String[] parts = code.split("_");
        switch (cut ? "CORRUPT" : parts.length > 1 ? parts[1] : code) {
            case "CORRUPT", "NOTADB":
                return damaged(code, e);
            case "BUSY", "LOCKED":
                return exception(
                        Reason.LOCKED,
                        "another program uses " + files.db() + " (" + code + "): close it and try again",
                        e);
            case "FULL":
                return full(files.db() + " cannot grow (" + code + ")", e);
            case "READONLY", "PERM":
                return readOnly(files.db() + " cannot be written (" + code + ")", e);
            default:
                return exception(
                        Reason.IO,
                        files.db() + " failed (" + code + "): check the disk and the rights of this user",
                        e);
        }
    }

    /** What the file system said. */
    SessionStoreException of(IOException e) {
        Path directory = files.db().getParent();
        String reason = e instanceof FileSystemException f && f.getReason() != null ? f.getReason() : "";
        String detail = e.getClass().getSimpleName() + (reason.isEmpty() ? "" : ", " + reason);
        String lower = (reason.isEmpty() ? String.valueOf(e.getMessage()) : reason).toLowerCase(Locale.ROOT);
        if (e instanceof AccessDeniedException || lower.contains("read-only file system")) {
            return readOnly(directory + " cannot be written (" + detail + ")", e);
        }
        if (lower.contains("no space left") || lower.contains("quota exceeded")) {
            return full(directory + " cannot take more (" + detail + ")", e);
        }
        return exception(
                Reason.IO, directory + " failed (" + detail + "): check the directory and the rights of this user", e);
    }

    SessionStoreException of(ReadOnlyFileSystemException e) {
        return readOnly(files.db().getParent() + " cannot be written (read-only file system)", e);
    }

    /** A row's own trouble, with the place it is in. */
    SessionStoreException of(SessionStoreException row) {
        return exception(row.reason(), files.db() + ": " + row.getMessage(), row);
    }

    /** SQLite's native code comes out of its jar into a temporary directory, and could not. */
    SessionStoreException noNativeLibrary(@Nullable Throwable e) {
        return exception(
                Reason.IO,
                "SQLite's native library could not be loaded from "
                        + System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"))
                        + ": start with -Dorg.sqlite.tmpdir=<a directory that can be written and executed from>",
                e);
    }

    private SessionStoreException readOnly(String what, @Nullable Throwable cause) {
        return exception(
                Reason.READ_ONLY,
                what + ": give this user write access to the directory and the files in it; nothing was saved",
                cause);
    }

    private SessionStoreException full(String what, Throwable cause) {
        return exception(Reason.FULL, what + ": free some disk space; nothing was saved", cause);
    }

    private SessionStoreException exception(Reason reason, String what, @Nullable Throwable cause) {
        return new SessionStoreException(reason, "session '" + sessionId + "': " + what, cause);
    }
}
