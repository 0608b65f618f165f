/**
 * Moves accounts in from other engines: {@link dev.whatsappmd.engine.migration.BaileysImport}. The one room that reads
 * JSON.
 */
package dev.whatsappmd.engine.migration;
