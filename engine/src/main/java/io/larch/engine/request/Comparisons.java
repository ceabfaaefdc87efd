package io.larch.engine.request;

import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;

/**
 * The conditional writes of this member that are under way, by what they compare with, and those
 * that wait for them: of many that expect the same one wins, and the others need no log to lose.
 * Owned by the engine thread.
 *
 * <p>One is held at most once, only by such as began before it, and not for long, since those may
 * be lost on their way to the leader. Who is held for the same subject is set free in the order of
 * coming. Slots are reused, so a steady stream makes no garbage.
 */
final class Comparisons {
    /** Subject of a command that compares with nothing. */
    static final long NONE = 0;

    /** Bytes of commands held; what comes beyond them is not held. */
    private static final long MAX_BYTES = 16L << 20;

    /** Larger buffers are not kept for reuse. */
    private static final int MAX_FREE_BYTES = 16 << 10;

    private static final int MAX_FREE = 1024;

    /** Longest that one is held: more than a commit takes, less than a client notices. */
    static final long LONGEST_NANOS = 100_000_000L;

    /** A conditional write that waits: the command in a buffer of its own. */
    static final class Held {
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer(256);
        int length;
        long subject;
        long correlationId;
        long startNanos;
        long heldNanos;

        /** It was found to hold when a quorum was heard, and may only be proposed any more. */
        boolean isFound;

        private Held next;
    }

    /** What is compared with. */
    private static final class Subject {
        private int underWay;
        private Held first;
        private Held last;
    }

    private final Long2ObjectHashMap<Subject> subjects = new Long2ObjectHashMap<>();
    private final ArrayDeque<Held> free = new ArrayDeque<>();
    private final ArrayDeque<Subject> freeSubjects = new ArrayDeque<>();
    private final ArrayDeque<Held> released = new ArrayDeque<>();

    /** Of those that are here, or of whose comparison a quorum is asked, whose client is there. */
    private final LongHashSet waiting = new LongHashSet();

    private long bytes;
    private int holds;

    /** Of the one that is held for the longest, not later than that. */
    private long lookNanos;

    /** One was proposed. */
    void began(final long subject) {
        Subject of = subjects.get(subject);
        if (of == null) {
            of = freeSubjects.isEmpty() ? new Subject() : freeSubjects.pop();
            subjects.put(subject, of);
        }
        of.underWay++;
    }

    /** One that was proposed is not under way any more: those that waited for it may go on. */
    void ended(final long subject) {
        final Subject of = subjects.get(subject);
        if (--of.underWay > 0) {
            return;
        }
        subjects.remove(subject);
        while (of.first != null) {
            release(of);
        }
        freeSubjects.push(of);
    }

    private void release(final Subject of) {
        final Held held = of.first;
        of.first = held.next;
        of.last = of.first == null ? null : of.last;
        held.next = null;
        released.add(held);
        holds--;
    }

    /** Sets those free that were held for the longest time that one is. */
    void release(final long nowNanos) {
        if (holds == 0 || lookNanos - nowNanos > 0) {
            return;
        }
        lookNanos = nowNanos + LONGEST_NANOS;
        for (final Subject of : subjects.values()) {
            while (of.first != null && nowNanos - of.first.heldNanos >= LONGEST_NANOS) {
                release(of);
            }
            if (of.first != null && of.first.heldNanos + LONGEST_NANOS - lookNanos < 0) {
                lookNanos = of.first.heldNanos + LONGEST_NANOS;
            }
        }
    }

    /** Whether a command of this subject would be held. */
    boolean isUnderWay(final long subject, final int length) {
        return bytes + length <= MAX_BYTES && subjects.containsKey(subject);
    }

    /** Holds a command until none of its subject is under way; one is, now. */
    void hold(final Held held, final long nowNanos) {
        held.heldNanos = nowNanos;
        if (holds++ == 0) {
            lookNanos = nowNanos + LONGEST_NANOS;
        }
        final Subject of = subjects.get(held.subject);
        if (of.first == null) {
            of.first = held;
        } else {
            of.last.next = held;
        }
        of.last = held;
    }

    /** Takes a command that is to be proposed as soon as the core may be asked. */
    void found(final Held held) {
        held.isFound = true;
        released.add(held);
    }

    /** A copy of a command that came at a time, to be {@link #hold held} or {@link #found}. */
    Held copy(
            final long subject,
            final DirectBuffer command,
            final int offset,
            final int length,
            final long correlationId,
            final long startNanos) {
        final Held held = free.isEmpty() ? new Held() : free.pop();
        held.command.putBytes(0, command, offset, length);
        held.length = length;
        held.subject = subject;
        held.correlationId = correlationId;
        held.startNanos = startNanos;
        held.isFound = false;
        held.next = null;
        bytes += length;
        asks(correlationId);
        return held;
    }

    /**
     * A quorum is asked for a comparison of this client, of whom it may be told that he is gone.
     */
    void asks(final long correlationId) {
        waiting.add(correlationId);
    }

    /** The client of a command is gone: if it is here, it is not proposed. */
    void clientGone(final long correlationId) {
        waiting.remove(correlationId);
    }

    boolean hasReleased() {
        return !released.isEmpty();
    }

    /** The next that may go on, null for none. Give it back with {@link #free}. */
    Held poll() {
        final Held held = released.poll();
        if (held != null) {
            bytes -= held.length;
        }
        return held;
    }

    /** Whether the client of one that was here is still there. Asked once. */
    boolean isWaiting(final long correlationId) {
        return waiting.remove(correlationId);
    }

    void free(final Held held) {
        if (free.size() < MAX_FREE && held.command.capacity() <= MAX_FREE_BYTES) {
            free.push(held);
        }
    }
}
