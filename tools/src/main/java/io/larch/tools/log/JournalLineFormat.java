package io.larch.tools.log;

import java.time.Instant;

/**
 * Lines for the journal of systemd, which has times of its own and reads the priority of syslog in
 * front of each.
 */
final class JournalLineFormat implements LogFormat {
    private final LogFormat lines;

    /**
     * @param lines how the rest looks.
     */
    JournalLineFormat(final LogFormat lines) {
        this.lines = lines;
    }

    @Override
    public String format(
            final Instant time,
            final LogLevel level,
            final String packageName,
            final String text,
            final Throwable error) {
        final String prefix = "<" + priority(level) + ">";
        final String line = lines.format(time, level, packageName, text, error);
        return prefix + line.stripTrailing().replace("\n", "\n" + prefix) + "\n";
    }

    private static int priority(final LogLevel level) {
        return switch (level) {
            case CRITICAL -> 2;
            case ERROR -> 3;
            case WARNING -> 4;
            case NOTICE -> 5;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
    }
}
