package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;

/** Goes through the keys of both sides at once, in their order, and tells where they differ. */
final class KvComparison {
    private final KvStore source;
    private final KvRange range;

    /** Is told of each key. */
    interface Handler {
        /** Both sides have it, with the same value and lease. */
        void onSame(KvEntry entry, byte[] value) throws IOException;

        /** Only the source has it, or as it is. */
        void onWanted(KvEntry entry) throws IOException;

        /** Only the target has it. */
        void onUnwanted(byte[] key) throws IOException;
    }

    KvComparison(final KvStore source, final KvRange range) {
        this.source = source;
        this.range = range;
    }

    void run(final KvTarget target, final Handler handler) throws IOException {
        final KvListing listing = new KvListing(target, range);
        final Iterator<KvEntry> entries = range.of(source).iterator();
        KvEntry wanted = next(entries);
        KvTarget.Found there = listing.next();
        while (wanted != null || there != null) {
            final int order =
                    wanted == null
                            ? 1
                            : there == null ? -1 : KvStore.ORDER.compare(wanted.key(), there.key());
            if (order > 0) {
                handler.onUnwanted(there.key());
            } else if (order < 0 || !isSame(wanted, there)) {
                handler.onWanted(wanted);
            } else {
                handler.onSame(wanted, there.value());
            }
            wanted = order <= 0 ? next(entries) : wanted;
            there = order >= 0 ? listing.next() : there;
        }
    }

    private static KvEntry next(final Iterator<KvEntry> entries) {
        return entries.hasNext() ? entries.next() : null;
    }

    private boolean isSame(final KvEntry wanted, final KvTarget.Found there) throws IOException {
        return lease(source, wanted) == there.lease()
                && wanted.length() == there.value().length
                && Arrays.equals(source.value(wanted), there.value());
    }

    /** Of a key in the target: a lease that is no more cannot be named. */
    static long lease(final KvStore source, final KvEntry entry) {
        return source.hasLease(entry.lease()) ? entry.lease() : 0;
    }
}
