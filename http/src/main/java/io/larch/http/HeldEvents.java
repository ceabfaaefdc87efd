package io.larch.http;

import io.larch.engine.port.Reply;
import java.util.function.Consumer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.LongArrayList;

/**
 * Events of many watches that wait until what the engine answers besides has been sent: else the
 * writer of a key would wait until all who watch it have been told.
 *
 * <p>They stay in order, so whoever holds one holds all behind it, too. One event loop's; keeps its
 * memory.
 */
final class HeldEvents {
    /** Fewer are told at once: that takes no longer than to hold on to it. */
    private static final int MANY_WATCHES = 8;

    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_WATCHES = 1 << 16;

    private final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer(4096);
    private final LongArrayList watches = new LongArrayList();
    private final IntArrayList counts = new IntArrayList();
    private final IntArrayList lengths = new IntArrayList();
    private final Reply held = new Reply();
    private long[] told = new long[64];
    private int end;
    private boolean isReleasing;

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /**
     * Takes over an event that may wait.
     *
     * @return false if it is to be told at once, behind all that is held.
     */
    boolean hold(final Reply event) {
        final int count = event.watchCount();
        if (isEmpty() && count < MANY_WATCHES
                || LongReply.isLong(event.length())
                || !isReleasing && isFullFor(event)) {
            return false;
        }
        try {
            makeRoom(count, event.length());
        } catch (final OutOfMemoryError e) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            watches.addLong(event.watches()[i]);
        }
        counts.addInt(count);
        lengths.addInt(event.length());
        bytes.putBytes(end, event.bytes(), event.offset(), event.length());
        end += event.length();
        return true;
    }

    /** All that is needed for one more, so that it is held as a whole or not at all. */
    private void makeRoom(final int count, final int length) {
        watches.ensureCapacity(watches.size() + count);
        counts.ensureCapacity(counts.size() + 1);
        lengths.ensureCapacity(lengths.size() + 1);
        bytes.checkLimit(end + length);
        if (told.length < count) {
            told = new long[count * 2];
        }
    }

    private boolean isFullFor(final Reply event) {
        return end + event.length() > MAX_BYTES
                || watches.size() + event.watchCount() > MAX_WATCHES;
    }

    /**
     * Tells all that is held, in order, with what comes to be held meanwhile. Asked for again by
     * what it does, it does nothing: what is answered in there is of requests that began in there.
     */
    void release(final Consumer<Reply> teller) {
        if (isReleasing) {
            return;
        }
        isReleasing = true;
        try {
            tellAll(teller);
        } finally {
            watches.clear();
            counts.clear();
            lengths.clear();
            end = 0;
            isReleasing = false;
        }
    }

    private void tellAll(final Consumer<Reply> teller) {
        int watch = 0;
        int offset = 0;
        for (int i = 0; i < counts.size(); i++) {
            final int count = counts.getInt(i);
            for (int k = 0; k < count; k++) {
                told[k] = watches.getLong(watch++);
            }
            held.beginEvent(told, count).bytes(bytes, offset, lengths.getInt(i));
            offset += lengths.getInt(i);
            teller.accept(held);
        }
    }
}
