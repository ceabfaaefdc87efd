package io.larch.http.go;

import java.math.BigDecimal;

/** Quoted text, numbers and durations as Go prints them. */
public final class GoText {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private GoText() {}

    /**
     * Quotes bytes as strconv.Quote does, near enough for an error text.
     *
     * @param latin1 one character per byte.
     */
    public static String quote(final String latin1) {
        final StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < latin1.length(); i++) {
            final char c = latin1.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7F) {
                        out.append(c);
                    } else {
                        out.append(String.format("\\x%02x", (int) c));
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /** A float as Go's JSON encoder does: no exponent in the range that statistics have. */
    public static String number(final double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return "0";
        }
        return new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString();
    }

    /** A duration like {@code 2h3m4.5s}, {@code 1m49.79s}, {@code 3.8s}, {@code 12.5ms}. */
    public static String duration(final long nanos) {
        if (nanos <= 0) {
            return "0s";
        }
        if (nanos < 1_000L) {
            return nanos + "ns";
        }
        if (nanos < 1_000_000L) {
            return decimal(nanos, 3) + "\u00b5s";
        }
        if (nanos < NANOS_PER_SECOND) {
            return decimal(nanos, 6) + "ms";
        }
        final long seconds = nanos / NANOS_PER_SECOND;
        final StringBuilder text = new StringBuilder();
        if (seconds >= 3600) {
            text.append(seconds / 3600).append('h');
        }
        if (seconds >= 60) {
            text.append(seconds / 60 % 60).append('m');
        }
        return text.append(decimal(nanos % (60 * NANOS_PER_SECOND), 9)).append('s').toString();
    }

    private static String decimal(final long value, final int scale) {
        final BigDecimal decimal = BigDecimal.valueOf(value, scale).stripTrailingZeros();
        return decimal.toPlainString();
    }
}
