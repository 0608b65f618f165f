/**
 * Where sessions are kept: the SPI ({@link dev.whatsappmd.engine.store.SessionStore}), the typed view of its rows
 * ({@link dev.whatsappmd.engine.store.SessionRows}), the embedded database
 * ({@link dev.whatsappmd.engine.store.SqliteSessionStore}) and PostgreSQL
 * ({@link dev.whatsappmd.engine.store.JdbcSessionStore}).
 *
 * <p>Three rules hold for every store: trouble is an exception and never an empty session; a new identity never
 * replaces one that is linked; nothing is ever deleted to get out of trouble.
 */
package dev.whatsappmd.engine.store;
