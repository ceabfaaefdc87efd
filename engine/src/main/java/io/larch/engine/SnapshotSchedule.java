package io.larch.engine;

import io.larch.engine.raft.LogStorage;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotTaker;
import io.larch.engine.store.Store;
import org.agrona.ExpandableArrayBuffer;

/**
 * Takes a snapshot every {@code --snapshot-count} applied entries, a slice a turn, and cuts the log
 * behind it when it is durable. Owned by the engine thread.
 */
final class SnapshotSchedule {
    /**
     * Entries kept behind a snapshot, so that a follower that was away for a moment needs no
     * snapshot.
     */
    static final long TRAILING_ENTRIES = 5_000;

    /** Nodes per turn: some hundred microseconds. */
    private static final int RECORDS_PER_TURN = 256;

    private final ExpandableArrayBuffer config = new ExpandableArrayBuffer(1024);
    private final SnapshotContext context;
    private final long clusterId;
    private final long interval;
    private final Store store;
    private final SnapshotConfig snapshotConfig;
    private final LogStorage storage;
    private final EngineLog log;
    private long lastIndex;
    private SnapshotTaker taker;
    private boolean isWritten;
    private boolean isFinished;

    SnapshotSchedule(
            final SnapshotContext context,
            final long clusterId,
            final long interval,
            final long lastIndex,
            final Store store,
            final SnapshotConfig snapshotConfig,
            final LogStorage storage,
            final EngineLog log) {
        this.context = context;
        this.clusterId = clusterId;
        this.interval = interval;
        this.lastIndex = lastIndex;
        this.store = store;
        this.snapshotConfig = snapshotConfig;
        this.storage = storage;
        this.log = log;
    }

    /** Index that the newest snapshot covers. */
    long lastIndex() {
        return lastIndex;
    }

    int doWork(final AppliedPosition applied) {
        if (taker == null) {
            return applied.index() - lastIndex >= interval ? begin(applied) : 0;
        }
        if (!isWritten) {
            isWritten = store.writeSnapshot(taker, RECORDS_PER_TURN);
            return taker.isDone() ? complete() : 1;
        }
        if (!isFinished) {
            isFinished = taker.finish();
        }
        return taker.isDone() ? complete() : 0;
    }

    private int begin(final AppliedPosition applied) {
        log.snapshotStarted(applied.index(), lastIndex);
        final int length = snapshotConfig.encode(config);
        taker =
                SnapshotTaker.start(
                        context, clusterId, applied.index(), applied.term(), config, 0, length);
        store.beginSnapshot();
        isWritten = false;
        isFinished = false;
        return 1;
    }

    private int complete() {
        final SnapshotTaker done = taker;
        taker = null;
        lastIndex = done.lastIndex();
        if (done.failure() != null) {
            store.abortSnapshot();
            log.snapshotFailed(done.lastIndex(), done.failure());
        } else {
            log.snapshotSaved(done.lastIndex());
            final long through = done.lastIndex() - TRAILING_ENTRIES;
            if (through >= storage.firstIndex()) {
                storage.compact(through);
                log.compacted(through);
            }
        }
        done.close();
        return 1;
    }

    void close() {
        if (taker != null) {
            store.abortSnapshot();
            taker.close();
            taker = null;
        }
    }

    /** What stands in a snapshot beside the tree: the configuration and the membership. */
    @FunctionalInterface
    interface SnapshotConfig {
        /**
         * @return the length of what was written from offset 0.
         */
        int encode(ExpandableArrayBuffer target);
    }
}
