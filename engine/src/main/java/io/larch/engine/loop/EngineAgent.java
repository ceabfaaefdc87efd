package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.MemberRemovedException;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.StateMachine;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.member.LocalMember;
import io.larch.engine.member.RemovalShutdown;
import io.larch.engine.peer.Peers;
import io.larch.engine.port.Query;
import io.larch.engine.raft.Progress;
import io.larch.engine.raft.ProposalResult;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.Ready;
import io.larch.engine.request.LongReads;
import io.larch.engine.request.MemberPublisher;
import io.larch.engine.request.Proposals;
import io.larch.engine.request.ReplyRouter;
import io.larch.engine.request.RequestHandler;
import io.larch.engine.request.RequestSink;
import io.larch.engine.request.RequestSource;
import io.larch.engine.snapshot.SnapshotInstaller;
import io.larch.engine.snapshot.SnapshotScheduler;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.wal.DiskFullException;
import io.larch.engine.wal.WriteAheadLog;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.ArrayUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Duty cycle of one member. Owns the Raft core and, through the {@link StateMachine}, the key tree.
 *
 * <p>All methods run on the engine thread; in the fused layout that is also the thread of the edge.
 */
public final class EngineAgent implements Agent, RequestSink {
    /**
     * Bodies applied per turn, so that a long recovery or catch-up leaves room for ticks and
     * messages.
     */
    private static final long APPLY_LIMIT_BYTES = 4L << 20;

    private static final long SLOW_NANOS = 10_000_000L;

    /** Time from the first request between two turns, or of a turn, until the others wait. */
    private static final long REQUEST_NANOS = 2_000_000L;

    /** Time for persisting and applying in one turn, so that ticks are not kept waiting. */
    private static final long SETTLE_NANOS = 5_000_000L;

    /** Looks at what peers sent within one turn; so that they cannot keep clients from it. */
    private static final int POLLS_PER_TURN = 16;

    private final EngineContext context;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final Applications applications;
    private final StateMachine stateMachine;
    private final ClusterState cluster;
    private final ClusterClock clock;
    private final Proposals proposals;
    private final RequestHandler requests;
    private final LongReads longReads;
    private final BackgroundWork background;
    private final Peers peers;
    private final SnapshotScheduler snapshots;
    private final SnapshotInstaller installation;
    private final LocalMember meta;
    private final RemovalShutdown departure;
    private final ExpiryProposals syncs;
    private final TickClock ticks;
    private final ArchiveTail archiveTail;
    private final AppliedPosition applied;
    private final LeaderInfo leadership;
    private final MemberPublisher publication;
    private final EngineLog log;
    private final ReplyRouter replies;
    private final Durability durability;
    private final EngineStats stats;
    private final Ready.ReadHandler onReadConfirmed;
    private final Ready.RefusalHandler onRefused;
    private final ExpandableArrayBuffer ownProposal = new ExpandableArrayBuffer();
    private RequestSource[] sources = new RequestSource[0];
    private boolean isBusy;

    /** What went wrong within a call of an edge; no more is done then. */
    private Throwable failure;

    private boolean isOnlyVoter;
    private int polls;
    private boolean hasRequests;
    private long requestsSinceNanos;

    public EngineAgent(final EngineParts parts) {
        context = parts.context();
        raft = parts.raft();
        wal = parts.wal();
        applications = parts.applications();
        stateMachine = parts.stateMachine();
        cluster = parts.cluster();
        clock = parts.clock();
        proposals = parts.proposals();
        requests = parts.requests();
        longReads = parts.longReads();
        background = new BackgroundWork(applications, context.nanoTime());
        peers = parts.peers();
        snapshots = parts.snapshots();
        installation = parts.installation();
        meta = parts.meta();
        departure = parts.departure();
        applied = parts.applied();
        leadership = parts.leadership();
        publication = parts.publication();
        log = parts.log();
        replies = parts.replies();
        durability = parts.durability();
        stats = parts.stats();
        onReadConfirmed = requests::onReadConfirmed;
        onRefused = requests::onRefused;
        syncs = new ExpiryProposals(now());
        ticks = new TickClock(now(), context.tickNanos());
        archiveTail = new ArchiveTail(wal, raft, context.archiveIntervalNanos(), now());
    }

