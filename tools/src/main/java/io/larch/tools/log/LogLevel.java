package io.larch.tools.log;

import java.util.Locale;
import java.util.Optional;

/** Levels of the log, most severe first, with the letters and names etcd uses. */
public enum LogLevel {
    CRITICAL,
    ERROR,
    WARNING,
    NOTICE,
    INFO,
    DEBUG,
    TRACE;

    /** The letter that stands for the level in a log line. */
    public char letter() {
        return name().charAt(0);
    }

    /** Reads a name or its first letter, in any case. */
    public static Optional<LogLevel> parse(final String text) {
        final String upper = text.toUpperCase(Locale.ROOT);
        for (final LogLevel level : values()) {
            if (upper.equals(level.name()) || upper.equals(level.name().substring(0, 1))) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }
}
