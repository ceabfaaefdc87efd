package io.larch.tools.server;

import io.larch.tools.log.LogLevel;

/** A line for the log that arose before the log's level was known. */
record Remark(LogLevel level, String text) {
    static Remark info(final String text) {
        return new Remark(LogLevel.INFO, text);
    }

    static Remark warning(final String text) {
        return new Remark(LogLevel.WARNING, text);
    }

    static Remark error(final String text) {
        return new Remark(LogLevel.ERROR, text);
    }

    static Remark critical(final String text) {
        return new Remark(LogLevel.CRITICAL, text);
    }
}
