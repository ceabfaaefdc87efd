package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.MemberRemovedException;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.CommandAdmission;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.apply.StateMachine;
import io.larch.engine.archive.Archive;
import io.larch.engine.keys.KeysApplication;
import io.larch.engine.keys.StoreContext;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.ForceNewCluster;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.member.LocalMember;
import io.larch.engine.member.Member;
import io.larch.engine.member.MembershipChanges;
import io.larch.engine.member.RemovalShutdown;
import io.larch.engine.peer.PeerClocks;
import io.larch.engine.peer.Peers;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.HardState;
import io.larch.engine.raft.RaftConfig;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.request.AppliedReplies;
import io.larch.engine.request.LongReads;
import io.larch.engine.request.MemberPublisher;
import io.larch.engine.request.PendingQueries;
import io.larch.engine.request.Proposals;
import io.larch.engine.request.ReplyRouter;
import io.larch.engine.request.RequestHandler;
import io.larch.engine.request.StatusQueries;
import io.larch.engine.snapshot.SnapshotConfig;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.engine.snapshot.SnapshotInbox;
import io.larch.engine.snapshot.SnapshotInstaller;
import io.larch.engine.snapshot.SnapshotLoader;
import io.larch.engine.snapshot.SnapshotRestore;
import io.larch.engine.snapshot.SnapshotScheduler;
import io.larch.engine.stats.EngineCounters;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.wal.AppendPath;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Builds a member from what its directory holds: the newest good snapshot, then the log behind it.
 * A new directory gets the first configuration as the first entries of its log, committed from the
 * start, as in etcd.
 */
public final class EngineBuilder {
    /** A client's largest body and the command around it. */
    private static final int MAX_ENTRY_BYTES = 12 << 20;

    private final EngineContext context;
    private final Runnable onDurable;
    private final boolean isThreaded;
    private EngineLog log;
    private Archive archive;
    private final AppliedPosition applied = new AppliedPosition();
    private final ReplyRouter replies = new ReplyRouter(applied);
    private final CommandDeduplicator appliedCommands = new CommandDeduplicator();
    private final ClusterClock clock;
    private KeysApplication keys;
    private ClusterState cluster;
    private SnapshotConfig replicatedConfig;
    private ConfState conf = ConfState.EMPTY;
    private long snapshotBytes;

    /**
     * @param onDurable called by the log's own thread when a sync that it was asked for is done;
     *     null where the engine syncs itself.
     */
    public EngineBuilder(
            final EngineContext context, final Runnable onDurable, final boolean isThreaded) {
        this.context = context;
        this.onDurable = onDurable;
        this.isThreaded = isThreaded;
        clock = new ClusterClock(context.nanoTime(), context.epochNanos());
    }

    public EngineParts recover() {
        final SnapshotContext snapshotContext =
                new SnapshotContext()
                        .directory(context.snapDir())
                        .files(context.snapFiles())
                        .executor(context.snapshotExecutor())
                        .maxSnapshots(context.maxSnapshots())
                        .featureLevel(context.featureLevel())
                        .onProgress(onDurable);
        // The log comes first, since its lock says whether another process is at work here.
        final WriteAheadLog wal = openLog();
        Applications applications = null;
        try {
            final boolean isRestart = wal.memberId() != 0;
            adoptIdentity(wal);
            openArchive(wal, snapshotContext);
            final LocalMember meta = new LocalMember(context, wal);
            if (meta.isRemoved()) {
                throw new MemberRemovedException();
            }
            applications = openApplications();
            loadSnapshot(snapshotContext, applications);
            if (archive != null) {
                SnapshotLoader.archiveAll(snapshotContext);
            }
            checkLogReaches(wal);
            if (wal.lastIndex() < applied.index() || !isSnapshotOfLog(wal)) {
                // A crash between a snapshot's arrival and the log's reset: the snapshot has it
                // all.
                wal.resetTo(applied.index(), applied.term());
            }
            meta.begin(context.joining() && !isRestart);
            if (wal.commitIndex() == 0 && applied.index() == 0 && !meta.isJoined()) {
                bootstrap(wal);
            } else if (context.forceNewCluster() && isRestart) {
                new ForceNewCluster(context, wal, log).force(cluster, conf, applied.index());
            }
            wal.sync();
            return assemble(wal, applications, meta, snapshotContext);
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietCloseAll(applications, wal);
            throw e;
        }
    }

