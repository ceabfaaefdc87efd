package io.larch.tools.log;

import java.time.Instant;

/** Makes one event a line. Threadsafe. */
@FunctionalInterface
interface LogFormat {
    /**
     * The line, with its end.
     *
     * @param error whose stack trace belongs to it; null: none.
     */
    String format(Instant time, LogLevel level, String packageName, String text, Throwable error);
}
