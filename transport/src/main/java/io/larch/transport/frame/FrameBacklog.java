package io.larch.transport.frame;

import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sealed frames that wait, in order, for the window of a peer. Bounded; takes memory only while
 * something waits. Each frame has its length before it and is padded to 8 bytes.
 */
public final class FrameBacklog {
    private static final int LENGTH_LENGTH = Long.BYTES;
    private static final int KEPT_CAPACITY = 1 << 20;
    private static final byte[] NOTHING = new byte[0];

    private final int maxCapacity;
    private final UnsafeBuffer buffer = new UnsafeBuffer(NOTHING);
    private byte[] bytes = NOTHING;
    private int head;
    private int tail;
    private int frames;

    public FrameBacklog(final int maxCapacity) {
        this.maxCapacity = maxCapacity;
    }

    public boolean isEmpty() {
        return frames == 0;
    }

    public int frames() {
        return frames;
    }

    /** Takes a frame at the end; false when it does not fit. */
    public boolean add(final OutgoingFrame frame) {
        final int needed = LENGTH_LENGTH + BitUtil.align(frame.length(), LENGTH_LENGTH);
        if (needed > bytes.length - tail && !makeRoom(needed)) {
            return false;
        }
        buffer.putInt(tail, frame.length());
        final int offset = tail + LENGTH_LENGTH;
        buffer.putBytes(offset, frame.header(), 0, frame.headerLength());
        buffer.putBytes(
                offset + frame.headerLength(),
                frame.body(),
                frame.bodyOffset(),
                frame.bodyLength());
        tail += needed;
        frames++;
        return true;
    }

    private boolean makeRoom(final int needed) {
        final int used = tail - head;
        if ((long) used + needed > maxCapacity) {
            return false;
        }
        final int wanted = BitUtil.findNextPositivePowerOfTwo(Math.max(used + needed, 64 << 10));
        if (wanted > bytes.length) {
            final byte[] larger = new byte[wanted];
            System.arraycopy(bytes, head, larger, 0, used);
            bytes = larger;
            buffer.wrap(bytes);
        } else {
            System.arraycopy(bytes, head, bytes, 0, used);
        }
        head = 0;
        tail = used;
        return true;
    }

    /** Where the oldest frame lies. */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    public int firstOffset() {
        return head + LENGTH_LENGTH;
    }

    public int firstLength() {
        return buffer.getInt(head);
    }

    public void removeFirst() {
        head += LENGTH_LENGTH + BitUtil.align(firstLength(), LENGTH_LENGTH);
        frames--;
        if (frames == 0) {
            clear();
        }
    }

    /** Forgets everything, and the memory that only long messages need. */
    public void clear() {
        head = 0;
        tail = 0;
        frames = 0;
        if (bytes.length > KEPT_CAPACITY) {
            bytes = NOTHING;
            buffer.wrap(NOTHING);
        }
    }
}
