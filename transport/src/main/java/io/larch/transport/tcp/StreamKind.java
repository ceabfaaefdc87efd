package io.larch.transport.tcp;

import java.util.concurrent.TimeUnit;

/**
 * What a connection is for. Each has one of its own, so that nothing long delays what is urgent.
 */
enum StreamKind {
    /** Votes, heartbeats, answers, hello. */
    CONTROL(32 << 10, 64 << 10, TimeUnit.MILLISECONDS.toNanos(500)),

    /** Entries and forwarded proposals. */
    APPENDS(256 << 10, 1 << 20, TimeUnit.SECONDS.toNanos(5)),

    /** Offers and chunks of a snapshot; open while one is under way. */
    SNAPSHOTS(64 << 10, 256 << 10, TimeUnit.MILLISECONDS.toNanos(500));

    private static final StreamKind[] VALUES = values();

    /** Longest frame, in bytes. */
    final int maxFrameLength;

    /** Bytes that wait for the socket at most. */
    final int windowLength;

    /** An idle one says so often that it is there. */
    final long keepAliveNanos;

    StreamKind(final int maxFrameLength, final int windowLength, final long keepAliveNanos) {
        this.maxFrameLength = maxFrameLength;
        this.windowLength = windowLength;
        this.keepAliveNanos = keepAliveNanos;
    }

    /** The kind of a code; null when there is none. */
    static StreamKind of(final int code) {
        return code < VALUES.length ? VALUES[code] : null;
    }
}
