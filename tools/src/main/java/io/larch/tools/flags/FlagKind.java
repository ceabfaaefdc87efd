package io.larch.tools.flags;

import io.larch.engine.member.PeerUrls;
import io.larch.tools.cpus.CpuList;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
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
    /** Unsigned, 32 bits. */
    NUMBER_32 {
        @Override
        void check(final String value, final List<String> choices) {
            try {
                unsigned(value, Integer.SIZE);
            } catch (final IllegalArgumentException e) {
                // etcd reads these by itself, and shows it.
                throw new IllegalArgumentException(
                        "strconv.ParseUint: parsing \""
                                + value
                                + "\": "
                                + e.getMessage().replace("parse error", "invalid syntax"),
                        e);
            }
        }
    },
    /** Signed, 64 bits. */
    SIGNED {
        @Override
        void check(final String value, final List<String> choices) {
            try {
                GoNumber.signed(value);
            } catch (final NumberFormatException e) {
                throw new IllegalArgumentException("parse error", e);
            } catch (final ArithmeticException e) {
                throw new IllegalArgumentException("value out of range", e);
            }
        }
    },
    DURATION {
        @Override
        void check(final String value, final List<String> choices) {
            try {
                GoNumber.duration(value);
            } catch (final NumberFormatException e) {
                throw new IllegalArgumentException("parse error", e);
            }
        }
    },
    /** The number of a processor. */
    CPU {
        @Override
        void check(final String value, final List<String> choices) {
            CpuList.one(value);
        }
    },
    /** Processors as Linux writes them. */
    CPUS {
        @Override
        void check(final String value, final List<String> choices) {
            CpuList.parse(value);
        }
    },
    /** Texts with commas between them. */
    LIST {
        @Override
        void check(final String value, final List<String> choices) {}
    },
    CHOICE {
        @Override
        void check(final String value, final List<String> choices) {
            if (!choices.contains(value)) {
                throw new IllegalArgumentException("invalid value");
            }
        }
    },
    /** Nothing stands for the default. */
    URLS {
        @Override
        void check(final String value, final List<String> choices) {
            if (!value.isEmpty()) {
                urls(value);
            }
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
        return unsigned(value, Long.SIZE);
    }

    private static BigInteger unsigned(final String value, final int bits) {
        try {
            return GoNumber.unsigned(value, bits);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("parse error", e);
        } catch (final ArithmeticException e) {
            throw new IllegalArgumentException("value out of range", e);
        }
    }

    /** Reads what {@link #URLS} accepts, sorted. */
    static List<String> urls(final String value) {
        return Arrays.stream(value.split(",", -1)).map(PeerUrls::check).sorted().toList();
    }
}
