package io.larch.engine.lease;

import org.agrona.DirectBuffer;

/** A key that hangs on a lease: a link in its lease's list and in a bucket of all such keys. */
final class AttachedKey {
    final byte[] key;
    final int hash;
    Lease lease;
    AttachedKey previous;
    AttachedKey next;
    AttachedKey nextInBucket;

    AttachedKey(final byte[] key, final int hash, final Lease lease) {
        this.key = key;
        this.hash = hash;
        this.lease = lease;
    }

    boolean is(final DirectBuffer other, final int offset, final int length) {
        if (key.length != length) {
            return false;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (key[i] != other.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
