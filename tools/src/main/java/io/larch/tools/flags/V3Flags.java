package io.larch.tools.flags;

import java.math.BigInteger;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The flags about what clients of the v3 API may ask, and are told. */
final class V3Flags {
    private static final String PROGRESS = "watch-progress-notify-interval";
    private static final long LEAST_PROGRESS_MS = 100;

    /** A message is this much longer than a request at most, and has 31 bits of length. */
    private static final long MOST_REQUEST_BYTES = Integer.MAX_VALUE - (512 << 10);

    /** Clients split it at the points and read numbers. */
    private static final Pattern VERSION = Pattern.compile("\\d{1,5}\\.\\d{1,5}\\.\\d{1,5}");

    private final FlagSet flags;

    V3Flags(final FlagSet flags) {
        this.flags = flags;
    }

    ServerConfig.V3 v3() throws ExitException {
        final String version = flags.text("announce-version");
        if (!VERSION.matcher(version).matches()) {
            throw ExitException.verification(
                    "-announce-version["
                            + version
                            + "] should be three numbers with points between");
        }
        return new ServerConfig.V3(
                version,
                (int) Math.min(MOST_REQUEST_BYTES, number("max-request-bytes")),
                (int) number("max-txn-ops"),
                progressMs());
    }

    private long number(final String flag) throws ExitException {
        final BigInteger number = flags.number(flag);
        if (number.signum() <= 0) {
            throw ExitException.verification("-" + flag + "[0] should be greater than 0");
        }
        return flags.atMost(flag, Integer.MAX_VALUE);
    }

    /** As in etcd, no time is the usual one, and a very short one is made longer. */
    private long progressMs() {
        final String experimental = "experimental-" + PROGRESS;
        final String text =
                flags.text(
                        flags.isSet(experimental) && !flags.isSet(PROGRESS)
                                ? experimental
                                : PROGRESS);
        final long ms = TimeUnit.NANOSECONDS.toMillis(GoNumber.duration(text));
        return ms <= 0 ? TimeUnit.MINUTES.toMillis(10) : Math.max(LEAST_PROGRESS_MS, ms);
    }
}
