package io.larch.engine.request;

import io.larch.engine.application.Growth;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.raft.SequenceWindow;
import java.util.ArrayDeque;

/**
 * The commands that this member proposed and has not applied yet, by sequence. A ring, since
 * sequences are dense and at most {@link SequenceWindow#LENGTH} lie between the oldest and the
 * newest. Slots are reused, so a steady stream of writes makes no garbage. Owned by the engine
 * thread.
 */
public final class PendingWrites {
    /** No correlation id is 0. */
    public static final long NOBODY = 0;

    /** Bytes of commands kept; one command is always kept. */
    private static final long MAX_BYTES = 64L << 20;

    /** Bytes that may lie in slots that wait for reuse. */
    private static final long MAX_FREE_BYTES = 16L << 20;

    private final Comparisons comparisons = new Comparisons();
    private final ArrayDeque<PendingWrite> free = new ArrayDeque<>();
    private PendingWrite[] ring = new PendingWrite[256];
    private long oldest = 1;
    private long next = 1;
    private int count;
    private long bytes;
    private long freeBytes;
    private final Growth[] growth = new Growth[CommandEnvelope.MAX_DOMAIN + 1];

    /** Those of them that are conditional. */
    Comparisons comparisons() {
        return comparisons;
    }

    /** Whether no command of this length may be added now. */
    boolean isFull(final int length) {
        return next - oldest >= SequenceWindow.LENGTH || count > 0 && bytes + length > MAX_BYTES;
    }

    public int count() {
        return count;
    }

    /** Sequence of the oldest; {@link #next} when there is none. */
    long oldest() {
        return oldest;
    }

    /** Sequence that the next one gets. */
    long next() {
        return next;
    }

    /** What the pending ones may add to the application of a domain. */
    Growth growth(final int domain) {
        if (growth[domain] == null) {
            growth[domain] = new Growth();
        }
        return growth[domain];
    }

    /** Null when it is not, or no longer, pending. */
    PendingWrite get(final long sequence) {
        return sequence < oldest || sequence >= next ? null : ring[slot(sequence)];
    }

    /**
     * Adds one under the sequence {@link #next}.
     *
     * @param startNanos when it came.
     * @param subject what it compares with, or {@link Comparisons#NONE}.
     */
    PendingWrite add(
            final long correlationId,
            final long startNanos,
            final long nowNanos,
            final int domain,
            final long subject,
            final Growth added) {
        if (next - oldest == ring.length) {
            grow();
        }
        final PendingWrite write = newSlot();
        write.sequence = next++;
        write.correlationId = correlationId;
        write.startNanos = startNanos;
        write.sentNanos = nowNanos;
        write.leaderEpoch = 0;
        write.forwardSequence = 0;
        write.attempts = 0;
        write.copies = 0;
        write.length = 0;
        write.domain = domain;
        write.subject = subject;
        if (subject != Comparisons.NONE) {
            comparisons.began(subject);
        }
        write.growthEntries = added.entries();
        write.growthBytes = Math.max(0, added.bytes());
        growth(domain).add(write.growthEntries, write.growthBytes);
        ring[slot(write.sequence)] = write;
        count++;
        return write;
    }

    private PendingWrite newSlot() {
        if (free.isEmpty()) {
            return new PendingWrite();
        }
        final PendingWrite write = free.pop();
        freeBytes -= write.bytes.capacity();
        return write;
    }

    /** The command is kept in the slot's own bytes from now on. */
    void kept(final PendingWrite write, final int length) {
        write.length = length;
        bytes += length;
    }

    /** The command's bytes are not needed any more: it is not proposed again. */
    void notKept(final PendingWrite write) {
        bytes -= write.length;
        write.length = 0;
    }

    /** Takes one out; its slot may be reused after the next call. */
    void remove(final PendingWrite write) {
        ring[slot(write.sequence)] = null;
        count--;
        bytes -= write.length;
        growth(write.domain).add(-write.growthEntries, -write.growthBytes);
        if (write.subject != Comparisons.NONE) {
            comparisons.ended(write.subject);
        }
        while (oldest < next && ring[slot(oldest)] == null) {
            oldest++;
        }
        if (freeBytes + write.bytes.capacity() <= MAX_FREE_BYTES) {
            freeBytes += write.bytes.capacity();
            free.push(write);
        }
    }

    private void grow() {
        final PendingWrite[] grown = new PendingWrite[ring.length * 2];
        for (long sequence = oldest; sequence < next; sequence++) {
            grown[(int) sequence & grown.length - 1] = ring[slot(sequence)];
        }
        ring = grown;
    }

    private int slot(final long sequence) {
        return (int) sequence & ring.length - 1;
    }
}
