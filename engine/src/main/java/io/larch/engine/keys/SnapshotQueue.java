package io.larch.engine.keys;

import io.larch.engine.application.StateSink;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Bytes on their way into a snapshot, in chunks outside the heap. Grows by what changes while the
 * snapshot is written faster than it is taken: what is removed from the tree meanwhile moves here.
 */
final class SnapshotQueue implements AutoCloseable {
    static final int CHUNK_LENGTH = 64 * 1024;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private long[] chunks = new long[16];
    private int first;
    private int count;
    private int lastLength;
    private long spare;

    void put(final DirectBuffer buffer, final int offset, final int length) {
        int done = 0;
        while (done < length) {
            if (count == 0 || lastLength == CHUNK_LENGTH) {
                addChunk();
            }
            final int part = Math.min(length - done, CHUNK_LENGTH - lastLength);
            view.wrap(chunks[first + count - 1] + lastLength, part);
            view.putBytes(0, buffer, offset + done, part);
            lastLength += part;
            done += part;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean hasFullChunk() {
        return count > 1 || count == 1 && lastLength == CHUNK_LENGTH;
    }

    /**
     * Offers the oldest chunk, full or not.
     *
     * @return whether the sink took it.
     */
    boolean offer(final StateSink sink) {
        final int length = count > 1 ? CHUNK_LENGTH : lastLength;
        view.wrap(chunks[first], length);
        if (!sink.offer(view, 0, length)) {
            return false;
        }
        removeChunk();
        return true;
    }

    void clear() {
        while (count > 0) {
            removeChunk();
        }
        if (chunks.length > 1024) {
            chunks = new long[16];
        }
    }

    @Override
    public void close() {
        clear();
        if (spare != 0) {
            UnsafeApi.freeMemory(spare);
            spare = 0;
        }
    }

    private void addChunk() {
        if (first + count == chunks.length) {
            if (first < count) {
                chunks = Arrays.copyOf(chunks, chunks.length * 2);
            }
            System.arraycopy(chunks, first, chunks, 0, count);
            first = 0;
        }
        final long chunk = spare != 0 ? spare : UnsafeApi.allocateMemory(CHUNK_LENGTH);
        spare = 0;
        chunks[first + count++] = chunk;
        lastLength = 0;
    }

    private void removeChunk() {
        final long chunk = chunks[first++];
        if (--count == 0) {
            first = 0;
            lastLength = 0;
        }
        if (spare == 0) {
            spare = chunk;
        } else {
            UnsafeApi.freeMemory(chunk);
        }
    }
}
