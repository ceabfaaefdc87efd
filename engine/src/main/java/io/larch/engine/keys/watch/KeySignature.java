package io.larch.engine.keys.watch;

import io.larch.engine.codec.EventFlyweight;
import org.agrona.DirectBuffer;

/**
 * A few bits that stand for a path, so that a scan of the history can skip nearly all events
 * without looking at them. An event's signature has the bits of its key and of every ancestor: a
 * watch whose bits are not all in it cannot be meant, neither by the key itself nor as an ancestor.
 */
final class KeySignature {
    private static final long NOBODY = 0L;
    private static final long ANYBODY = -1L;

    private KeySignature() {}

    /** Bits of a path; none for the root. */
    static long ofPath(final DirectBuffer path, final int offset, final int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + path.getByte(offset + i);
        }
        return length == 0 ? NOBODY : bits(hash);
    }

    /** Bits of whom an event may concern. */
    static long ofEvent(final DirectBuffer event, final int offset, final int length) {
        if (length == 0) {
            return NOBODY;
        }
        final int flags = EventFlyweight.flags(event, offset);
        if ((flags & EventFlyweight.REFRESH) != 0) {
            return NOBODY;
        }
        if ((flags & EventFlyweight.DIR_REMOVED) != 0) {
            return ANYBODY;
        }
        final int node = offset + EventFlyweight.HEADER_LENGTH;
        final int keyOffset = EventFlyweight.keyOffset(node);
        final int keyLength = EventFlyweight.keyLength(event, node);
        long signature = 0;
        int hash = 0;
        for (int i = 0; i < keyLength; i++) {
            final byte value = event.getByte(keyOffset + i);
            if (value == '/' && i > 0) {
                signature |= bits(hash);
            }
            hash = hash * 31 + value;
        }
        return signature | bits(hash);
    }

    private static long bits(final int hash) {
        final int mixed = hash * 0x9E3779B1;
        return 1L << (mixed >>> 26) | 1L << (mixed >>> 20);
    }
}
