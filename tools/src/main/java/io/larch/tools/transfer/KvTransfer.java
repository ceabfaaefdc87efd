package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.transfer.StateFile.State;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.util.List;

/**
 * Copies v3 keys and leases from a source to a store, and then, if that is wanted, follows the
 * source until told to cut over. May be ended at any time and run again: with a state file it goes
 * on behind the last revision that is known to be in the target, without one it compares all.
 *
 * <p>Whenever a watch cannot tell all, because the source has compacted it or leases have ended in
 * the target, all is compared again: so nothing is lost that the watch loses.
 *
 * <p>{@link #run} blocks; {@link #cutOver} may be called from any thread.
 */
public final class KvTransfer {
    private static final String STATE_PREFIX = "v3:";

    /** A source that forgets faster than it can be read has no moment that could be copied. */
    private static final int MAX_PASSES = 20;

    private final KvSource source;
    private final KvClient target;
    private final String prefix;
    private final KvRange range;
    private final TransferOptions options;
    private final StateFile stateFile;
    private final Progress progress;
    private final KvLeases leases;
    private final KvWriter writer;
    private final KvFollowing following;
    private String sourceCluster;
    private String targetCluster;
    private long passes;
    private volatile boolean isCutOver;

    /**
     * @param prefix of keys; empty: all.
     * @param options of these, whether it is forced and verified, and whether and how far it
     *     follows.
     */
    public KvTransfer(
            final KvSource source,
            final Site target,
            final String prefix,
            final TransferOptions options,
            final StateFile stateFile,
            final Progress progress) {
        this.source = source;
        this.target = new KvClient(target);
        this.prefix = prefix;
        this.options = options;
        this.stateFile = stateFile;
        this.progress = progress;
        range = KvRange.of(prefix);
        leases = new KvLeases(source, this.target, range.isAll());
        writer = new KvWriter(this.target, leases);
        following = new KvFollowing(source, leases, writer, progress, () -> isCutOver, options);
    }

    /** Ends following soon; {@link #run} returns when the target has what the source has. */
    public void cutOver() {
        isCutOver = true;
    }

    /**
     * Looks whether the target may be written to.
     *
     * @return how far an earlier run has come; null: there was none, or it has cut over.
     * @throws TransferException if it has keys, unless it is forced or goes on.
     */
    public Long refuseOccupied() throws IOException {
        sourceCluster = source.cluster();
        final KvClient.Page page = target.page(range.start(), range.end(), 1, 0);
        targetCluster = page.cluster();
        final State state = stateFile.load();
        if (state != null && !state.isOf(sourceCluster, targetCluster, STATE_PREFIX + prefix)) {
            throw new TransferException(
                    Kind.REFUSED,
                    "%s is of another transfer: %s of cluster %s to cluster %s"
                            .formatted(stateFile, state.prefix(), state.cluster(), state.target()));
        }
        final boolean isGoingOn = state != null && !state.isCutOver();
        final List<KvEntry> first = page.keys();
        if (!first.isEmpty() && !options.isForced() && !isGoingOn) {
            throw new TransferException(
                    Kind.OCCUPIED,
                    "the target has the v3 key %s already; with --force it becomes what the source is"
                            .formatted(KvText.of(first.get(0).key())));
        }
        return isGoingOn ? state.index() : null;
    }

    /**
     * Copies.
     *
     * @throws TransferException when that cannot be gone on with; what is copied stays.
     */
    public KvSummary run() throws IOException {
        final Long done = refuseOccupied();
        if (!options.isFollowing()) {
            return summary(pass());
        }
        final long revision = follow(done);
        final KvSummary summary = summary(revision);
        save(revision, true);
        return summary;
    }

    /** Of what an earlier run has written, keys may have ended whose leases nobody kept alive. */
    private long follow(final Long done) throws IOException {
        long revision =
                done != null && done > 0 && range.isAll() && leases.sync() == 0 ? done : pass();
        while (true) {
            try {
                revision = following.run(range, revision, at -> save(at, false));
                if (!range.isAll()) {
                    return pass();
                }
                leases.sync();
                leases.renew();
                return revision;
            } catch (final OutdatedException e) {
                progress.told(e.getMessage() + "; comparing all again");
                revision = pass();
            }
        }
    }

    /** Makes the target equal to the source at some moment; returns the revision of that. */
    private long pass() throws IOException {
        save(0, false);
        writer.forget();
        for (int i = 0; i < MAX_PASSES; i++) {
            passes++;
            try {
                final KvPicture picture = source.picture(range);
                leases.sync();
                new KvPass(picture, leases, writer, progress).run(KvListing.of(target, range));
                leases.sync();
                leases.renew();
                save(picture.revision(), false);
                return picture.revision();
            } catch (final OutdatedException e) {
                progress.told(e.getMessage() + "; comparing all again");
                writer.forget();
            }
        }
        throw new TransferException(
                Kind.REFUSED, "the source forgets its revisions faster than they are read");
    }

    private void save(final long revision, final boolean isDone) throws IOException {
        stateFile.save(
                new State(sourceCluster, targetCluster, STATE_PREFIX + prefix, revision, isDone));
    }

    private KvSummary summary(final long revision) throws IOException {
        if (leases.outlived() > 0) {
            progress.told(
                    "%d keys name leases that are no more, in etcd, too; they come without one"
                            .formatted(leases.outlived()));
        }
        progress.end();
        final String sha256 =
                options.isVerified()
                        ? new KvVerification(source, target, range, leases).run()
                        : null;
        return new KvSummary(
                revision,
                target.count(range),
                leases.count(),
                writer.written(),
                writer.deleted(),
                options.isFollowing() ? following.followed() : null,
                passes,
                sha256);
    }
}
