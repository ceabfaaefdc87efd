package io.larch.engine.sim;

import io.larch.engine.codec.EventFlyweight;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Watches the watchers: the events of all members are the same, and a watcher is told of each one
 * it asked for, once and in order, or that it missed some.
 */
final class WatchCheck {
    private static final long UNKNOWN = 0;

    /** Whoever watches everything was told of nothing here. */
    private static final long NOTHING = 1;

    /** By store index: hash of the event, or one of the constants. */
    private long[] events = new long[1024];

    /** By store index: hash of the event's key. */
    private long[] keys = new long[1024];

    /** One watcher. */
    static final class Watch {
        final long keyHash;

        /** The first index that it has not been told about. */
        long next;

        boolean isOver;

        /**
         * @param keyHash of the one key watched; 0: all keys.
         */
        Watch(final long keyHash) {
            this.keyHash = keyHash;
        }
    }

    static long keyHash(final byte[] key) {
        return Arrays.hashCode(key) * 2L + 1;
    }

    /** A watcher is told of an event. */
    void onEvent(
            final int place,
            final Watch watch,
            final DirectBuffer event,
            final int offset,
            final int length) {
        final long index = EventFlyweight.storeIndex(event, offset);
        if (watch.isOver) {
            throw new Violation("watches", "member " + place + " goes on after the end");
        }
        if (index < watch.next) {
            throw new Violation(
                    "watches", "member " + place + " tells of " + index + " again or out of order");
        }
        know(place, index, event, offset, length);
        pass(place, watch, index);
        if (watch.keyHash != 0 && keys[(int) index] != watch.keyHash) {
            throw new Violation("watches", "member " + place + " tells of another key " + index);
        }
        watch.next = index + 1;
    }

    /** All indexes before this one were passed over in silence. */
    void pass(final int place, final Watch watch, final long before) {
        reserve(before);
        for (long i = Math.max(1, watch.next); i < before; i++) {
            final long known = events[(int) i];
            if (watch.keyHash == 0 && known == UNKNOWN) {
                events[(int) i] = NOTHING;
            } else if (known != UNKNOWN
                    && known != NOTHING
                    && (watch.keyHash == 0 || keys[(int) i] == watch.keyHash)) {
                throw new Violation("watches", "member " + place + " passes over event " + i);
            }
        }
        watch.next = Math.max(watch.next, before);
    }

    private void know(
            final int place,
            final long index,
            final DirectBuffer event,
            final int offset,
            final int length) {
        reserve(index);
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + event.getByte(offset + i);
        }
        hash = hash == UNKNOWN || hash == NOTHING ? 2 : hash;
        final long known = events[(int) index];
        if (known != UNKNOWN && known != hash) {
            throw new Violation("watches", "member " + place + " tells something else of " + index);
        }
        events[(int) index] = hash;
        final int node = offset + EventFlyweight.HEADER_LENGTH;
        final byte[] key = new byte[EventFlyweight.keyLength(event, node)];
        event.getBytes(EventFlyweight.keyOffset(node), key);
        keys[(int) index] = keyHash(key);
    }

    private void reserve(final long index) {
        if (index >= events.length) {
            events = Arrays.copyOf(events, (int) Math.max(index + 1, events.length * 2L));
            keys = Arrays.copyOf(keys, events.length);
        }
    }
}
