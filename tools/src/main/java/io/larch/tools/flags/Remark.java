package io.larch.tools.flags;

import io.larch.tools.log.LogLevel;

/** A line for the log that arose before the log's level was known. */
public record Remark(LogLevel level, String text) {
    public static Remark info(final String text) {
        return new Remark(LogLevel.INFO, text);
    }

    public static Remark warning(final String text) {
        return new Remark(LogLevel.WARNING, text);
    }

    public static Remark error(final String text) {
        return new Remark(LogLevel.ERROR, text);
    }

    public static Remark critical(final String text) {
        return new Remark(LogLevel.CRITICAL, text);
    }
}
