package io.larch.http.v3.http2;

import java.util.concurrent.TimeUnit;

/**
 * What one connection of HTTP/2 may do.
 *
 * @param maxStreams that are open at once.
 * @param keepaliveMinNanos between two pings of a client; who pings more often is left; 0: any.
 * @param keepaliveIntervalNanos after which a silent client is pinged; 0: never.
 * @param keepaliveTimeoutNanos within which it has to answer then.
 */
public record Http2Limits(
        long maxStreams,
        long keepaliveMinNanos,
        long keepaliveIntervalNanos,
        long keepaliveTimeoutNanos) {
    /** As etcd has them, but for the streams, of which etcd allows any number. */
    public static final Http2Limits DEFAULT =
            new Http2Limits(
                    1_000,
                    TimeUnit.SECONDS.toNanos(5),
                    TimeUnit.HOURS.toNanos(2),
                    TimeUnit.SECONDS.toNanos(20));

    /** Names and values of a request's headers together, as RFC 9113 counts them. */
    static final int MAX_HEADER_LIST_BYTES = 64 << 10;

    /** What a client may send on a stream before this member has taken it. */
    static final int STREAM_WINDOW_BYTES = 1 << 20;

    /** The same of all streams of a connection. */
    static final int SESSION_WINDOW_BYTES = 16 << 20;

    /** Streams that a client may open and reset, or break, within {@link #RESET_SECONDS}. */
    static final int MAX_RESETS = 2_000;

    static final int RESET_SECONDS = 10;

    /** Answers to pings and settings that wait for the client. */
    static final int MAX_QUEUED_CONTROL_FRAMES = 10_000;

    static final int MAX_EMPTY_DATA_FRAMES = 8;

    static final int MAX_SMALL_CONTINUATION_FRAMES = 16;

    /** How long streams may go on behind a GOAWAY. */
    static final long GRACE_MS = 1_000;
}
