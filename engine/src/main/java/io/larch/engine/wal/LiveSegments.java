package io.larch.engine.wal;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segments that hold the log, oldest first, and those that compaction took out and that go back
 * to the pool once all written until then is durable. Owned by the engine's thread.
 */
final class LiveSegments {
    private static final Logger LOGGER = LoggerFactory.getLogger(LiveSegments.class);

    private final List<WalSegment> segments = new ArrayList<>();
    private final Deque<WalSegment> retired = new ArrayDeque<>();
    private final SegmentPool pool;
    private long retiredPosition;

    LiveSegments(final SegmentPool pool) {
        this.pool = pool;
    }

    void add(final WalSegment segment) {
        segments.add(segment);
        pool.liveSegments(segments.size() + retired.size());
    }

    int count() {
        return segments.size();
    }

    /** All but the newest: nothing is added to them any more. */
    List<WalSegment> sealed() {
        return segments.subList(0, segments.size() - 1);
    }

    long firstPosition() {
        return segments.get(0).firstPosition();
    }

    /** The segment that holds a position of the log; searched from the newest on. */
    WalSegment holding(final long position) {
        int i = segments.size() - 1;
        while (position < segments.get(i).firstPosition()) {
            i--;
        }
        return segments.get(i);
    }

    /** Lets go of the pages that were read of what is behind a position. */
    void remapBehind(final long position) {
        for (int i = segments.size() - 1; i >= 0; i--) {
            final WalSegment segment = segments.get(i);
            if (segment.endPosition() <= position) {
                return;
            }
            try {
                segment.remap();
            } catch (final IOException e) {
                // It only costs memory: the old mapping is as good.
                LOGGER.warn("cannot map {} anew", segment.currentName(), e);
            }
        }
    }

    /**
     * Takes the segments out that end at or before a position.
     *
     * @param position what is written by now.
     */
    void retireBefore(final long keptPosition, final long position) {
        while (segments.size() > 1 && segments.get(0).endPosition() <= keptPosition) {
            retired.add(segments.remove(0));
            retiredPosition = position;
        }
    }

    /** Gives back what was taken out, if all written until then is durable. */
    void releaseRetired(final long durablePosition) {
        if (retired.isEmpty() || retiredPosition > durablePosition) {
            return;
        }
        while (!retired.isEmpty()) {
            final WalSegment segment = retired.poll();
            segment.unmap();
            pool.release(segment);
        }
        pool.liveSegments(segments.size());
    }

    void close() {
        segments.addAll(retired);
        for (final WalSegment segment : segments) {
            segment.unmap();
            try {
                segment.file().close();
            } catch (final IOException e) {
                LOGGER.warn("close failed in the write-ahead log", e);
            }
        }
        segments.clear();
        retired.clear();
    }
}
