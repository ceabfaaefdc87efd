package io.larch.engine.lease;

import org.agrona.DirectBuffer;

/**
 * Keys that are to hang on no lease any more, a few at a time: what each needs of memory that is
 * cold is read for all of them before it is needed, so that the ways to it overlap.
 */
final class Detachments {
    private static final int TOGETHER = 32;

    private final AttachedKeys keys;
    private final DirectBuffer[] buffers = new DirectBuffer[TOGETHER];
    private final int[] offsets = new int[TOGETHER];
    private final int[] lengths = new int[TOGETHER];
    private final int[] hashes = new int[TOGETHER];
    private final AttachedKey[] firsts = new AttachedKey[TOGETHER];
    private int count;

    /** Of what was read, so that no compiler leaves out the reading. */
    private int seen;

    Detachments(final AttachedKeys keys) {
        this.keys = keys;
    }

    /** Notes a key, whose bytes stay where they are until {@link #run}. */
    void add(final DirectBuffer key, final int offset, final int length) {
        buffers[count] = key;
        offsets[count] = offset;
        lengths[count] = length;
        count++;
        if (count == TOGETHER) {
            run();
        }
    }

    /** Detaches what was noted. */
    void run() {
        readAhead();
        for (int i = 0; i < count; i++) {
            keys.detach(buffers[i], offsets[i], lengths[i], hashes[i]);
            buffers[i] = null;
            firsts[i] = null;
        }
        count = 0;
    }

    private void readAhead() {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            hashes[i] = keys.hash(buffers[i], offsets[i], lengths[i]);
            firsts[i] = keys.first(hashes[i]);
        }
        for (int i = 0; i < count; i++) {
            if (firsts[i] != null && firsts[i].hash != hashes[i]) {
                firsts[i] = firsts[i].nextInBucket;
            }
        }
        for (int i = 0; i < count; i++) {
            final AttachedKey first = firsts[i];
            if (first != null) {
                sum += first.key.length;
                sum += first.previous == null ? 0 : first.previous.hash;
                sum += first.next == null ? 0 : first.next.hash;
            }
        }
        seen += sum;
    }
}
