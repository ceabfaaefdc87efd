package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Goes through the keys of both sides at once, in their order, and tells where they differ. */
final class KvComparison {
    private final KvPicture source;

    /** Is told of each key. */
    interface Handler {
        /** Both sides have it, with the same value and lease; told as the target has it. */
        void onSame(KvEntry there) throws IOException;

        /** Only the source has it, or as it is. */
        void onWanted(KvEntry entry) throws IOException;

        /** Only the target has it. */
        void onUnwanted(byte[] key) throws IOException;
    }

    KvComparison(final KvPicture source) {
        this.source = source;
    }

    void run(final KvListing target, final Handler handler) throws IOException {
        KvEntry wanted = source.next();
        KvEntry there = target.next();
        while (wanted != null || there != null) {
            final int order = order(wanted, there);
            if (order > 0) {
                handler.onUnwanted(there.key());
            } else if (order < 0 || !isSame(wanted, there)) {
                handler.onWanted(wanted);
            } else {
                handler.onSame(there);
            }
            wanted = order <= 0 ? source.next() : wanted;
            there = order >= 0 ? target.next() : there;
        }
    }

    private static int order(final KvEntry wanted, final KvEntry there) {
        if (wanted == null || there == null) {
            return wanted == null ? 1 : -1;
        }
        return KvStore.ORDER.compare(wanted.key(), there.key());
    }

    private boolean isSame(final KvEntry wanted, final KvEntry there) throws IOException {
        return hasSameLease(wanted.lease(), there.lease())
                && wanted.length() == there.length()
                && Arrays.equals(source.values(List.of(wanted)).get(0), there.value());
    }

    /** A lease that is no more cannot be named. */
    private boolean hasSameLease(final long wanted, final long there) {
        return wanted == there || there == 0 && !source.hasLease(wanted);
    }
}
