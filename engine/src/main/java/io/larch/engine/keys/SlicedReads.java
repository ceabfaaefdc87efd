package io.larch.engine.keys;

import io.larch.engine.keys.tree.PastRecords;
import java.util.ArrayList;
import java.util.List;

/**
 * The reads of a tree that are not done yet, oldest first, and the bound on what they hold on to:
 * nodes as they were, and lists of children. Who began first goes first when it is too much.
 */
final class SlicedReads {
    private final List<TreeRead> open = new ArrayList<>();
    private final PastRecords past;
    private final long maxBytes;
    private long listBytes;
    private long cutCount;

    SlicedReads(final PastRecords past, final long maxBytes) {
        this.past = past;
        this.maxBytes = maxBytes;
    }

    void opened(final TreeRead read) {
        open.add(read);
    }

    /** A read has taken so many bytes more for a list of children; negative: given back. */
    void held(final long bytes) {
        listBytes += bytes;
    }

    void closed(final TreeRead read) {
        open.remove(read);
    }

    int count() {
        return open.size();
    }

    long heldBytes() {
        return past.bytes() + listBytes;
    }

    /** Reads that were ended because they held on to too much, since the start. */
    long cutCount() {
        return cutCount;
    }

    /** Ends the oldest reads until the rest is within the bound. */
    void limit() {
        while (!open.isEmpty() && heldBytes() > maxBytes) {
            cutCount++;
            open.get(0).cut();
        }
    }

    /** The tree goes. */
    void replaceAll() {
        while (!open.isEmpty()) {
            open.get(open.size() - 1).replace();
        }
    }
}
