package io.larch.engine;

import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.HardState;
import io.larch.engine.raft.RaftConfig;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.engine.snapshot.SnapshotLoader;
import io.larch.engine.store.Store;
import io.larch.engine.store.StoreContext;
import io.larch.engine.wal.AppendPath;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import java.nio.ByteOrder;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds a member from what its directory holds: the newest good snapshot, then the log behind it.
 * A new directory gets the first configuration as the first entries of its log, committed from the
 * start, as in etcd.
 */
final class Recovery {
    /** A client's largest body and the command around it. */
    private static final int MAX_ENTRY_BYTES = 12 << 20;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final EngineContext context;
    private final Runnable onDurable;
    private final boolean isThreaded;
    private EngineLog log;
    private final AppliedPosition applied = new AppliedPosition();
    private final ReplyPorts replies = new ReplyPorts(applied);
    private ClusterState cluster;
    private ConfState conf = ConfState.EMPTY;

    /**
     * @param onDurable called by the log's own thread when a sync that it was asked for is done;
     *     null where the engine syncs itself.
     */
    Recovery(final EngineContext context, final Runnable onDurable, final boolean isThreaded) {
        this.context = context;
        this.onDurable = onDurable;
        this.isThreaded = isThreaded;
    }

    EngineParts recover() {
        final SnapshotContext snapshotContext =
                new SnapshotContext()
                        .directory(context.snapDir())
                        .files(context.snapFiles())
                        .executor(context.snapshotExecutor())
                        .maxSnapshots(context.maxSnapshots());
        // The log comes first, since its lock says whether another process is at work here.
        final WriteAheadLog wal = openLog();
        Store store = null;
        try {
            adoptIdentity(wal);
            store = openStore();
            loadSnapshot(snapshotContext, store);
            checkLogReaches(wal);
            if (wal.lastIndex() < applied.index()) {
                // A crash between a snapshot's arrival and the log's reset: the snapshot has it
                // all.
                wal.resetTo(applied.index(), applied.term());
            }
            if (wal.commitIndex() == 0 && applied.index() == 0) {
                bootstrap(wal);
            }
            return assemble(wal, store, snapshotContext);
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietCloseAll(store, wal);
            throw e;
        }
    }

    /** A member is who it was at its first start, whatever its flags say now. */
    private void adoptIdentity(final WriteAheadLog wal) {
        if (wal.memberId() != 0) {
            context.memberId(wal.memberId()).clusterId(wal.clusterId());
        }
        log = new EngineLog(context.clusterId());
        cluster = new ClusterState(context.clusterId());
        log.starting(context.memberId(), wal.memberId() != 0, wal.commitIndex());
    }

    private WriteAheadLog openLog() {
        final WalContext walContext =
                new WalContext()
                        .directory(context.walDir())
                        .files(context.walFiles())
                        .ownThreads(context.walFiles() == null)
                        .appendPath(context.walMapped() ? AppendPath.MAP : AppendPath.WRITE)
                        .maxWals(context.maxWals())
                        .onDurable(onDurable);
        if (context.walSegmentBytes() > 0) {
            walContext.segmentLengthBytes(context.walSegmentBytes());
        }
        return WriteAheadLog.open(walContext);
    }

    private Store openStore() {
        final StoreContext storeContext =
                new StoreContext().eventHistoryCapacity(context.eventHistory());
        if (context.maxNodes() > 0) {
            storeContext.maxNodes(context.maxNodes());
        }
        if (context.maxBytes() > 0) {
            storeContext.maxBytes(context.maxBytes());
        }
        return new Store(storeContext.conclude(), replies);
    }

    private void loadSnapshot(final SnapshotContext snapshotContext, final Store store) {
        try (SnapshotFile snapshot = SnapshotLoader.newestGood(snapshotContext)) {
            if (snapshot == null) {
                return;
            }
            if (snapshot.clusterId() != context.clusterId()) {
                throw new IllegalStateException(
                        "snapshot "
                                + snapshot.path()
                                + " is of cluster "
                                + EngineLog.hex(snapshot.clusterId()));
            }
            decodeConfig(snapshot.config());
            store.restore(snapshot);
            applied.set(snapshot.lastIndex(), snapshot.lastTerm());
        }
    }

