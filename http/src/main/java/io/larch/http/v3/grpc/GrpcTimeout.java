package io.larch.http.v3.grpc;

import java.util.concurrent.TimeUnit;

/** Reads {@code grpc-timeout}: one to eight digits and a letter for the unit. */
final class GrpcTimeout {
    /** What is no time-out. */
    static final long MALFORMED = -1;

    private static final int MAX_DIGITS = 8;

    private GrpcTimeout() {}

    /** Nanoseconds, {@link Long#MAX_VALUE} for more than fit; or {@link #MALFORMED}. */
    static long nanos(final CharSequence text) {
        final int digits = text.length() - 1;
        if (digits < 1 || digits > MAX_DIGITS) {
            return MALFORMED;
        }
        long value = 0;
        for (int i = 0; i < digits; i++) {
            final char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return MALFORMED;
            }
            value = value * 10 + c - '0';
        }
        final TimeUnit unit = unit(text.charAt(digits));
        return unit == null ? MALFORMED : unit.toNanos(value);
    }

    private static TimeUnit unit(final char letter) {
        return switch (letter) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
    }
}
