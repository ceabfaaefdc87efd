package io.larch.engine.snapshot;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSink;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.SnapshotSource;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.wal.WriteAheadLog;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Takes a snapshot every {@code --snapshot-count} applied entries, a slice a turn, and cuts the log
 * behind it when it is durable. Owned by the engine thread.
 */
public final class SnapshotScheduler {
    /** A log of this many bytes is cut behind the snapshot whatever followers may need. */
    private static final long MAX_LOG_BYTES = 1L << 30;

    /** A log of this many entries, or of this many bytes, is applied in a second or two. */
    private static final long SHORT_LOG_ENTRIES = 500_000;

    private static final long SHORT_LOG_BYTES = 512L << 20;

    /** Nodes per turn: some hundred microseconds. */
    private static final int RECORDS_PER_TURN = 256;

    /** What was opened for a peer and is not asked for again is closed. */
    private static final long CLAIM_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ExpandableArrayBuffer config = new ExpandableArrayBuffer(1024);
    private final ThrottledSink sink = new ThrottledSink();
    private final SnapshotContext context;
    private final EngineContext engineContext;
    private final ClusterState cluster;
    private final List<SnapshotSection> sections;
    private final SnapshotConfig replicatedConfig;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final EngineLog log;
    private final StateExports exports;
    private long lastIndex;
    private long lastBytes;
    private SnapshotTaker taker;
    private boolean isWritten;
    private boolean isSectioned;
    private List<SnapshotSection> begun = List.of();
    private int sectionsWritten;
    private boolean isInSection;

    /** A snapshot that a peer needs and that is being opened, or waits to be asked for again. */
    private SnapshotOpening opening;

    private long lastIndexAtOpening;
    private boolean isUnclaimed;
    private long unclaimedNanos;

    private boolean isWanted;
    private boolean isWaiting;
    private long retryNanos;

    /**
     * @param lastIndex what the newest snapshot covers; 0 when there is none.
     * @param lastBytes how long it is.
     */
    public SnapshotScheduler(
            final SnapshotContext context,
            final EngineContext engineContext,
            final long lastIndex,
            final long lastBytes,
            final ClusterState cluster,
            final Applications applications,
            final SnapshotConfig replicatedConfig,
            final RaftCore raft,
            final WriteAheadLog wal,
            final EngineLog log) {
        this.context = context;
        this.engineContext = engineContext;
        this.lastIndex = lastIndex;
        this.lastBytes = lastBytes;
        this.cluster = cluster;
        sections = applications.all().stream().map(Application::snapshot).toList();
        this.replicatedConfig = replicatedConfig;
        this.raft = raft;
        this.wal = wal;
        this.log = log;
        exports = new StateExports(context, log);
    }

    /** Index that the newest snapshot covers. */
    long lastIndex() {
        return lastIndex;
    }

    /**
     * Opens the newest snapshot for a peer that needs one. The worker of the context does it: the
     * first call begins, and a later one gets it.
     *
     * @param minIndex what it must cover, or the log does not go on from it.
     * @return null when it is not open yet, or there is none: then one is taken.
     */
    public SnapshotSource openNewest(final long minIndex) {
        if (opening == null) {
            startOpening();
        }
        if (!opening.isDone()) {
            return null;
        }
        final Throwable failure = opening.failure();
        final OutgoingSnapshot newest = opening.take();
        final boolean isOutdated = lastIndex > lastIndexAtOpening && lastIndex >= minIndex;
        opening = null;
        if (newest != null && newest.lastIndex() >= minIndex) {
            return new SnapshotFileSource(context, newest, log);
        }
        if (newest != null) {
            context.executor().execute(newest::closeQuietly);
        }
        if (failure != null) {
            log.snapshotFailed(minIndex, failure);
        }
        if (isOutdated) {
            startOpening();
        } else {
            isWanted = true;
        }
        return null;
    }

    /** A client wants all that is applied now; it is answered when a snapshot covers that. */
    public void export(final Query<QueryViews.State> question, final AppliedPosition applied) {
        exports.ask(question, applied.index(), engineContext.nanoTime().getAsLong());
    }

    private void startOpening() {
        lastIndexAtOpening = lastIndex;
        isUnclaimed = false;
        opening = SnapshotOpening.start(context);
    }

    /** Whoever asked for a snapshot may be gone; it is not kept open for long. */
    private void closeUnclaimed(final long nowNanos) {
        if (opening == null || !opening.isDone()) {
            return;
        }
        if (!isUnclaimed) {
            isUnclaimed = true;
            unclaimedNanos = nowNanos;
        } else if (nowNanos - unclaimedNanos > CLAIM_NANOS) {
            opening.close();
            opening = null;
        }
    }

    public int doWork(final AppliedPosition applied, final long nowNanos) {
        closeUnclaimed(nowNanos);
        return exports.doWork(lastIndex, nowNanos) + takeSnapshot(applied, nowNanos);
    }

    private int takeSnapshot(final AppliedPosition applied, final long nowNanos) {
        if (taker == null) {
            return isDue(applied, nowNanos) ? begin(applied, nowNanos) : 0;
        }
        if (!isWritten) {
            sink.isFull = false;
            isWritten = writeSections();
            if (!isWritten && !taker.isDone()) {
                // Who has no room now wakes the engine when it has.
                return sink.isFull ? 0 : 1;
            }
            taker.finish();
            isWritten = true;
        }
        return taker.isDone() ? complete(nowNanos) : 0;
    }