    /** A gap between snapshot and log would lose acknowledged writes in silence. */
    private void checkLogReaches(final WriteAheadLog wal) {
        if (wal.isNew() && applied.index() > 0) {
            throw new IllegalStateException(
                    "snapshot at index "
                            + applied.index()
                            + " has no write-ahead log beside it in "
                            + context.walDir());
        }
        if (!wal.isNew() && wal.firstIndex() > applied.index() + 1) {
            throw new IllegalStateException(
                    "the write-ahead log starts at index "
                            + wal.firstIndex()
                            + " but the newest good snapshot ends at "
                            + applied.index());
        }
    }

    /**
     * Also for a directory whose very first write was cut short by a crash: nobody was ever
     * answered from it.
     */
    private void bootstrap(final WriteAheadLog wal) {
        if (wal.lastIndex() > 0) {
            wal.truncateFrom(1);
        }
        wal.memberMeta(
                context.clusterId(), context.memberId(), new UnsafeBuffer(new byte[0]), 0, 0);
        final ConfChange change =
                ConfChange.of(
                        ConfChange.Op.ADD_VOTER,
                        context.memberId(),
                        ClusterState.encodeUrls(context.peerUrls()));
        final UnsafeBuffer body = new UnsafeBuffer(new byte[change.encodedLength()]);
        change.encode(body, 0);
        wal.append(1, EntryKind.CONF_CHANGE, body, 0, body.capacity());
        wal.saveHardState(1, 0, 1);
        wal.sync();
    }

    private EngineParts assemble(
            final WriteAheadLog wal, final Store store, final SnapshotContext snapshotContext) {
        log.recovered(applied.index(), wal.commitIndex(), wal.lastIndex());
        final RaftCore raft =
                new RaftCore(
                        raftConfig(),
                        wal,
                        new HardState(wal.hardStateTerm(), wal.votedFor(), wal.commitIndex()),
                        conf,
                        applied.index());
        final PendingRequests pending = RequestDesk.newPending();
        final EngineStats stats = new EngineStats(context.nanoTime(), context.epochNanos());
        final MemberDesk members = new MemberDesk(context, raft, cluster, log);
        final StateMachine stateMachine =
                new StateMachine(
                        raft, store, cluster, pending, replies, applied, members, stats, log);
        final Leadership leadership = new Leadership(log);
        final AdminDesk admin =
                new AdminDesk(
                        context,
                        raft,
                        store,
                        cluster,
                        leadership,
                        stats,
                        pending::size,
                        wal::isDiskFull);
        return new EngineParts(
                context,
                raft,
                wal,
                store,
                stateMachine,
                new RequestDesk(
                        context, raft, wal, store, pending, replies, admin, members, stats, log),
                new SnapshotSchedule(
                        snapshotContext,
                        context.clusterId(),
                        context.snapshotCount(),
                        applied.index(),
                        store,
                        target -> encodeConfig(target, raft.conf()),
                        wal,
                        log),
                applied,
                leadership,
                new Publication(context, cluster),
                isThreaded
                        ? new ThreadedDurability(wal, context.nanoTime(), stats.walSyncs())
                        : new AdaptiveDurability(wal, context, stats.walSyncs(), log),
                stats,
                replies,
                log);
    }

    private RaftConfig raftConfig() {
        return new RaftConfig()
                .id(context.memberId())
                .clusterId(context.clusterId())
                .incarnation(context.epochNanos().getAsLong())
                .seed(context.memberId() ^ context.epochNanos().getAsLong())
                .heartbeatTicks(
                        (int) (context.heartbeatIntervalMs() * 1_000_000L / context.tickNanos()))
                .electionTicks(
                        (int) (context.electionTimeoutMs() * 1_000_000L / context.tickNanos()))
                .maxEntryBytes(MAX_ENTRY_BYTES);
    }

    /** {@code configuration length int, configuration, membership}. */
    private int encodeConfig(final MutableDirectBuffer target, final ConfState current) {
        final int length = current.encode(target, Integer.BYTES);
        target.putInt(0, length, ORDER);
        return Integer.BYTES + length + cluster.encode(target, Integer.BYTES + length);
    }

    private void decodeConfig(final DirectBuffer config) {
        final int length = config.getInt(0, ORDER);
        if (length < 0
                || length > config.capacity() - Integer.BYTES
                || !ConfState.isWellFormed(config, Integer.BYTES, length)) {
            throw new IllegalStateException("the snapshot has no configuration of the cluster");
        }
        conf = ConfState.decode(config, Integer.BYTES);
        final int membershipOffset = Integer.BYTES + length;
        cluster.decode(config, membershipOffset, config.capacity() - membershipOffset);
    }
}
