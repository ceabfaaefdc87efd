package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import io.larch.tools.transfer.KvClient.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes a target equal to a picture of the source: writes what is missing or other, deletes what is
 * too much, and leaves alone what is the same.
 *
 * <p>Keys are written in the order of their last changes, many in one revision. Those with a lease
 * come in the order of their creation, which locks and elections go by, and each in a revision of
 * its own, unless they were created in one. Names of keys are in memory, and as many values as
 * there is room for; the others are read again.
 */
final class KvPass {
    private static final long KEPT_BYTES = Math.min(64 << 20, Runtime.getRuntime().maxMemory() / 8);
    private static final int KEYS_PER_READ = 100;
    private static final int BYTES_PER_READ = 4 << 20;

    private final KvPicture source;
    private final KvLeases leases;
    private final KvWriter writer;
    private final Progress progress;
    private final List<KvEntry> wanted = new ArrayList<>();
    private final List<byte[]> unwanted = new ArrayList<>();
    private long keptBytes;
    private long seen;

    KvPass(
            final KvPicture source,
            final KvLeases leases,
            final KvWriter writer,
            final Progress progress) {
        this.source = source;
        this.leases = leases;
        this.writer = writer;
        this.progress = progress;
    }

    /** Returns when all is written. */
    void run(final KvListing target) throws IOException {
        new KvComparison(source).run(target, new Plan());
        for (final byte[] key : unwanted) {
            writer.add(new KvGroup(List.of(new Change(key, null, 0, false)), false));
            leases.renewIfDue();
        }
        writer.flush();
        wanted.sort(
                Comparator.comparingLong(KvPass::order)
                        .thenComparingLong(KvEntry::sub)
                        .thenComparing(KvEntry::key, KvStore.ORDER));
        write();
        writer.flush();
        source.refuseChanged();
    }

    private static long order(final KvEntry entry) {
        return entry.lease() == 0 ? entry.modified() : entry.created();
    }

    private void write() throws IOException {
        final long before = writer.written();
        final List<Change> together = new ArrayList<>();
        KvEntry last = null;
        for (int from = 0; from < wanted.size(); ) {
            final List<KvEntry> some = wanted.subList(from, endOfRead(from));
            final List<byte[]> values = source.values(some);
            for (int i = 0; i < some.size(); i++) {
                final KvEntry entry = some.get(i);
                if (last != null && (entry.lease() == 0 || order(last) != order(entry))) {
                    writer.add(new KvGroup(List.copyOf(together), last.lease() != 0));
                    together.clear();
                }
                together.add(new Change(entry.key(), values.get(i), leases.attach(entry), false));
                last = entry;
                leases.renewIfDue();
                progress.imported(writer.written() - before, wanted.size());
            }
            from += some.size();
        }
        if (last != null) {
            writer.add(new KvGroup(List.copyOf(together), last.lease() != 0));
        }
    }

    private int endOfRead(final int from) {
        int end = from + 1;
        long bytes = wanted.get(from).length();
        while (end < Math.min(wanted.size(), from + KEYS_PER_READ)
                && bytes + wanted.get(end).length() <= BYTES_PER_READ) {
            bytes += wanted.get(end).length();
            end++;
        }
        return end;
    }

    /** What is to be done. */
    private final class Plan implements KvComparison.Handler {
        @Override
        public void onSame(final KvEntry there) throws IOException {
            onKey();
        }

        @Override
        public void onWanted(final KvEntry entry) throws IOException {
            wanted.add(isKept(entry) ? entry : withoutValue(entry));
            onKey();
        }

        @Override
        public void onUnwanted(final byte[] key) throws IOException {
            unwanted.add(key);
            onKey();
        }

        private void onKey() throws IOException {
            progress.compared(++seen);
            leases.renewIfDue();
        }
    }

    private boolean isKept(final KvEntry entry) {
        if (entry.value() == null) {
            return true;
        }
        keptBytes += entry.length();
        return keptBytes <= KEPT_BYTES;
    }

    private static KvEntry withoutValue(final KvEntry entry) {
        return new KvEntry(
                entry.key(),
                entry.created(),
                entry.modified(),
                entry.sub(),
                entry.version(),
                entry.lease(),
                null,
                0,
                entry.length());
    }
}
