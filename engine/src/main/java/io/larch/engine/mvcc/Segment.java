package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * A stretch of the log: records one behind the other, in order of revisions, never changed once
 * they are written. Never empty, but at the moment it is made.
 */
final class Segment {
    private static final int BLOCK_SHIFT = 16;
    private static final int NO_RECORD = -1;

    private final UnsafeBuffer buffer;
    private final int slot;

    /** Of each block of 64 KiB the place of the first record that begins in it. */
    private final int[] firstInBlock;

    private int blocks;
    private int used;
    private int liveBytes;
    private long lastRevision;
    private int index;
    private boolean isFreed;

    /**
     * @param slot by which places name it.
     */
    Segment(final UnsafeBuffer buffer, final int slot) {
        this.buffer = buffer;
        this.slot = slot;
        firstInBlock = new int[(buffer.capacity() >>> BLOCK_SHIFT) + 1];
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    int slot() {
        return slot;
    }

    int capacity() {
        return buffer.capacity();
    }

    /** Where the next record goes. */
    int used() {
        return used;
    }

    /** Bytes of records that are alive. */
    int liveBytes() {
        return liveBytes;
    }

    /** Of its last record. */
    long lastRevision() {
        return lastRevision;
    }

    /** Its place among all segments, in order of revisions. */
    int index() {
        return index;
    }

    void index(final int index) {
        this.index = index;
    }

    boolean isFreed() {
        return isFreed;
    }

    void freed() {
        isFreed = true;
    }

    boolean hasRoom(final long length) {
        return capacity() - used >= length;
    }

    /** A record of a length has been written at {@link #used}. */
    void appended(final int length, final long revision) {
        final int block = used >>> BLOCK_SHIFT;
        while (blocks <= block) {
            firstInBlock[blocks++] = NO_RECORD;
        }
        if (firstInBlock[block] == NO_RECORD) {
            firstInBlock[block] = used;
        }
        used += length;
        liveBytes += length;
        lastRevision = revision;
    }

    /** A record has died, or lives elsewhere now. */
    void died(final int length) {
        liveBytes -= length;
    }

    /** Whether its first record comes after a point in time. */
    boolean beginsAfter(final long revision, final int sub) {
        return isAfter(0, revision, sub);
    }

    /** A record at or before the first one that is not before a point in time, and near it. */
    int near(final long revision, final int sub) {
        int low = 0;
        int high = blocks - 1;
        int found = 0;
        while (low <= high) {
            final int middle = low + high >>> 1;
            // A long record may leave a block without the beginning of one.
            int block = middle;
            while (block > low && firstInBlock[block] == NO_RECORD) {
                block--;
            }
            if (firstInBlock[block] == NO_RECORD) {
                low = middle + 1;
            } else if (isAfter(firstInBlock[block], revision, sub)) {
                high = block - 1;
            } else {
                found = firstInBlock[block];
                low = middle + 1;
            }
        }
        return found;
    }

    private boolean isAfter(final int offset, final long revision, final int sub) {
        final long at = RecordLayout.revision(buffer, offset);
        return at != revision ? at > revision : RecordLayout.sub(buffer, offset) > sub;
    }
}
