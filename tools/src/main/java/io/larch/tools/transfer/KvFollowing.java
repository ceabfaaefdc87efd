package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.transfer.KvClient.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Applies what a watch tells, in its order: changes of one revision in one revision, unless the
 * target takes none so large. Revisions that have come already may share one there.
 */
final class KvFollowing {
    private static final long TICK_MS = 100;
    private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final KvSource source;
    private final KvLeases leases;
    private final KvWriter writer;
    private final Progress progress;
    private final BooleanSupplier isCutOver;
    private final TransferOptions options;
    private long followed;

    /** Keeps up to which revision all is in the target. */
    interface Checkpoint {
        void save(long revision) throws IOException;
    }

    /**
     * @param options of these the revision that is as good as a cut-over, and the quiet of the
     *     watch.
     */
    KvFollowing(
            final KvSource source,
            final KvLeases leases,
            final KvWriter writer,
            final Progress progress,
            final BooleanSupplier isCutOver,
            final TransferOptions options) {
        this.source = source;
        this.leases = leases;
        this.writer = writer;
        this.progress = progress;
        this.isCutOver = isCutOver;
        this.options = options;
    }

    /** How many changes of keys were applied. */
    long followed() {
        return followed;
    }

    /**
     * Returns behind the cut-over: of all keys when all that was written before it is in the
     * target, of a part, whose watch cannot tell that, at once.
     *
     * @return up to which revision.
     * @throws OutdatedException if all has to be compared again.
     */
    long run(final KvRange range, final long afterRevision, final Checkpoint checkpoint)
            throws IOException {
        try (KvWatch watch = source.watch(range, afterRevision, options.quiet())) {
            long savedNanos = System.nanoTime();
            long saved = afterRevision;
            long end = Long.MAX_VALUE;
            while (watch.toldRevision() < end) {
                final boolean isOver =
                        isCutOver.getAsBoolean() || watch.headRevision() >= options.untilIndex();
                if (isOver && end == Long.MAX_VALUE) {
                    end = range.isAll() ? source.revision() : watch.toldRevision();
                    continue;
                }
                final KvRevision next = watch.next(writer.isEmpty() ? TICK_MS : 0);
                leases.renewIfDue();
                if (next == null) {
                    writer.flush();
                } else {
                    apply(next);
                    progress.followed(followed, next.number(), watch.headRevision());
                }
                if (System.nanoTime() - savedNanos > CHECKPOINT_NANOS
                        && watch.toldRevision() > saved) {
                    writer.flush();
                    saved = watch.toldRevision();
                    checkpoint.save(saved);
                    savedNanos = System.nanoTime();
                }
            }
            writer.flush();
            checkpoint.save(watch.toldRevision());
            return watch.toldRevision();
        }
    }

    private void apply(final KvRevision revision) throws IOException {
        final List<Change> changes = new ArrayList<>();
        boolean isApart = false;
        for (final KvEntry change : revision.changes()) {
            final boolean isCreation = change.version() == 1;
            isApart |= isCreation && change.lease() != 0;
            changes.add(
                    KvRevision.isDeletion(change)
                            ? new Change(change.key(), null, 0, false)
                            : new Change(
                                    change.key(),
                                    change.value(),
                                    leases.attach(change),
                                    isCreation));
        }
        writer.add(new KvGroup(changes, isApart));
        followed += changes.size();
    }
}