    /** What snapshots tell beside the applications' sections; there from {@link #recover} on. */
    public SnapshotConfig replicatedConfig() {
        return replicatedConfig;
    }

    /** A member is who it was at its first start, whatever its flags say now. */
    private void adoptIdentity(final WriteAheadLog wal) {
        if (wal.memberId() != 0) {
            context.memberId(wal.memberId()).clusterId(wal.clusterId());
        }
        log = new EngineLog(context.clusterId());
        cluster = new ClusterState(context.clusterId());
        replicatedConfig = new SnapshotConfig(cluster, appliedCommands, clock);
        log.starting(context.memberId(), wal.memberId() != 0, wal.commitIndex());
    }

    private void openArchive(final WriteAheadLog wal, final SnapshotContext snapshotContext) {
        if (context.archiveDir() == null) {
            return;
        }
        archive = MemberArchive.of(context);
        snapshotContext.archive(archive);
        wal.archiveTo(archive);
    }

    private WriteAheadLog openLog() {
        final WalContext walContext =
                new WalContext()
                        .directory(context.walDir())
                        .files(context.walFiles())
                        .ownThreads(context.walFiles() == null)
                        .appendPath(context.walMapped() ? AppendPath.MAP : AppendPath.WRITE)
                        .maxWals(context.maxWals())
                        .walsAsNeeded(context.walsAsNeeded())
                        .onDurable(onDurable);
        if (context.walSegmentBytes() > 0) {
            walContext.segmentLengthBytes(context.walSegmentBytes());
        }
        return WriteAheadLog.open(walContext);
    }

    /** The keys come first: a snapshot for older builds holds only these. */
    private Applications openApplications() {
        final List<Application> all = new ArrayList<>();
        keys = new KeysApplication(storeContext(), replies, clock);
        all.add(keys);
        context.applications().forEach(factory -> all.add(factory.create(replies, clock)));
        return new Applications(all);
    }

    private StoreContext storeContext() {
        final StoreContext storeContext =
                new StoreContext()
                        .hashSeed(context.hashSeed())
                        .eventHistoryCapacity(context.eventHistory())
                        .counters(context.counters());
        if (context.maxNodes() > 0) {
            storeContext.maxNodes(context.maxNodes());
        }
        if (context.maxBytes() > 0) {
            storeContext.maxBytes(context.maxBytes());
        }
        return storeContext.conclude();
    }

