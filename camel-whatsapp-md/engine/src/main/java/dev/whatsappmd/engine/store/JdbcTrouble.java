package dev.whatsappmd.engine.store;

import dev.whatsappmd.engine.store.SessionStoreException.Reason;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The words for what can go wrong with one session in a PostgreSQL database. */
final class JdbcTrouble {
    private static final String NO_NEW_IDENTITY = "; nothing was deleted, and no new identity was begun";

    /** Ended by the administrator, by a crash, not up yet; ended because the transaction stood still. */
    private static final Set<String> CONNECTION_ENDED = Set.of("57P01", "57P02", "57P03", "57P05", "25P03");

    private final String sessionId;
    private final Supplier<String> location;

    /** @param location where the database is, as far as is known by then; without any secret */
    JdbcTrouble(String sessionId, Supplier<String> location) {
        this.sessionId = sessionId;
        this.location = location;
    }

    private String place() {
        return location.get();
    }

    /** Whether the server can no longer tell over this connection what became of the transaction. */
    static boolean connectionLost(SQLException e) {
        String state = e.getSQLState();
        return state == null
                ? e instanceof SQLTransientConnectionException
                        || e instanceof SQLNonTransientConnectionException
                        || e instanceof SQLRecoverableException
                : state.startsWith("08") || CONNECTION_ENDED.contains(state);
    }

    static SessionStoreException unknownProduct(@Nullable String product) {
        return new SessionStoreException(
                Reason.IO,
                "the DataSource leads to '" + product + "': sessions are kept in PostgreSQL, or without a DataSource in"
                        + " the embedded database; nothing was written");
    }

    SessionStoreException encoding(String encoding) {
        return exception(
                Reason.IO,
                place() + " has the encoding " + encoding + ": use a database that was created with ENCODING 'UTF8'",
                null);
    }

    SessionStoreException foreign(String schema, String table) {
        return exception(
                Reason.CORRUPT,
                place() + " has a table " + schema + '.' + table
                        + " that is not this program's: name another schema for the sessions" + NO_NEW_IDENTITY,
                null);
    }

    SessionStoreException newer(int written, int known) {
        return exception(
                Reason.NEWER,
                place() + " was written by a newer version (schema " + written + ", this version knows up to " + known
                        + "): run the newer version again, or restore a backup from before the update",
                null);
    }

    SessionStoreException corrupt(String why) {
        return exception(
                Reason.CORRUPT, place() + " is damaged (" + why + "): restore a backup" + NO_NEW_IDENTITY, null);
    }

    SessionStoreException noCredentials(long rows) {
        return exception(
                Reason.MISSING,
                place() + " has no credentials although a session was saved in it (" + rows
                        + " other rows): restore a backup; only if the session is to be linked anew, delete its rows"
                        + " from the tables entry and session" + NO_NEW_IDENTITY,
                null);
    }

    SessionStoreException nothingSaved() {
        return exception(
                Reason.MISSING,
                place() + " has nothing of it: there is nothing to encrypt; a session that begins with a passphrase is"
                        + " encrypted from the start",
                null);
    }

    SessionStoreException removed() {
        return exception(
                Reason.MISSING,
                place() + ": the session's rows were removed while it was open: restore them and start again; the last"
                        + " change was not saved",
                null);
    }

    /**
     * @param here whether this very process has it
     * @param owner what the owner said of itself
     * @param until when its lease ends unless it renews it, by the database's clock
     * @param seconds from now until then
     */
    SessionStoreException locked(boolean here, String owner, Instant until, long seconds) {
        String what = here
                ? "is already open in this process: close it first"
                : "is open in another process (" + owner + "): stop that one first, two connections of one device end"
                        + " each other. If it was killed, the session is free in " + Math.max(1, seconds) + " s, at "
                        + until.truncatedTo(ChronoUnit.SECONDS) + " by the database's clock";
        return new SessionStoreException(Reason.LOCKED, "session '" + sessionId + "' " + what + " (" + place() + ")");
    }

    SessionStoreException fenced(long owner, long token) {
        return exception(
                Reason.FENCED,
                "another process took it over (owner " + owner + ", this one is " + token
                        + "): nothing was saved; close this one",
                null);
    }

    /** The connection was lost while a commit was under way, and the database could not be asked since. */
    SessionStoreException unknown(SQLException e) {
        return exception(
                Reason.IO,
                place() + " was lost while a change was being saved (" + state(e) + "): it counts as not saved, and is"
                        + " taken back should the database have it; see that the database can be reached",
                e);
    }

    /** A row's own trouble, with the place it is in. */
    SessionStoreException of(SessionStoreException row) {
        return exception(row.reason(), place() + ": " + row.getMessage(), row);
    }

    /** What the database said. Its text is left to the cause: it may quote keys of rows. */
    SessionStoreException of(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        if (connectionLost(e)) {
            return exception(
                    Reason.IO,
                    place() + " cannot be reached (" + state(e)
                            + "): see that the server runs, that the JDBC URL is right"
                            + " and that the pool has a connection to give; nothing was saved",
                    e);
        }
        return switch (state) {
            case "53100" ->
                exception(
                        Reason.FULL,
                        place() + " cannot grow (" + state + "): free some disk space; nothing was saved",
                        e);
            case "25006" ->
                exception(
                        Reason.READ_ONLY,
                        place() + " takes no writes (" + state + "): connect to the primary server and see that"
                                + " default_transaction_read_only is off; nothing was saved",
                        e);
            case "42501" ->
                exception(
                        Reason.READ_ONLY,
                        place() + " refuses this user (" + state
                                + "): grant it CREATE on the database, or let its owner create"
                                + " the schema and grant the use of all its tables; nothing was saved",
                        e);
            case "55P03" ->
                exception(
                        Reason.LOCKED,
                        place() + ": another program holds a lock on the session's row (" + state
                                + "): end it and try again",
                        e);
            case "XX001", "XX002" ->
                exception(
                        Reason.CORRUPT, place() + " is damaged (" + state + "): restore a backup" + NO_NEW_IDENTITY, e);
            case "3F000", "42P01" ->
                exception(
                        Reason.MISSING,
                        place() + ": the tables of the sessions are gone (" + state + "): restore a backup"
                                + NO_NEW_IDENTITY,
                        e);
            default ->
                exception(
                        Reason.IO,
                        place() + " failed (" + state(e) + "): "
                                + (state.startsWith("28") || state.equals("3D000")
                                        ? "check user, password and name of the database"
                                        : "see the cause and the server's log")
                                + "; nothing was saved",
                        e);
        };
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? e.getClass().getSimpleName() : e.getSQLState();
    }

    private SessionStoreException exception(Reason reason, String what, @Nullable Throwable cause) {
        return new SessionStoreException(reason, "session '" + sessionId + "': " + what, cause);
    }
}
