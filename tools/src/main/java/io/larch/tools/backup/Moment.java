package io.larch.tools.backup;

import io.larch.tools.backup.BackupException.Kind;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * Up to where a restore goes: to the last state that is not past the moment. So it has all that was
 * written in front of the first change that is.
 *
 * @param value an index, a revision, or nanoseconds since the epoch.
 */
public record Moment(By by, long value) {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** All that there is. */
    public static final Moment NEWEST = new Moment(By.NOTHING, Long.MAX_VALUE);

    /** What is counted. */
    public enum By {
        /** No moment: all that there is. */
        NOTHING(""),
        /** Changes of v2 keys. */
        STORE_INDEX("X-Etcd-Index "),
        /** Changes of v3 keys. */
        REVISION("v3 revision "),
        /** Entries. */
        RAFT_INDEX("Raft's index "),
        /** Of the leader's wall clock. */
        TIME("");

        private final String words;

        By(final String words) {
            this.words = words;
        }
    }

    /**
     * Reads a time.
     *
     * @param text as RFC 3339 has it, or seconds since the epoch, with parts of them or without.
     * @throws BackupException if it is neither.
     */
    public static Moment time(final String text) throws BackupException {
        try {
            if (text.matches("\\d{1,10}(\\.\\d{1,9})?")) {
                final BigDecimal nanos = new BigDecimal(text).scaleByPowerOfTen(9);
                return new Moment(By.TIME, nanos.longValueExact());
            }
            final Instant time = OffsetDateTime.parse(text.replace(' ', 'T')).toInstant();
            return new Moment(
                    By.TIME,
                    Math.addExact(
                            Math.multiplyExact(time.getEpochSecond(), NANOS_PER_SECOND),
                            time.getNano()));
        } catch (final DateTimeException | ArithmeticException e) {
            throw new BackupException(
                    Kind.REFUSED,
                    (text.isEmpty() ? "\"\"" : text)
                            + ": not a time: 2027-01-31T12:00:00Z, 2027-01-31T13:00:00+01:00 or"
                            + " seconds since the epoch",
                    e);
        }
    }

    /** Where a state stands, counted so. */
    long of(final Point point) {
        return switch (by) {
            case NOTHING, RAFT_INDEX -> point.raftIndex();
            case STORE_INDEX -> point.storeIndex();
            case REVISION -> point.revision();
            case TIME -> point.timeNanos();
        };
    }

    /** Whether a state has something of behind the moment. */
    boolean isPassed(final Point point) {
        return of(point) > value;
    }

    @Override
    public String toString() {
        return switch (by) {
            case NOTHING -> "the newest state";
            case TIME -> Point.time(value);
            default -> by.words + value;
        };
    }
}
