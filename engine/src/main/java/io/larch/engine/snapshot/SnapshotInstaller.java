package io.larch.engine.snapshot;

import io.larch.engine.EngineLog;
import io.larch.engine.application.Applications;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.member.ClusterState;
import io.larch.engine.port.SnapshotSink;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.RaftConfig;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.RaftMessage;
import org.agrona.ExpandableArrayBuffer;

/**
 * Puts a received snapshot in the place of what this member holds, when the core wants it. It is
 * durable under its name before the core hears of it, and the core cuts the log before it tells the
 * leader, so a crash in between finds the old state or the new one. Owned by the engine thread.
 */
public final class SnapshotInstaller {
    private final ExpandableArrayBuffer frame = new ExpandableArrayBuffer(1024);
    private final RaftMessage message = new RaftMessage();
    private final RaftConfig raftConfig;
    private final RaftCore raft;
    private final Applications applications;
    private final ClusterState cluster;
    private final SnapshotConfig replicatedConfig;
    private final AppliedPosition applied;
    private final SnapshotScheduler snapshots;
    private final SnapshotInbox reception;
    private final EngineLog log;
    private SnapshotDownload received;

    public SnapshotInstaller(
            final RaftConfig raftConfig,
            final RaftCore raft,
            final Applications applications,
            final ClusterState cluster,
            final SnapshotConfig replicatedConfig,
            final AppliedPosition applied,
            final SnapshotScheduler snapshots,
            final SnapshotInbox reception,
            final EngineLog log) {
        this.raftConfig = raftConfig;
        this.raft = raft;
        this.applications = applications;
        this.cluster = cluster;
        this.replicatedConfig = replicatedConfig;
        this.applied = applied;
        this.snapshots = snapshots;
        this.reception = reception;
        this.log = log;
    }

    public SnapshotSink sink() {
        return reception;
    }

    /** Tells the core of a snapshot that has come; {@link #install} follows if it wants it. */
    public int offerToCore() {
        final SnapshotInbox.Offer needless = reception.pollNeedless();
        if (needless != null) {
            tellOf(needless);
        }
        final SnapshotDownload done = reception.poll();
        if (done == null) {
            return needless == null ? 0 : 1;
        }
        drop();
        received = done;
        final int length =
                RaftMessage.encodeSnapshot(
                        frame,
                        0,
                        raftConfig,
                        done.from,
                        done.term,
                        done.lastIndex,
                        done.lastTerm,
                        SnapshotConfig.decodeConf(done.config()));
        raft.step(message.wrap(frame, 0, length));
        return 1;
    }

    /**
     * A leader that offers what is here has missed an answer, and would offer it for ever: the core
     * answers anew.
     */
    private void tellOf(final SnapshotInbox.Offer needless) {
        final int length =
                RaftMessage.encodeSnapshot(
                        frame,
                        0,
                        raftConfig,
                        needless.from(),
                        needless.term(),
                        needless.lastIndex(),
                        needless.lastTerm(),
                        raft.conf());
        raft.step(message.wrap(frame, 0, length));
    }

    /** The core wants the snapshot that it was offered. */
    public void install(final long index, final long term) {
        final SnapshotDownload taken = received;
        received = null;
        if (taken == null || taken.lastIndex != index || taken.lastTerm != term) {
            throw new IllegalStateException("no snapshot at index " + index + " was received");
        }
        final ConfState conf = SnapshotConfig.decodeConf(taken.config());
        snapshots.replaced(index, taken.lengthBytes());
        applications.take(taken.loaded());
        replicatedConfig.decode(taken.config(), term);
        applied.set(index, term);
        cluster.membership().removedIds().forEach(raft::markRemoved);
        raft.snapshotInstalled(index, term, conf);
        taken.close();
        log.snapshotInstalled(index, term);
    }

    /** What the core did not want is of no use. */
    void drop() {
        if (received != null) {
            received.loaded().close();
            received.close();
            received = null;
        }
    }

    public void close() {
        drop();
        reception.close();
    }
}
