package io.larch.http.text;

import java.nio.charset.StandardCharsets;

/** Prints instants in UTC without objects: RFC 3339 for replies, the Date header's form. */
public final class UtcTime {
    public static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final long SECONDS_PER_DAY = 86_400L;
    private static final byte[] DAYS = "ThuFriSatSunMonTueWed".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MONTHS =
            "JanFebMarAprMayJunJulAugSepOctNovDec".getBytes(StandardCharsets.US_ASCII);

    private UtcTime() {}

    /** Appends {@code 2026-11-21T01:22:02.308466346Z}; trailing zeros of the fraction dropped. */
    public static void putRfc3339(final ByteWriter out, final long epochNanos) {
        final long seconds = Math.floorDiv(epochNanos, NANOS_PER_SECOND);
        long fraction = Math.floorMod(epochNanos, NANOS_PER_SECOND);
        final long date = civil(Math.floorDiv(seconds, SECONDS_PER_DAY));
        out.putPadded(year(date), 4).put('-').putPadded(month(date), 2).put('-');
        out.putPadded(day(date), 2).put('T');
        putClock(out, Math.floorMod(seconds, SECONDS_PER_DAY));
        if (fraction != 0) {
            int width = 9;
            while (fraction % 10 == 0) {
                fraction /= 10;
                width--;
            }
            out.put('.').putPadded(fraction, width);
        }
        out.put('Z');
    }

    /** Appends {@code Sat, 21 Nov 2026 01:22:02 GMT}. */
    public static void putHttpDate(final ByteWriter out, final long epochSeconds) {
        final long days = Math.floorDiv(epochSeconds, SECONDS_PER_DAY);
        final long date = civil(days);
        out.put(DAYS, (int) Math.floorMod(days, 7L) * 3, 3).put(',').put(' ');
        out.putPadded(day(date), 2).put(' ');
        out.put(MONTHS, ((int) month(date) - 1) * 3, 3).put(' ');
        out.putPadded(year(date), 4).put(' ');
        putClock(out, Math.floorMod(epochSeconds, SECONDS_PER_DAY));
        out.put(' ').put('G').put('M').put('T');
    }

    private static void putClock(final ByteWriter out, final long secondOfDay) {
        out.putPadded(secondOfDay / 3600, 2).put(':');
        out.putPadded(secondOfDay / 60 % 60, 2).put(':');
        out.putPadded(secondOfDay % 60, 2);
    }

    /**
     * The proleptic Gregorian date of a day since the epoch, packed as {@code year << 16 | month <<
     * 8 | day}. Counts years from March, so that the leap day is the last of its year.
     */
    private static long civil(final long epochDay) {
        final long shifted = epochDay + 719_468L;
        final long era = Math.floorDiv(shifted, 146_097L);
        final long dayOfEra = shifted - era * 146_097L;
        final long yearOfEra =
                (dayOfEra - dayOfEra / 1_460L + dayOfEra / 36_524L - dayOfEra / 146_096L) / 365L;
        final long dayOfYear = dayOfEra - (365L * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        final long marchMonth = (5 * dayOfYear + 2) / 153;
        final long day = dayOfYear - (153 * marchMonth + 2) / 5 + 1;
        final long month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        final long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year << 16 | month << 8 | day;
    }

    private static long year(final long date) {
        return date >> 16;
    }

    private static long month(final long date) {
        return date >> 8 & 0xFF;
    }

    private static long day(final long date) {
        return date & 0xFF;
    }
}
