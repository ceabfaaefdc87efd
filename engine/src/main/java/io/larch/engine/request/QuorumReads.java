package io.larch.engine.request;

import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Linearizable reads on their way: asked, confirmed at an index, and waiting until that index is
 * applied. A conditional write that would be refused is one. Owned by the engine thread. Slots are
 * reused, so a steady stream of reads makes no garbage.
 */
final class QuorumReads {
    /** Bytes of commands that may wait at once; one is always kept. */
    private static final long MAX_BYTES = 64L << 20;

    /** Larger buffers are not kept for reuse. */
    private static final int MAX_FREE_BYTES = 16 << 10;

    /** One read: a command in a buffer of its own. */
    static final class Read {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer(256);
        int length;
        long requestId;
        long startNanos;

        /** The core does not know of it: there was no leader, or it was lost with one. */
        boolean isLost;
    }

    private final Long2ObjectHashMap<Read> byRequestId = new Long2ObjectHashMap<>();
    private final ArrayDeque<Read> inOrder = new ArrayDeque<>();
    private final ArrayDeque<Read> free = new ArrayDeque<>();
    private final int capacity;
    private long lastRequestId;
    private int lostCount;
    private long bytes;

    QuorumReads(final int capacity) {
        this.capacity = capacity;
    }

    /** Whether a command of this length must be refused for now. */
    boolean isFull(final int length) {
        return byRequestId.size() >= capacity || bytes > 0 && bytes + length > MAX_BYTES;
    }

    /** Keeps a copy of a command that came at a time. */
    long add(
            final DirectBuffer command, final int offset, final int length, final long startNanos) {
        final Read read = next(startNanos);
        read.command.putBytes(0, command, offset, length);
        read.length = length;
        bytes += length;
        return read.requestId;
    }

    /** Takes a read out; null when it is no longer here. Give it back with {@link #release}. */
    Read remove(final long requestId) {
        final Read read = byRequestId.remove(requestId);
        if (read != null) {
            inOrder.remove(read);
            lostCount -= read.isLost ? 1 : 0;
            bytes -= read.length;
        }
        return read;
    }

    /** When a read came. */
    long startNanos(final long requestId) {
        return byRequestId.get(requestId).startNanos;
    }

    /**
     * A read was lost with its leader, or could not be asked.
     *
     * @return whether it is here.
     */
    boolean lost(final long requestId) {
        final Read read = byRequestId.get(requestId);
        if (read != null && !read.isLost) {
            read.isLost = true;
            lostCount++;
        }
        return read != null;
    }

    boolean hasLost() {
        return lostCount > 0;
    }

    /**
     * Asks again for the lost reads, oldest first, until one is refused.
     *
     * @param ask returns whether the core took it.
     * @return how many were asked for.
     */
    int askAgain(final LongPredicate ask) {
        int count = 0;
        for (final Read read : inOrder) {
            if (read.isLost) {
                if (!ask.test(read.requestId)) {
                    break;
                }
                read.isLost = false;
                lostCount--;
                count++;
            }
        }
        return count;
    }

    void release(final Read read) {
        if (read.command.capacity() <= MAX_FREE_BYTES) {
            free.push(read);
        }
    }

    /** Tells the ids of the reads that came at or before a time; each must be removed. */
    void expired(final long untilNanos, final LongConsumer eachRequestId) {
        while (!inOrder.isEmpty() && inOrder.peekFirst().startNanos - untilNanos <= 0) {
            eachRequestId.accept(inOrder.peekFirst().requestId);
        }
    }

    /** Tells the ids of all reads, oldest first; they stay until removed, which each must be. */
    void drain(final LongConsumer eachRequestId) {
        while (!inOrder.isEmpty()) {
            eachRequestId.accept(inOrder.peekFirst().requestId);
        }
    }

    private Read next(final long startNanos) {
        final Read read = free.isEmpty() ? new Read() : free.pop();
        read.requestId = ++lastRequestId;
        read.startNanos = startNanos;
        read.isLost = false;
        byRequestId.put(read.requestId, read);
        inOrder.addLast(read);
        return read;
    }
}