    @Override
    public int doWork() {
        checkFailure();
        final long nowNanos = now();
        isBusy = true;

        wal.trim();
        polls = 0;
        int workCount = receive(nowNanos);
        workCount += tick(nowNanos);
        workCount += propose(nowNanos);
        workCount += requests.proposeAgain(nowNanos);
        workCount += requests.askAgain(nowNanos);
        workCount += settle(nowNanos + SETTLE_NANOS);
        workCount += installation.offerToCore();
        workCount += snapshots.doWork(applied, nowNanos);
        workCount += archiveTail.doWork(nowNanos);
        workCount += requests.expire(nowNanos);
        departure.check(nowNanos);
        hasRequests = false;
        workCount += readRequests();
        workCount += longReads.doWork();
        workCount += background.doWork();
        sendReplies();
        stats.turnEnded(
                raft.term(),
                raft.commitIndex(),
                applied.index(),
                raft.isLeader(),
                raft.strayMessages());

        checkFailure();
        hasRequests = false;
        isBusy = false;
        return workCount;
    }

    /**
     * Applies what the log says is committed, then talks to the others; the only voter of a cluster
     * leads at once, since there is nobody to wait for.
     *
     * @throws MemberRemovedException if an earlier life of this member was removed.
     */
    public void recover() {
        isBusy = true;
        settleAll();
        membershipChanged();
        peers.open(meta.incarnation(), installation.sink());
        if (isOnlyVoter) {
            raft.campaign();
            settleAll();
            propose(now());
            settleAll();
        }
        isBusy = false;
    }

    /** The membership may have changed. */
    private void membershipChanged() {
        isOnlyVoter =
                raft.conf().voters().length == 1
                        && raft.conf().isVoter(raft.id())
                        && !raft.conf().isJoint();
        proposals.alone(isOnlyVoter);
        context.standing().learner(raft.conf().isHeld(raft.id()));
        peers.membershipChanged();
        departure.membershipChanged();
    }

    /** Index of the last entry that is on this member's disk. */
    public long durableIndex() {
        return raft.durableIndex();
    }

    /** Takes in all that waits, before the time that has passed is counted. */
    private int receive(final long nowNanos) {
        int workCount = 0;
        int count = peers.poll(nowNanos);
        while (count > 0) {
            workCount += count;
            count = ++polls < POLLS_PER_TURN ? peers.poll(nowNanos) : 0;
        }
        return workCount;
    }

    @Override
    public String roleName() {
        return "engine";
    }

    @Override
    public void onClose() {
        requests.close(departure.isLeaving());
        replies.endBatch();
        installation.close();
        snapshots.close();
        CloseHelper.closeAll(peers::close, this::saveCommit, wal, applications);
    }

    /**
     * The commit index is written with the entries behind it; an end leaves none, and what is known
     * to be committed shall survive {@code --force-new-cluster}.
     */
    private void saveCommit() {
        if (wal.failure() == null && raft.commitIndex() > wal.commitIndex()) {
            wal.saveHardState(raft.term(), raft.votedFor(), raft.commitIndex());
        }
    }

    public void add(final RequestSource source) {
        sources = ArrayUtil.add(sources, source);
    }

    /**
     * Whether a request must be kept for later: the engine is in the middle of something, or has
     * worked on requests for so long that ticks and peers come first.
     */
    @Override
    public boolean isBusy() {
        return isBusy || isLate();
    }

    @Override
    public boolean isInTurn() {
        return isBusy;
    }

    /** Whether requests have had their share of this turn. */
    @Override
    public boolean isLate() {
        if (!hasRequests) {
            hasRequests = true;
            requestsSinceNanos = now();
            return false;
        }
        return now() - requestsSinceNanos > REQUEST_NANOS;
    }

