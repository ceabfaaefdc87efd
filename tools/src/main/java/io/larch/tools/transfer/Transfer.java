package io.larch.tools.transfer;

import io.larch.tools.transfer.StateFile.State;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Copies what is below a prefix from one store to another, and then, if that is wanted, follows the
 * source until told to cut over. May be ended at any time and run again: with a state file it goes
 * on behind the last change that is known to be in the target, without one it compares all.
 *
 * <p>Whatever a watch does not tell (what the source has forgotten, TTLs that were refreshed) is
 * found by a further pass over both, and so nothing is lost that the watch loses. The last pass is
 * after the cut-over.
 *
 * <p>{@link #run} blocks; {@link #cutOver} may be called from any thread.
 */
public final class Transfer implements Closeable {
    private static final int CHANGES_PER_CHECKPOINT = 1_000;
    private static final long CHECKPOINT_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A source that is written faster than it can be read has no moment that could be copied. */
    private static final int MAX_PASSES = 20;

    private final Source source;
    private final V2Client target;
    private final TransferOptions options;
    private final StateFile stateFile;
    private final Progress progress;
    private final Lanes lanes;
    private final Writer writer;
    private String sourceCluster;
    private String targetCluster;
    private V2Watch watch;
    private boolean isCutOver;
    private long followed;
    private long passes;
    private long seen;

    public Transfer(
            final Source source,
            final Site target,
            final TransferOptions options,
            final StateFile stateFile,
            final Progress progress) {
        this.source = source;
        this.target = new V2Client(target);
        this.options = options;
        this.stateFile = stateFile;
        this.progress = progress;
        lanes = new Lanes(options.parallel());
        writer = new Writer(this.target);
    }

    /** Ends following soon; {@link #run} returns after one more pass. */
    public synchronized void cutOver() {
        isCutOver = true;
        if (watch != null) {
            watch.stop();
        }
    }

    private synchronized boolean isCutOver() {
        return isCutOver;
    }

    private synchronized V2Watch watchAfter(final long index) {
        watch = source.watch(options, index);
        if (isCutOver) {
            watch.stop();
        }
        return watch;
    }

    /**
     * Copies.
     *
     * @throws TransferException when that cannot be gone on with; what is copied stays.
     */
    public Summary run() throws IOException {
        sourceCluster = source.cluster();
        targetCluster = new V2Source(target).cluster();
        final State state = resumed();
        if (state == null || state.isCutOver()) {
            refuseOccupied();
        }
        if (!options.isFollowing()) {
            return summary(pass());
        }
        // A source behind that index has been made anew.
        final boolean isKnown =
                state != null && state.index() > 0 && state.index() <= source.index();
        follow(isKnown ? state.index() : pass());
        final Summary summary = summary(pass());
        save(summary.sourceIndex(), true);
        return summary;
    }

    private State resumed() throws IOException {
        final State state = stateFile.load();
        if (state != null && !state.isOf(sourceCluster, targetCluster, options.prefix())) {
            throw new TransferException(
                    Kind.REFUSED,
                    "%s is of another transfer: %s of cluster %s to cluster %s"
                            .formatted(stateFile, state.prefix(), state.cluster(), state.target()));
        }
        return state;
    }

    private void refuseOccupied() throws IOException {
        if (options.isForced()) {
            return;
        }
        try (Picture picture = V2Pictures.open(target, options.prefix(), 0)) {
            final Entry entry = V2Source.firstBelow(picture, options.prefix());
            if (entry != null) {
                throw new TransferException(
                        Kind.OCCUPIED,
                        "the target has %s already; with --force it becomes what the source is"
                                .formatted(entry.path()));
            }
        }
    }

    /** Makes the target equal to the source at some moment; returns the index of that. */
    private long pass() throws IOException {
        save(0);
        for (int i = 0; i < MAX_PASSES; i++) {
            passes++;
            seen = 0;
            try (Picture wanted = source.picture(options);
                    Picture there =
                            V2Pictures.open(target, options.prefix(), options.partsDepth())) {
                new Reconciliation(lanes, writer, this::seen).run(wanted, there);
                final long index = catchUp(wanted.firstIndex(), wanted.lastIndex());
                save(index);
                return index;
            } catch (final OutdatedException e) {
                progress.told("the source has gone on too far meanwhile; reading it again");
            }
        }
        throw new TransferException(
                Kind.REFUSED,
                "the source is written faster than its parts are read; read it in one part");
    }

    private void seen(final Entry entry) {
        progress.copied(++seen, entry.path());
    }

    /** Brings parts of several moments to the last of these. */
    private long catchUp(final long fromIndex, final long toIndex) throws IOException {
        if (fromIndex == toIndex) {
            return toIndex;
        }
        final V2Watch changes = source.watch(options, fromIndex);
        for (Change change = changes.next(toIndex);
                change != null;
                change = changes.next(toIndex)) {
            apply(change);
        }
        lanes.drain();
        return Math.max(toIndex, changes.toldIndex());
    }

    private void follow(final long afterIndex) throws IOException {
        long index = afterIndex;
        while (!isCutOver()) {
            try {
                apply(watchAfter(index));
            } catch (final OutdatedException e) {
                progress.told("the source has forgotten changes behind us; reading it again");
                index = pass();
            }
        }
    }

    /** Applies changes until the cut-over, and keeps now and then how far it is. */
    private void apply(final V2Watch changes) throws IOException {
        long lastNanos = System.nanoTime();
        int count = 0;
        long kept = changes.toldIndex();
        for (Change change = changes.next(options.untilIndex());
                change != null;
                change = changes.next(options.untilIndex())) {
            apply(change);
            followed++;
            count++;
            progress.followed(followed, change.index(), changes.headIndex());
            if (count % CHANGES_PER_CHECKPOINT == 0
                    || System.nanoTime() - lastNanos > CHECKPOINT_NANOS) {
                lastNanos = System.nanoTime();
                kept = checkpoint(changes.toldIndex(), kept);
            }
        }
        checkpoint(changes.toldIndex(), kept);
        cutOver();
    }

    private long checkpoint(final long index, final long kept) throws IOException {
        lanes.drain();
        if (index > kept) {
            save(index);
        }
        return index;
    }

    /** A directory has to do with all that is below it, so it has its place in the order of all. */
    private void apply(final Change change) throws IOException {
        final Entry entry = change.entry();
        if (entry.isDirectory()) {
            lanes.drain();
        }
        if (change.isDelete()) {
            if (!entry.path().equals(Paths.ROOT)) {
                lanes.submit(entry.path(), () -> writer.delete(entry));
            }
        } else {
            lanes.submit(entry.path(), () -> writer.put(entry));
        }
        if (entry.isDirectory()) {
            lanes.drain();
        }
    }

    private void save(final long index) throws IOException {
        save(index, false);
    }

    private void save(final long index, final boolean isDone) throws IOException {
        stateFile.save(new State(sourceCluster, targetCluster, options.prefix(), index, isDone));
    }

    private Summary summary(final long index) throws IOException {
        progress.end();
        Digest digest = null;
        if (options.isVerified()) {
            digest = new Verification(source, target, options).run();
        }
        return new Summary(
                options.prefix(),
                index,
                seen,
                writer.written(),
                writer.deleted(),
                followed,
                passes,
                digest);
    }

    @Override
    public void close() {
        lanes.close();
    }
}
