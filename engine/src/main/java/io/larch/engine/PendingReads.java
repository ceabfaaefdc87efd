package io.larch.engine;

import java.util.ArrayDeque;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Linearizable reads on their way: asked, confirmed at an index, and waiting until that index is
 * applied. Owned by the engine thread. Slots are reused, so a steady stream of reads makes no
 * garbage.
 */
final class PendingReads {
    /** One read: a GET command in a buffer of its own, or a question from the cold path. */
    static final class Read {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer(256);
        AdminQuery<?> question;
        int length;
        long requestId;
        long deadlineNanos;
    }

    private final Long2ObjectHashMap<Read> byRequestId = new Long2ObjectHashMap<>();
    private final ArrayDeque<Read> inOrder = new ArrayDeque<>();
    private final ArrayDeque<Read> free = new ArrayDeque<>();
    private final int capacity;
    private long lastRequestId;

    PendingReads(final int capacity) {
        this.capacity = capacity;
    }

    boolean isFull() {
        return byRequestId.size() >= capacity;
    }

    /** Keeps a copy of a GET command. */
    long add(
            final DirectBuffer command,
            final int offset,
            final int length,
            final long deadlineNanos) {
        final Read read = next(deadlineNanos);
        read.command.putBytes(0, command, offset, length);
        read.length = length;
        return read.requestId;
    }

    long add(final AdminQuery<?> question, final long deadlineNanos) {
        final Read read = next(deadlineNanos);
        read.question = question;
        return read.requestId;
    }

    /** Takes a read out; null when it is no longer here. Give it back with {@link #release}. */
    Read remove(final long requestId) {
        final Read read = byRequestId.remove(requestId);
        if (read != null) {
            inOrder.remove(read);
        }
        return read;
    }

    void release(final Read read) {
        read.question = null;
        free.push(read);
    }

    /** Tells the ids of the reads whose time is up; they stay until removed. */
    void expired(final long nowNanos, final LongConsumer eachRequestId) {
        while (!inOrder.isEmpty() && inOrder.peekFirst().deadlineNanos - nowNanos <= 0) {
            eachRequestId.accept(inOrder.peekFirst().requestId);
        }
    }

    /** Tells the ids of all reads, oldest first; they stay until removed, which each must be. */
    void drain(final LongConsumer eachRequestId) {
        while (!inOrder.isEmpty()) {
            eachRequestId.accept(inOrder.peekFirst().requestId);
        }
    }

    private Read next(final long deadlineNanos) {
        final Read read = free.isEmpty() ? new Read() : free.pop();
        read.requestId = ++lastRequestId;
        read.deadlineNanos = deadlineNanos;
        byRequestId.put(read.requestId, read);
        inOrder.addLast(read);
        return read;
    }
}
