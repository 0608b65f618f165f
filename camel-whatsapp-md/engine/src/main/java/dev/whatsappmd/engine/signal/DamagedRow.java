package dev.whatsappmd.engine.signal;

/**
 * A row that could not be read. It counts as not there, for its address only, and was put aside with the next commit.
 * Told once per row.
 *
 * @param shownKey table and key, numbers hidden: fit for a log
 * @param why what was wrong with it
 */
public record DamagedRow(String shownKey, String why) {}
