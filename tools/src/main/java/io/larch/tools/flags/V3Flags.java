package io.larch.tools.flags;

import java.math.BigInteger;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The flags about what clients of the v3 API may ask, and are told. */
final class V3Flags {
    private static final String PROGRESS = "watch-progress-notify-interval";
    private static final long LEAST_PROGRESS_MS = 100;
    private static final long LEAST_PING_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** As many as HTTP/2 can say. */
    private static final long ANY_STREAMS = (1L << Integer.SIZE) - 1;

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
            throw flags.contradiction(
                    "-announce-version["
                            + version
                            + "] should be three numbers with points between",
                    "announce-version");
        }
        return new ServerConfig.V3(
                version,
                (int) Math.min(MOST_REQUEST_BYTES, number("max-request-bytes")),
                (int) number("max-txn-ops"),
                progressMs(),
                connections());
    }

    /** As in etcd and its gRPC: what is not above 0 is off; a ping a second is the most. */
    private ServerConfig.Http2 connections() {
        final long maxStreams = flags.number("max-concurrent-streams").longValueExact();
        final long intervalNanos = nanos("grpc-keepalive-interval");
        final long timeoutNanos = nanos("grpc-keepalive-timeout");
        final boolean isPinging = intervalNanos > 0 && timeoutNanos > 0;
        return new ServerConfig.Http2(
                maxStreams == 0 ? ANY_STREAMS : maxStreams,
                nanos("grpc-keepalive-min-time"),
                isPinging ? Math.max(LEAST_PING_NANOS, intervalNanos) : 0,
                timeoutNanos);
    }

    private long nanos(final String flag) {
        return Math.max(0, GoNumber.duration(flags.text(flag)));
    }

    private long number(final String flag) throws ExitException {
        final BigInteger number = flags.number(flag);
        if (number.signum() <= 0) {
            throw flags.contradiction("-" + flag + "[0] should be greater than 0", flag);
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
