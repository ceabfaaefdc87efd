package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import io.larch.tools.transfer.StateFile.State;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Makes the v3 keys of a store what the files of an etcd have. What is the same is left alone, so
 * it may be ended at any time and run again.
 *
 * <p>Keys are written in the order of their last changes, many in one revision. Those with a lease
 * come in the order of their creation, which locks and elections go by, and each in a revision of
 * its own, unless etcd created them in one.
 */
public final class KvImport {
    private static final String STATE_PREFIX = "v3:";

    private final KvSource files;
    private final KvStore source;
    private final String cluster;
    private final KvTarget target;
    private final String prefix;
    private final KvRange range;
    private final boolean isForced;
    private final boolean isVerified;
    private final StateFile stateFile;
    private final Progress progress;

    /**
     * @param prefix of keys; empty: all.
     * @param options of these, whether it is forced and verified.
     */
    public KvImport(
            final KvSource source,
            final Site target,
            final String prefix,
            final TransferOptions options,
            final StateFile stateFile,
            final Progress progress) {
        files = source;
        this.source = source.store();
        cluster = source.cluster();
        this.target = new KvTarget(new V2Client(target));
        this.prefix = prefix;
        range = KvRange.of(prefix);
        isForced = options.isForced();
        isVerified = options.isVerified();
        this.stateFile = stateFile;
        this.progress = progress;
    }

    /**
     * Looks whether the target may be written to.
     *
     * @return its cluster.
     * @throws TransferException if it has keys, unless it is forced or goes on.
     */
    public String refuseOccupied() throws IOException {
        final KvTarget.Page page = target.page(range.start(), range.end(), 1, false);
        final State state = stateFile.load();
        if (state != null && !state.isOf(cluster, page.cluster(), STATE_PREFIX + prefix)) {
            throw new TransferException(
                    Kind.REFUSED,
                    "%s is of another transfer: %s of cluster %s to cluster %s"
                            .formatted(stateFile, state.prefix(), state.cluster(), state.target()));
        }
        if (!page.keys().isEmpty() && !isForced && state == null) {
            throw new TransferException(
                    Kind.OCCUPIED,
                    "the target has the v3 key %s already; with --force it becomes what the source is"
                            .formatted(KvText.of(page.keys().get(0).key())));
        }
        return page.cluster();
    }

    /**
     * Copies.
     *
     * @throws TransferException when that cannot be gone on with; what is copied stays.
     */
    public KvSummary run() throws IOException {
        final String targetCluster = refuseOccupied();
        save(targetCluster, 0);
        final Plan plan = new Plan();
        new KvComparison(source, range).run(target, plan);
        tellLost(plan.wanted);
        final KvLeases leases = KvLeases.of(source, range, target);
        leases.grant();
        final KvWriter deletions = new KvWriter(target);
        for (final byte[] key : plan.unwanted) {
            deletions.add(new KvTarget.Change(key, null, 0));
            leases.renewIfDue();
        }
        deletions.flush();
        final long written = write(plan.wanted, leases);
        leases.renew();
        files.refuseChanged();
        save(targetCluster, source.revision());
        progress.end();
        return new KvSummary(
                source.revision(),
                plan.same + written,
                leases.count(),
                written,
                deletions.written(),
                isVerified ? verified(leases) : null);
    }

    private void save(final String targetCluster, final long revision) throws IOException {
        stateFile.save(new State(cluster, targetCluster, STATE_PREFIX + prefix, revision, false));
    }

    private void tellLost(final List<KvEntry> wanted) {
        final long count =
                wanted.stream()
                        .filter(entry -> entry.lease() != 0 && !source.hasLease(entry.lease()))
                        .count();
        if (count > 0) {
            progress.told(
                    "%d keys name leases that are no more, in etcd, too; they come without one"
                            .formatted(count));
        }
    }

    private static long order(final KvEntry entry) {
        return entry.lease() == 0 ? entry.modified() : entry.created();
    }

    private long write(final List<KvEntry> wanted, final KvLeases leases) throws IOException {
        wanted.sort(
                Comparator.comparingLong(KvImport::order)
                        .thenComparingLong(KvEntry::sub)
                        .thenComparing(KvEntry::key, KvStore.ORDER));
        final KvWriter writer = new KvWriter(target);
        KvEntry last = null;
        for (final KvEntry entry : wanted) {
            final boolean isApart =
                    last != null
                            && order(last) != order(entry)
                            && (last.lease() != 0 || entry.lease() != 0);
            if (isApart) {
                writer.flush();
            }
            writer.add(
                    new KvTarget.Change(
                            entry.key(), source.value(entry), KvComparison.lease(source, entry)));
            leases.renewIfDue();
            progress.imported(writer.written(), wanted.size());
            last = entry;
        }
        writer.flush();
        return writer.written();
    }

    private String verified(final KvLeases leases) throws IOException {
        final Same same = new Same(leases);
        new KvComparison(source, range).run(target, same);
        final long missing = leases.missing();
        if (missing > 0) {
            throw new TransferException(
                    Kind.DIFFERENT, "%d leases are not in the target".formatted(missing));
        }
        return same.digest.sha256();
    }

    /** What is to be done. Values are not in it. */
    private static final class Plan implements KvComparison.Handler {
        private final List<KvEntry> wanted = new ArrayList<>();
        private final List<byte[]> unwanted = new ArrayList<>();
        private long same;

        @Override
        public void onSame(final KvEntry entry, final byte[] value) {
            same++;
        }

        @Override
        public void onWanted(final KvEntry entry) {
            wanted.add(entry);
        }

        @Override
        public void onUnwanted(final byte[] key) {
            unwanted.add(key);
        }
    }

    /** That nothing is to be done. */
    private final class Same implements KvComparison.Handler {
        private final KvDigest digest = new KvDigest();
        private final KvLeases leases;

        Same(final KvLeases leases) {
            this.leases = leases;
        }

        @Override
        public void onSame(final KvEntry entry, final byte[] value) throws IOException {
            leases.renewIfDue();
            digest.add(entry.key(), value, KvComparison.lease(source, entry));
        }

        @Override
        public void onWanted(final KvEntry entry) throws IOException {
            throw different(entry.key());
        }

        @Override
        public void onUnwanted(final byte[] key) throws IOException {
            throw different(key);
        }

        private static TransferException different(final byte[] key) {
            return new TransferException(
                    Kind.DIFFERENT,
                    "the v3 key %s is not the same on both sides".formatted(KvText.of(key)));
        }
    }
}