    /** Returns true when all are complete. */
    private boolean writeSections() {
        while (sectionsWritten < begun.size()) {
            final SnapshotSection section = begun.get(sectionsWritten);
            if (!isInSection && isSectioned) {
                if (!taker.beginSection(section.name(), section.version())) {
                    sink.isFull = true;
                    return false;
                }
            }
            isInSection = true;
            if (!section.write(sink, RECORDS_PER_TURN)) {
                return false;
            }
            isInSection = false;
            sectionsWritten++;
        }
        return true;
    }

    /** Waits for what was removed to be given back; not where no entries come that would do so. */
    private boolean isDue(final AppliedPosition applied, final long nowNanos) {
        final long entries = applied.index() - lastIndex;
        final boolean isDue =
                entries >= engineContext.snapshotCount() && isWorthIt(entries)
                        || entries > 0 && (isWanted || wal.lengthBytes() > MAX_LOG_BYTES)
                        || exports.isWantedBeyond(lastIndex);
        return isDue
                && (!isWaiting || retryNanos - nowNanos <= 0)
                && (isReady() || wal.isDiskFull() && isPossible());
    }

    /** On a full disk all is worth it that lets go of log. */
    private boolean isWorthIt(final long entries) {
        return !engineContext.snapshotsBySize()
                || wal.isDiskFull()
                || isWorthSnapshot(lastBytes, entries, wal.bytesBehind(lastIndex));
    }

    /**
     * Whether there is log enough behind a snapshot to take the next: eight times its bytes, unless
     * a restart feels them before, and half of its in a large store. So snapshots add an eighth of
     * what the log writes where they are small, and at most twice as much as it.
     */
    static boolean isWorthSnapshot(
            final long snapshotBytes, final long entries, final long logBytes) {
        return logBytes >= snapshotBytes / 2
                && (logBytes >= 8 * snapshotBytes
                        || logBytes >= SHORT_LOG_BYTES
                        || entries >= SHORT_LOG_ENTRIES);
    }

    private boolean isPossible() {
        for (int i = 0; i < sections.size(); i++) {
            if (!sections.get(i).isPossible()) {
                return false;
            }
        }
        return true;
    }

    private boolean isReady() {
        for (int i = 0; i < sections.size(); i++) {
            if (!sections.get(i).isReady()) {
                return false;
            }
        }
        return true;
    }

    private int begin(final AppliedPosition applied, final long nowNanos) {
        log.snapshotStarted(applied.index(), lastIndex);
        isWanted = false;
        final int level = cluster.featureLevel();
        // What is in use belongs to it even if a member has joined that cannot read it.
        begun =
                sections.stream()
                        .filter(each -> each.featureLevel() <= level || !each.isEmpty())
                        .toList();
        isSectioned = level >= FeatureLevel.SECTIONS || begun.size() > 1;
        final int length = replicatedConfig.encode(config, raft.conf());
        try {
            taker =
                    SnapshotTaker.start(
                            context,
                            isSectioned,
                            engineContext.clusterId(),
                            applied.index(),
                            applied.term(),
                            config,
                            0,
                            length);
        } catch (final RuntimeException e) {
            failed(applied.index(), e, nowNanos);
            return 0;
        }
        begun.forEach(SnapshotSection::begin);
        sectionsWritten = 0;
        isInSection = false;
        isWritten = false;
        return 1;
    }

    private void failed(final long index, final Throwable cause, final long nowNanos) {
        log.snapshotFailed(index, cause);
        exports.failed(cause);
        isWaiting = true;
        retryNanos = nowNanos + RETRY_NANOS;
    }

    private int complete(final long nowNanos) {
        final SnapshotTaker done = taker;
        taker = null;
        if (done.failure() != null) {
            begun.forEach(SnapshotSection::abort);
            failed(done.lastIndex(), done.failure(), nowNanos);
        } else {
            isWaiting = false;
            lastIndex = done.lastIndex();
            lastBytes = done.lengthBytes();
            log.snapshotSaved(lastIndex);
            compact();
        }
        done.close();
        return 1;
    }

    private void compact() {
        final long kept =
                Math.min(lastIndex - engineContext.trailingEntries(), raft.compactableIndex());
        final long through = wal.lengthBytes() > MAX_LOG_BYTES ? lastIndex : kept;
        if (through >= wal.firstIndex()) {
            wal.compact(through);
            log.compacted(through);
        }
    }

    /** A received snapshot takes the place of the state, and so of one that is being taken. */
    void replaced(final long index, final long bytes) {
        abandon();
        lastIndex = index;
        lastBytes = bytes;
        isWanted = false;
    }

    public void close() {
        exports.close();
        abandon();
    }

    private void abandon() {
        if (opening != null) {
            opening.close();
            opening = null;
        }
        if (taker != null) {
            begun.forEach(SnapshotSection::abort);
            taker.close();
            taker = null;
        }
    }

    /** Remembers whether the writer had room. */
    private final class ThrottledSink implements StateSink {
        private boolean isFull;

        @Override
        public boolean offer(final DirectBuffer buffer, final int offset, final int length) {
            final boolean isTaken = taker.offer(buffer, offset, length);
            isFull |= !isTaken;
            return isTaken;
        }
    }
}
