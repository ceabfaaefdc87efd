package io.larch.tools.transfer;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Goes through the keys of a store in their order, of which a few at a time are in memory: the
 * longer the values, the fewer.
 */
final class KvListing {
    private static final int FIRST_KEYS = 16;
    private static final int MAX_KEYS = 1_000;
    private static final int PAGE_BYTES = 4 << 20;

    private final KvTarget target;
    private final byte[] end;
    private final Deque<KvTarget.Found> found = new ArrayDeque<>();
    private byte[] from;
    private int limit = FIRST_KEYS;

    KvListing(final KvTarget target, final KvRange range) {
        this.target = target;
        from = range.start();
        end = range.end();
    }

    /** The next one; null: that was all. */
    KvTarget.Found next() throws IOException {
        if (found.isEmpty() && from != null) {
            read();
        }
        return found.poll();
    }

    private void read() throws IOException {
        final KvTarget.Page page = target.page(from, end, limit, true);
        found.addAll(page.keys());
        if (!page.hasMore() || page.keys().isEmpty()) {
            from = null;
            return;
        }
        int longest = 1;
        for (final KvTarget.Found each : page.keys()) {
            longest = Math.max(longest, each.value().length);
        }
        limit = Math.max(1, Math.min(Math.min(2 * limit, MAX_KEYS), PAGE_BYTES / longest));
        final byte[] last = found.getLast().key();
        from = Arrays.copyOf(last, last.length + 1);
    }
}
