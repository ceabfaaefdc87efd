package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The keys from one on and below an end, as requests of etcd tell it: without an end it is the one
 * key, and an end of one zero byte stands for no bound at all. Refers to bytes, copies nothing;
 * valid as long as these are.
 */
public final class KeyRange {
    private static final byte[] NOTHING = new byte[0];

    private final UnsafeBuffer key = new UnsafeBuffer(NOTHING);
    private final UnsafeBuffer end = new UnsafeBuffer(NOTHING);
    private boolean isUnbounded = true;

    /** Sets both ends; a length of 0 is one that the request does not have. */
    public KeyRange set(
            final DirectBuffer keys,
            final int keyOffset,
            final int keyLength,
            final DirectBuffer ends,
            final int endOffset,
            final int endLength) {
        wrap(key, keys, keyOffset, keyLength);
        wrap(end, ends, endOffset, endLength);
        isUnbounded = endLength == 1 && end.getByte(0) == 0;
        return this;
    }

    /** The one key. */
    public KeyRange set(final DirectBuffer keys, final int keyOffset, final int keyLength) {
        return set(keys, keyOffset, keyLength, end, 0, 0);
    }

    /** All keys. */
    public KeyRange all() {
        key.wrap(NOTHING);
        end.wrap(NOTHING);
        isUnbounded = true;
        return this;
    }

    private static void wrap(
            final UnsafeBuffer target,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        if (length == 0) {
            target.wrap(NOTHING);
        } else {
            target.wrap(buffer, offset, length);
        }
    }

    /** The first key; shows nothing when it is before all. */
    public DirectBuffer key() {
        return key;
    }

    /** What all keys are below, if it is neither {@link #isSingleKey} nor {@link #isUnbounded}. */
    public DirectBuffer end() {
        return end;
    }

    public boolean isSingleKey() {
        return !isUnbounded && end.capacity() == 0;
    }

    /** Whether it goes to the last of all keys. */
    public boolean isUnbounded() {
        return isUnbounded;
    }

    /** Whether no key can be in it. */
    public boolean isEmpty() {
        return !isUnbounded && end.capacity() > 0 && KeyBytes.compare(key, end) >= 0;
    }

    /** Whether all that a buffer shows is a key in it. */
    public boolean contains(final DirectBuffer candidate) {
        final int order = KeyBytes.compare(candidate, key);
        if (order < 0 || isUnbounded) {
            return order >= 0;
        }
        return end.capacity() == 0 ? order == 0 : KeyBytes.compare(candidate, end) < 0;
    }

    UnsafeBuffer keyBytes() {
        return key;
    }

    UnsafeBuffer endBytes() {
        return end;
    }
}
