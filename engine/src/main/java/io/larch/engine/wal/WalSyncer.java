package io.larch.engine.wal;

import io.larch.engine.disk.Directory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/**
 * Makes the stream durable, segment by segment and in order. A segment gets its name only when all
 * in front of it and its own start are durable; so every named segment but the newest is complete,
 * and every named segment has a good header.
 *
 * <p>Run by the engine's thread or by the sync thread, one at a time.
 */
final class WalSyncer {
    private final Directory files;
    private final Queue<WalSegment> begun = new ConcurrentLinkedQueue<>();
    private final Queue<WalSegment> sealed = new ArrayDeque<>();
    private WalSegment active;
    private Consumer<WalSegment> onSealed = segment -> {};
    private volatile long durablePosition;
    private volatile WalFailedException failure;

    WalSyncer(final Directory files) {
        this.files = files;
    }

    /** Starts behind a recovered or empty log. */
    void start(final WalSegment active, final long durablePosition) {
        this.active = active;
        this.durablePosition = durablePosition;
    }

    /**
     * Told of each segment that is complete, durable, and followed by one that has its name: then
     * nothing is ever added to it, whatever comes. Before any is.
     */
    void onSealed(final Consumer<WalSegment> action) {
        onSealed = action;
    }

    /** The stream goes on in this segment. Called before anything of it is synced. */
    void begin(final WalSegment segment) {
        begun.add(segment);
    }

    long durablePosition() {
        return durablePosition;
    }

    WalFailedException failure() {
        return failure;
    }

    /** Remembers the first failure; nothing is synced after it. */
    synchronized WalFailedException fail(final String what, final Throwable cause) {
        if (failure == null) {
            failure =
                    new WalFailedException(
                            "write-ahead log: " + what + (cause == null ? "" : ": " + cause),
                            cause);
        }
        return failure;
    }

    /** Returns when all up to this position, which was written, is durable. */
    synchronized void syncTo(final long position) {
        if (failure != null) {
            throw failure;
        }
        if (position <= durablePosition) {
            return;
        }
        try {
            WalSegment next = begun.peek();
            while (next != null && next.firstPosition() < position) {
                finish(active, next.firstPosition());
                begun.poll();
                sealed.add(active);
                active = next;
                next = begun.peek();
            }
            finish(active, position);
            while (!sealed.isEmpty()) {
                onSealed.accept(sealed.poll());
            }
            // Behind that: what is durable may be given back.
            durablePosition = position;
        } catch (final IOException | RuntimeException | InternalError e) {
            throw fail("sync failed", e);
        }
    }

    private void finish(final WalSegment segment, final long position) throws IOException {
        if (position > durablePosition) {
            segment.force(durablePosition, position);
        }
        if (!segment.isNamed()) {
            segment.giveName(files);
            files.sync();
        }
    }
}
