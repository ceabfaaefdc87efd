package io.larch.tools.server;

import io.larch.engine.cluster.PeerUrls;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What may stand behind a flag. The rules and the words about errors are those of Go's flags. */
enum FlagKind {
    STRING {
        @Override
        void check(final String value, final List<String> choices) {}
    },
    BOOL {
        @Override
        void check(final String value, final List<String> choices) {
            if (!TRUE.contains(value) && !FALSE.contains(value)) {
                throw new IllegalArgumentException("parse error");
            }
        }
    },
    /** Unsigned, 64 bits. */
    NUMBER {
        @Override
        void check(final String value, final List<String> choices) {
            number(value);
        }
    },
    CHOICE {
        @Override
        void check(final String value, final List<String> choices) {
            if (!choices.contains(value)) {
                throw new IllegalArgumentException("invalid value");
            }
        }
    },
    URLS {
        @Override
        void check(final String value, final List<String> choices) {
            urls(value);
        }
    },
    /** {@code ip:port}, as etcd 0.4 took its addresses. */
    ADDRESS {
        @Override
        void check(final String value, final List<String> choices) {
            if (!IP_AND_PORT.matcher(value).matches()) {
                throw new IllegalArgumentException("bad format in address specification");
            }
        }
    };

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final Pattern IP_AND_PORT =
            Pattern.compile("(\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]):\\d{1,5}");
    private static final BigInteger MAX_UNSIGNED = BigInteger.ONE.shiftLeft(64);

    /**
     * Checks a value.
     *
     * @param choices of {@link #CHOICE}; empty for all others.
     * @throws IllegalArgumentException with what is wrong.
     */
    abstract void check(String value, List<String> choices);

    /** Reads what {@link #BOOL} accepts. */
    static boolean isTrue(final String value) {
        return TRUE.contains(value);
    }

    /** Reads what {@link #NUMBER} accepts: decimal, or with the prefixes of Go. */
    static BigInteger number(final String value) {
        final BigInteger number;
        try {
            number = magnitude(value.toLowerCase(Locale.ROOT));
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("parse error", e);
        }
        if (number.compareTo(MAX_UNSIGNED) >= 0) {
            throw new IllegalArgumentException("value out of range");
        }
        return number;
    }

    private static BigInteger magnitude(final String lowerCase) {
        final int radix;
        final String digits;
        if (lowerCase.startsWith("0x")) {
            radix = 16;
            digits = lowerCase.substring(2);
        } else if (lowerCase.startsWith("0b")) {
            radix = 2;
            digits = lowerCase.substring(2);
        } else if (lowerCase.startsWith("0") && lowerCase.length() > 1) {
            radix = 8;
            digits = lowerCase.startsWith("0o") ? lowerCase.substring(2) : lowerCase.substring(1);
        } else {
            radix = 10;
            digits = lowerCase;
        }
        if (digits.startsWith("+") || digits.startsWith("-")) {
            throw new NumberFormatException(lowerCase);
        }
        return new BigInteger(digits, radix);
    }

    /** Reads what {@link #URLS} accepts, sorted. */
    static List<String> urls(final String value) {
        return Arrays.stream(value.split(",", -1)).map(PeerUrls::check).sorted().toList();
    }
}
