package io.larch.tools.flags;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers and spans of time as Go's strconv and time packages read them. */
public final class GoNumber {
    private static final int MAX_BITS = Long.SIZE;
    private static final Pattern DIGITS = Pattern.compile("[0-9a-z]+");
    private static final Pattern SPAN = Pattern.compile("[-+]?(0|([0-9.]+[a-zµμ]+)+)");
    private static final Pattern PART =
            Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)([a-zµμ]+)");
    private static final Map<String, Long> NANOS =
            Map.of(
                    "ns", 1L,
                    "us", 1_000L,
                    "µs", 1_000L,
                    "μs", 1_000L,
                    "ms", 1_000_000L,
                    "s", 1_000_000_000L,
                    "m", 60_000_000_000L,
                    "h", 3_600_000_000_000L);

    private GoNumber() {}

    /**
     * Reads a number without sign: decimal, or with one of the prefixes of Go; underscores may
     * stand between digits.
     *
     * @throws NumberFormatException if it is none.
     * @throws ArithmeticException if it is too large for so many bits.
     */
    static BigInteger unsigned(final String text, final int bits) {
        final BigInteger number = magnitude(text.toLowerCase(Locale.ROOT));
        if (number.bitLength() > bits) {
            throw new ArithmeticException(text);
        }
        return number;
    }

    /**
     * Reads a number of 64 bits that may have a sign, decimal or with one of the prefixes of Go.
     *
     * @throws NumberFormatException if it is none.
     * @throws ArithmeticException if it is too large.
     */
    public static long signed(final String text) {
        final boolean hasSign = text.startsWith("-") || text.startsWith("+");
        final BigInteger magnitude =
                magnitude(text.substring(hasSign ? 1 : 0).toLowerCase(Locale.ROOT));
        return (text.startsWith("-") ? magnitude.negate() : magnitude).longValueExact();
    }

    private static BigInteger magnitude(final String lowerCase) {
        final int radix;
        final String digits;
        if (lowerCase.matches("0[box].+")) {
            final char prefix = lowerCase.charAt(1);
            radix = prefix == 'b' ? 2 : prefix == 'o' ? 8 : 16;
            digits = lowerCase.substring(2);
        } else {
            radix = lowerCase.startsWith("0") && lowerCase.length() > 1 ? 8 : 10;
            digits = lowerCase;
        }
        final boolean isBadlySpaced =
                digits.contains("__") || digits.endsWith("_") || lowerCase.startsWith("_");
        final String plain = digits.replace("_", "");
        if (isBadlySpaced || !DIGITS.matcher(plain).matches()) {
            throw new NumberFormatException(lowerCase);
        }
        return new BigInteger(plain, radix);
    }

    /**
     * Reads a span of time, {@code 1h30m} or {@code 1.5s}.
     *
     * @return nanoseconds.
     * @throws NumberFormatException if it is none, or longer than 64 bits of nanoseconds.
     */
    public static long duration(final String text) {
        if (!SPAN.matcher(text).matches()) {
            throw new NumberFormatException(text);
        }
        BigDecimal nanos = BigDecimal.ZERO;
        int end = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        if (text.substring(end).equals("0")) {
            return 0;
        }
        final Matcher part = PART.matcher(text);
        while (end < text.length()) {
            if (!part.find(end) || part.start() != end || !NANOS.containsKey(part.group(2))) {
                throw new NumberFormatException(text);
            }
            nanos =
                    nanos.add(
                            new BigDecimal("0" + part.group(1))
                                    .multiply(BigDecimal.valueOf(NANOS.get(part.group(2)))));
            end = part.end();
        }
        if (nanos.toBigInteger().bitLength() >= MAX_BITS) {
            throw new NumberFormatException(text);
        }
        return nanos.longValue() * (text.startsWith("-") ? -1 : 1);
    }
}
