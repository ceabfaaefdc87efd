package io.larch.tools.log;

/**
 * When a log file is put aside, and how long it is kept.
 *
 * @param maxSizeMb of a file, in MiB; above 0.
 * @param maxAgeDays that one is kept; 0: for ever.
 * @param maxBackups how many are kept; 0: all.
 * @param isLocalTime whether the time in a name is local; else UTC.
 * @param isCompressed by gzip, when put aside.
 */
public record LogRotation(
        long maxSizeMb,
        int maxAgeDays,
        int maxBackups,
        boolean isLocalTime,
        boolean isCompressed) {}
