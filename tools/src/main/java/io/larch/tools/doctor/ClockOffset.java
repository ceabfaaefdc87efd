package io.larch.tools.doctor;

import java.time.DateTimeException;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/**
 * How far the clock of another server is off, by the date of its answer, which has whole seconds.
 */
final class ClockOffset {
    private static final String NAME = "clock";
    private static final long SECOND_MS = 1_000;

    private ClockOffset() {}

    static Finding judge(final String who, final Machine.Page page) {
        if (page.date().isEmpty()) {
            return Finding.unknown(NAME, who + " tells no date");
        }
        final long theirMs;
        try {
            theirMs =
                    ZonedDateTime.parse(page.date(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant()
                            .toEpochMilli();
        } catch (final DateTimeException e) {
            return Finding.unknown(NAME, who + " tells " + page.date());
        }
        final long ms = leastMs(theirMs, page.sentMs(), page.heardMs());
        if (Math.abs(ms) < SECOND_MS) {
            return Finding.ok(NAME, who + " goes right to a second");
        }
        return Finding.warning(
                NAME,
                "%s is %.1f s %s".formatted(who, Math.abs(ms) / 1e3, ms > 0 ? "ahead" : "behind"),
                "Let both keep time by NTP: certificates, and the texts of expirations, go by it.");
    }

    /**
     * The smallest offset that explains the date, ahead above 0.
     *
     * @param dateMs the beginning of the second that the server told.
     */
    static long leastMs(final long dateMs, final long sentMs, final long heardMs) {
        final long earliest = dateMs - heardMs;
        final long latest = dateMs + SECOND_MS - 1 - sentMs;
        if (earliest > 0) {
            return earliest;
        }
        return Math.min(0, latest);
    }
}