    /**
     * A client's command arrived at a port while the engine was idle. What goes wrong is the
     * engine's, not the caller's: the member ends by the next turn, and until then the engine stays
     * as it is.
     */
    @Override
    public void onCommand(final DirectBuffer buffer, final int offset, final int length) {
        isBusy = true;
        try {
            requests.onCommand(buffer, offset, length);
            readRequests();
        } catch (final RuntimeException | Error e) {
            failure = e;
            return;
        }
        isBusy = false;
    }

    /** One command, within a turn. */
    @Override
    public void work(final DirectBuffer buffer, final int offset, final int length) {
        requests.onCommand(buffer, offset, length);
    }

    private int readRequests() {
        int workCount = 0;
        for (final RequestSource source : sources) {
            workCount += source.drain();
        }
        return workCount;
    }

    private boolean hasWaitingRequests() {
        for (final RequestSource source : sources) {
            if (source.hasMore()) {
                return true;
            }
        }
        return false;
    }

    /** A question arrived; as for {@link #onCommand}, what goes wrong is the engine's. */
    @Override
    public void onQuestion(final Query<?> question) {
        if (failure != null) {
            return;
        }
        try {
            requests.onQuestion(question);
        } catch (final RuntimeException | Error e) {
            failure = e;
            isBusy = true;
        }
    }

