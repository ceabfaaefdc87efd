package io.larch.tools.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/**
 * etcd's line: {@code 2026-11-21 01:20:28.855632 I | engine: text}, local time, one letter for the
 * level. A line break inside the text is written as {@code \n}, so that one event stays one line
 * and nobody can forge another; only the stack trace of an error follows on lines of its own.
 */
final class LogLineFormat implements LogFormat {
    private static final int NANOS_PER_MICRO = 1_000;

    private final ZoneId zone;

    LogLineFormat(final ZoneId zone) {
        this.zone = zone;
    }

    @Override
    public String format(
            final Instant time,
            final LogLevel level,
            final String packageName,
            final String text,
            final Throwable error) {
        final StringBuilder line = new StringBuilder(96);
        appendTime(line, LocalDateTime.ofInstant(time, zone));
        line.append(' ').append(level.letter()).append(" | ").append(packageName).append(": ");
        line.append(text.replace("\r", "\\r").replace("\n", "\\n")).append('\n');
        if (error != null) {
            final StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            line.append(trace);
        }
        return line.toString();
    }

    private static void appendTime(final StringBuilder line, final LocalDateTime time) {
        append(line, time.getYear(), 4);
        append(line.append('-'), time.getMonthValue(), 2);
        append(line.append('-'), time.getDayOfMonth(), 2);
        append(line.append(' '), time.getHour(), 2);
        append(line.append(':'), time.getMinute(), 2);
        append(line.append(':'), time.getSecond(), 2);
        append(line.append('.'), time.getNano() / NANOS_PER_MICRO, 6);
    }

    private static void append(final StringBuilder line, final int number, final int digits) {
        final String text = Integer.toString(number);
        line.append("0".repeat(Math.max(0, digits - text.length()))).append(text);
    }
}