    private void loadSnapshot(
            final SnapshotContext snapshotContext, final Applications applications) {
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
            conf = SnapshotConfig.decodeConf(snapshot.config());
            replicatedConfig.decode(snapshot.config(), snapshot.lastTerm());
            SnapshotRestore.restore(snapshot, applications, context.featureLevel());
            applied.set(snapshot.lastIndex(), snapshot.lastTerm());
            snapshotBytes = snapshot.length();
        }
    }

    /** Whether the log has the very entry that the snapshot ends with. */
    private boolean isSnapshotOfLog(final WriteAheadLog wal) {
        return applied.index() == 0 || wal.term(applied.index()) == applied.term();
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
     * All founders write the same entries, and so begin as if they had agreed on them. Also for a
     * directory whose very first write was cut short by a crash: nobody was ever answered from it.
     */
    private void bootstrap(final WriteAheadLog wal) {
        if (wal.lastIndex() > 0) {
            wal.truncateFrom(1);
        }
        final List<Member> founders =
                context.founders().isEmpty()
                        ? List.of(
                                new Member(
                                        context.memberId(),
                                        context.name(),
                                        context.peerUrls(),
                                        List.of()))
                        : context.founders();
        founders.stream()
                .sorted((a, b) -> Long.compareUnsigned(a.id(), b.id()))
                .forEach(member -> append(wal, member));
        wal.saveHardState(1, 0, founders.size());
    }

    private static void append(final WriteAheadLog wal, final Member founder) {
        final ConfChange change =
                ConfChange.of(
                        ConfChange.Op.ADD_VOTER, founder.id(), ClusterState.encodeFounder(founder));
        final UnsafeBuffer body = new UnsafeBuffer(new byte[change.encodedLength()]);
        change.encode(body, 0);
        wal.append(1, EntryKind.CONF_CHANGE, body, 0, body.capacity());
    }

    private EngineParts assemble(
            final WriteAheadLog wal,
            final Applications applications,
            final LocalMember meta,
            final SnapshotContext snapshotContext) {
        log.recovered(applied.index(), wal.commitIndex(), wal.lastIndex());
        final CommandAdmission admission = new CommandAdmission(applications, cluster, applied);
        final RaftConfig raftConfig = raftConfig(meta.incarnation(), admission);
        final RaftCore raft =
                new RaftCore(
                        raftConfig,
                        wal,
                        new HardState(wal.hardStateTerm(), wal.votedFor(), wal.commitIndex()),
                        conf,
                        applied.index());
        final EngineStats stats =
                new EngineStats(
                        context.nanoTime(),
                        context.epochNanos(),
                        new EngineCounters(context.counters()));
        final MembershipChanges members =
                new MembershipChanges(context, raft, cluster, log, meta.incarnation());
        cluster.membership().removedIds().forEach(raft::markRemoved);
        final Proposals proposals =
                new Proposals(context, raft, appliedCommands, meta.incarnation());
        final SnapshotScheduler snapshots =
                new SnapshotScheduler(
                        snapshotContext,
                        context,
                        applied.index(),
                        snapshotBytes,
                        cluster,
                        applications,
                        replicatedConfig,
                        raft,
                        wal,
                        log);
        final PeerClocks peerClocks = new PeerClocks(context.nanoTime(), context.epochNanos(), log);
        final Peers peers =
                new Peers(
                        context,
                        raft,
                        cluster,
                        proposals::onNotSent,
                        snapshots,
                        peerClocks,
                        stats,
                        log);
        final LeaderInfo leadership = new LeaderInfo(log);
        final LongReads longReads = new LongReads(context, replies, log);
        final StatusQueries admin =
                new StatusQueries(
                        context,
                        raft,
                        applications,
                        () -> KeyCounts.of(keys.store().stats()),
                        cluster,
                        leadership,
                        peerClocks,
                        stats,
                        longReads,
                        proposals.pending()::count,
                        wal::isDiskFull,
                        this::archiveView);
        return new EngineParts(
                context,
                raft,
                wal,
                applications,
                cluster,
                clock,
                new StateMachine(
                        raft,
                        applications,
                        cluster,
                        appliedCommands,
                        clock,
                        new AppliedReplies(proposals, replies, applied, raft, stats),
                        applied,
                        members,
                        stats,
                        log,
                        context.featureLevel()),
                proposals,
                new RequestHandler(
                        context,
                        raft,
                        wal,
                        applications,
                        admission,
                        proposals,
                        longReads,
                        replies,
                        new PendingQueries(
                                context,
                                raft,
                                admin,
                                members,
                                question -> snapshots.export(question, applied)),
                        stats,
                        leadership,
                        peers,
                        log),
                longReads,
                peers,
                snapshots,
                new SnapshotInstaller(
                        raftConfig,
                        raft,
                        applications,
                        cluster,
                        replicatedConfig,
                        applied,
                        snapshots,
                        new SnapshotInbox(
                                snapshotContext,
                                context::clusterId,
                                applications,
                                raft::commitIndex,
                                raft::term,
                                context.nanoTime(),
                                log),
                        log),
                meta,
                new RemovalShutdown(context, raft, cluster, meta, log),
                applied,
                leadership,
                new MemberPublisher(context, cluster, proposals, context.featureLevel()),
                isThreaded
                        ? new ThreadedDurability(wal, context.nanoTime(), stats.walSyncs())
                        : new AdaptiveDurability(wal, context, stats.walSyncs(), log),
                stats,
                replies,
                log);
    }

    private QueryViews.Archive archiveView() {
        if (archive == null) {
            return null;
        }
        final Archive.Counts counts = archive.counts();
        return new QueryViews.Archive(
                counts.kept(), counts.waiting(), counts.failures(), counts.lost());
    }

    private RaftConfig raftConfig(final long incarnation, final CommandAdmission admission) {
        final RaftConfig config =
                new RaftConfig()
                        .id(context.memberId())
                        .clusterId(context.clusterId())
                        .incarnation(incarnation)
                        .seed(context.memberId() ^ incarnation)
                        .leaderStamp(clock)
                        .admission(admission)
                        .heartbeatTicks(
                                (int)
                                        (context.heartbeatIntervalMs()
                                                * 1_000_000L
                                                / context.tickNanos()))
                        .electionTicks(
                                (int)
                                        (context.electionTimeoutMs()
                                                * 1_000_000L
                                                / context.tickNanos()))
                        .maxEntryBytes(MAX_ENTRY_BYTES);
        return context.raftTuning().apply(config);
    }
}