    private void checkFailure() {
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    /** When the engine has to look again although nothing arrives. */
    public long nextDeadlineNanos() {
        if (hasWaitingRequests() || longReads.hasWork() || background.hasWork()) {
            return now();
        }
        final long nowNanos = now();
        lookAtExpiry(nowNanos);
        long waitNanos = archiveTail.waitNanos(nowNanos);
        if (isOnlyVoter && peers.isEmpty()) {
            return nowNanos + Math.min(waitNanos, syncs.nextNanos() - nowNanos);
        }
        waitNanos = Math.min(waitNanos, ticks.nextNanos() - nowNanos);
        waitNanos = Math.min(waitNanos, proposals.nextDeadlineNanos(nowNanos) - nowNanos);
        waitNanos = Math.min(waitNanos, requests.nextDeadlineNanos(nowNanos) - nowNanos);
        if (raft.isLeader()) {
            waitNanos = Math.min(waitNanos, syncs.nextNanos() - nowNanos);
        }
        if (!peers.isEmpty()) {
            waitNanos = Math.min(waitNanos, peers.nextDeadlineNanos(nowNanos) - nowNanos);
        }
        return nowNanos + waitNanos;
    }

    private int tick(final long nowNanos) {
        final long elapsed = ticks.elapsed(nowNanos);
        if (elapsed > 0) {
            raft.tick(elapsed);
        }
        return 0;
    }

    /**
     * What a member writes by itself: its publication, and as the leader the cluster version and
     * the expiry of keys.
     */
    private int propose(final long nowNanos) {
        int workCount = publication.propose(raft);
        lookAtExpiry(nowNanos);
        if (raft.isLeader() && syncs.isDue(nowNanos)) {
            final UnsafeBuffer sync =
                    syncs.next(
                            nowNanos,
                            clock.nextWallOffset(),
                            cluster.featureLevel() >= FeatureLevel.BOUNDED_SYNCS);
            if (wal.isDiskFull()) {
                handOver();
            } else {
                proposeBySelf(sync, sync.capacity());
                proposeOwn();
            }
            workCount++;
        }
        return workCount;
    }

    /** What ends before the next SYNC brings it forward. */
    private void lookAtExpiry(final long nowNanos) {
        if (raft.isLeader()) {
            final long expiryNanos = applications.nextExpiryNanos();
            if (expiryNanos != Long.MAX_VALUE) {
                syncs.expiresIn(expiryNanos - clock.now(), nowNanos);
            }
        }
    }

    /** What applications want in the log by themselves. */
    private void proposeOwn() {
        for (final Application application : applications.all()) {
            final int length = application.propose(clock.now(), ownProposal);
            if (length > 0) {
                proposeBySelf(ownProposal, length);
            }
        }
    }

    private void proposeBySelf(final MutableDirectBuffer body, final int length) {
        try {
            raft.propose(body, 0, length);
        } catch (final DiskFullException e) {
            log.diskFull("SYNC");
        }
    }

    /** A leader whose disk is full cannot write, but perhaps another member can. */
    private void handOver() {
        for (int i = 0; i < raft.peerCount(); i++) {
            final Progress peer = raft.peer(i);
            if (peer.isVoter()
                    && peer.isActive()
                    && peer.match() >= raft.commitIndex()
                    && !raft.isTransferring()
                    && raft.transferLeadership(peer.id()) == ProposalResult.ACCEPTED) {
                log.handingOver(peer.id());
                return;
            }
        }
    }

    private void settleAll() {
        do {
            settle(now() + Long.MAX_VALUE / 2);
        } while (raft.hasReady());
    }

    /**
     * Turns of send, persist, apply and reply, until the core wants no more of it or it is time for
     * ticks and requests. What peers and clients wait for leaves before the own disk is waited for,
     * and what peers have answered by then is taken in first.
     */
    private int settle(final long deadlineNanos) {
        int workCount = 0;
        boolean more = true;
        while (more && (workCount == 0 || deadlineNanos - now() > 0)) {
            more = false;
            if (raft.hasReady()) {
                workCount += drain(raft.ready());
                raft.advance();
                workCount += requests.compareAgain();
                more = true;
            }
            peers.flush();
            final int received = polls < POLLS_PER_TURN ? peers.poll(now()) : 0;
            if (received > 0) {
                polls++;
                workCount += received;
                more = true;
            } else if (!raft.hasReady()) {
                sendReplies();
                if (sync()) {
                    workCount++;
                    more = true;
                }
            }
        }
        return workCount;
    }

    private void sendReplies() {
        replies.endBatch();
        stats.batchEnded();
    }

    private boolean sync() {
        stats.syncing();
        final boolean isNews = durability.advance(raft);
        if (isNews) {
            stats.synced(raft.durableIndex());
        }
        return isNews;
    }

    /**
     * The role comes last: applying a change of the membership may end this member's leadership.
     */
    private int drain(final Ready ready) {
        int workCount = peers.send(ready);
        workCount += ready.forEachRefusal(onRefused);
        if (ready.hasSnapshot()) {
            install(ready);
            workCount++;
        } else if (ready.firstCommitted() <= ready.lastCommitted()) {
            workCount += apply(ready.firstCommitted(), ready.lastCommitted());
        }
        workCount += ready.forEachRead(onReadConfirmed);
        if (ready.roleChanged() || ready.steppedDown()) {
            roleChanged(ready);
        }
        if (ready.removed()) {
            departure.told();
            requests.onRemoved();
        }
        return workCount;
    }

    private void roleChanged(final Ready ready) {
        final long nowNanos = now();
        if (raft.isLeader()) {
            syncs.restart(nowNanos);
            if (clock.isToCatchUp()) {
                syncs.dueNow(nowNanos);
            }
        } else if (raft.leaderId() != 0) {
            clock.follows();
        } else {
            clock.rest();
        }
        peers.roleChanged();
        leadership.changed(raft, ready.steppedDown(), context.epochNanos().getAsLong(), nowNanos);
        stats.roleChanged(raft.leaderId(), raft.isLeader());
        proposals.onLeaderChanged();
        requests.onLeaderChanged();
        publication.onLeaderChanged();
    }

    private void install(final Ready ready) {
        installation.install(ready.snapshotIndex(), ready.snapshotTerm());
        membershipChanged();
        requests.onSnapshotInstalled();
    }

    private int apply(final long first, final long last) {
        final long startNanos = now();
        stats.applying(last, startNanos);
        final int count = wal.read(first, last, APPLY_LIMIT_BYTES, stateMachine);
        raft.applied(applied.index());
        if (stateMachine.hasMembershipChanged()) {
            membershipChanged();
        }
        final long endNanos = now();
        stats.applied(startNanos, endNanos);
        if (endNanos - startNanos > SLOW_NANOS) {
            log.slowApply(count, endNanos - startNanos, endNanos);
        }
        // Only then: else there would be more on their way the slower the log is.
        if (stateMachine.hasSynced() && applications.isBehind()) {
            syncs.hurry(endNanos - startNanos, endNanos);
        }
        return count;
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
