package io.larch.engine.wal;

import io.larch.engine.archive.Archive;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/**
 * Segments that the log does not need any more, oldest first. One that waits for the archive is
 * held back, and with it those behind it: the sequence on disk has no gap. When more than {@link
 * Archive#MAX_HELD} are held, or the disk has no room for the next segment, the oldest goes, and is
 * missing in the archive.
 *
 * <p>Guarded by the pool's monitor.
 */
final class ReleasedSegments {
    private final Deque<WalSegment> segments = new ArrayDeque<>();
    private Archive archive;

    /** From now on segments wait for the archive. */
    void archive(final Archive newArchive) {
        archive = newArchive;
    }

    /** Whether the bytes of a segment may belong to the archive too, and must stay as they are. */
    boolean areArchived() {
        return archive != null;
    }

    void add(final WalSegment segment) {
        segments.add(segment);
    }

    /**
     * Whether none may go now.
     *
     * @param hasNoRoom whether there is no room for the next segment unless the oldest goes.
     */
    boolean isEmpty(final boolean hasNoRoom) {
        final WalSegment oldest = segments.peek();
        if (oldest == null) {
            return true;
        }
        if (archive == null || !archive.isWaiting(oldest.name())) {
            return false;
        }
        if (!hasNoRoom && segments.size() <= Archive.MAX_HELD) {
            return true;
        }
        archive.giveUp(
                oldest.name(),
                (hasNoRoom
                                ? "there is no room for the next segment"
                                : Archive.MAX_HELD + " segments wait already")
                        + ", so it is deleted, and no restore can cross it");
        return false;
    }

    /** The oldest, unless none may go now: null. */
    WalSegment poll(final boolean hasNoRoom) {
        return isEmpty(hasNoRoom) ? null : segments.poll();
    }

    Collection<WalSegment> all() {
        return segments;
    }
}
