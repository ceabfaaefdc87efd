package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
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

    private final KvClient client;
    private final byte[] end;
    private final boolean isOfOneMoment;
    private final Deque<KvEntry> found = new ArrayDeque<>();
    private byte[] from;
    private int limit = FIRST_KEYS;
    private long revision;

    private KvListing(final KvClient client, final KvRange range, final boolean isOfOneMoment) {
        this.client = client;
        this.isOfOneMoment = isOfOneMoment;
        from = range.start();
        end = range.end();
    }

    /** Each page as it is when it is read. */
    static KvListing of(final KvClient client, final KvRange range) {
        return new KvListing(client, range, false);
    }

    /** All as it is now, as long as the store remembers: {@link OutdatedException} is the end. */
    static KvListing ofOneMoment(final KvClient client, final KvRange range) throws IOException {
        final KvListing listing = new KvListing(client, range, true);
        listing.read();
        return listing;
    }

    /** Of the last page that was read. */
    long revision() {
        return revision;
    }

    /** The next one; null: that was all. */
    KvEntry next() throws IOException {
        if (found.isEmpty() && from != null) {
            read();
        }
        return found.poll();
    }

    private void read() throws IOException {
        final KvClient.Page page = client.page(from, end, limit, isOfOneMoment ? revision : 0);
        if (!isOfOneMoment || revision == 0) {
            revision = page.revision();
        }
        found.addAll(page.keys());
        if (!page.hasMore() || page.keys().isEmpty()) {
            from = null;
            return;
        }
        int longest = 1;
        for (final KvEntry each : page.keys()) {
            longest = Math.max(longest, each.length());
        }
        limit = Math.max(1, Math.min(Math.min(2 * limit, MAX_KEYS), PAGE_BYTES / longest));
        final byte[] last = found.getLast().key();
        from = Arrays.copyOf(last, last.length + 1);
    }
}
