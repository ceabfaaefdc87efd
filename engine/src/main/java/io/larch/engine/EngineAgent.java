package io.larch.engine;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.Ready;
import io.larch.engine.store.Store;
import io.larch.engine.wal.WriteAheadLog;
import org.agrona.DirectBuffer;
import org.agrona.collections.ArrayUtil;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Duty cycle of one member. Owns the Raft core and, through the {@link StateMachine}, the key tree.
 *
 * <p>All methods run on the engine thread; in the fused layout that is also the thread of the edge.
 */
final class EngineAgent implements Agent {
    /**
     * Bodies applied per turn, so that a long recovery or catch-up leaves room for ticks and
     * messages.
     */
    private static final long APPLY_LIMIT_BYTES = 4L << 20;

    private static final long SLOW_NANOS = 10_000_000L;

    private final EngineContext context;
    private final RaftCore raft;
    private final WriteAheadLog wal;
    private final Store store;
    private final StateMachine stateMachine;
    private final RequestDesk requests;
    private final SnapshotSchedule snapshots;
    private final SyncSchedule syncs;
    private final TickClock ticks;
    private final AppliedPosition applied;
    private final Leadership leadership;
    private final Publication publication;
    private final EngineLog log;
    private final ReplyPorts replies;
    private final Durability durability;
    private final EngineStats stats;
    private RequestSource[] sources = new RequestSource[0];
    private boolean isBusy;

    EngineAgent(final EngineParts parts) {
        context = parts.context();
        raft = parts.raft();
        wal = parts.wal();
        store = parts.store();
        stateMachine = parts.stateMachine();
        requests = parts.requests();
        snapshots = parts.snapshots();
        applied = parts.applied();
        leadership = parts.leadership();
        publication = parts.publication();
        log = parts.log();
        replies = parts.replies();
        durability = parts.durability();
        stats = parts.stats();
        syncs = new SyncSchedule(now());
        ticks = new TickClock(now(), context.tickNanos());
    }

    @Override
    public int doWork() {
        final long nowNanos = now();
        isBusy = true;

        int workCount = tick(nowNanos);
        workCount += propose(nowNanos);
        workCount += settle();
        workCount += snapshots.doWork(applied);
        workCount += requests.expire(nowNanos);
        workCount += readRequests();
        replies.endBatch();
        stats.batchEnded();

        isBusy = false;
        return workCount;
    }

    /**
     * Applies what the log says is committed, then lets the only voter of a cluster lead at once:
     * there is nobody to wait for.
     */
    void recover() {
        isBusy = true;
        settle();
        if (isOnlyVoter()) {
            raft.campaign();
            settle();
            propose(now());
            settle();
        }
        isBusy = false;
    }

    private boolean isOnlyVoter() {
        return raft.conf().voters().length == 1
                && raft.conf().isVoter(raft.id())
                && !raft.conf().isJoint();
    }

    @Override
    public String roleName() {
        return "engine";
    }

    @Override
    public void onClose() {
        requests.close();
        replies.endBatch();
        snapshots.close();
        wal.close();
        store.close();
    }

    void add(final RequestSource source) {
        sources = ArrayUtil.add(sources, source);
    }

    /** Whether a request must be kept for later, since the engine is in the middle of something. */
    boolean isBusy() {
        return isBusy;
    }

    /** A client's command arrived at a port while the engine was idle. */
    void onCommand(final DirectBuffer buffer, final int offset, final int length) {
        isBusy = true;
        requests.onCommand(buffer, offset, length);
        readRequests();
        isBusy = false;
    }

    /** One command, within a turn. */
    void work(final DirectBuffer buffer, final int offset, final int length) {
        requests.onCommand(buffer, offset, length);
    }

    private int readRequests() {
        int workCount = 0;
        for (final RequestSource source : sources) {
            workCount += source.drain();
        }
        return workCount;
    }

    void onQuestion(final AdminQuery<?> question) {
        requests.onQuestion(question);
    }

    /** When the engine has to look again although nothing arrives. */
    long nextDeadlineNanos() {
        return raft.peerCount() == 0
                ? syncs.nextNanos()
                : Math.min(ticks.nextNanos(), syncs.nextNanos());
    }

    private int tick(final long nowNanos) {
        final long elapsed = ticks.elapsed(nowNanos);
        if (elapsed > 0) {
            raft.tick(elapsed);
        }
        return 0;
    }

    /**
     * What the leader writes by itself: the expiry of keys, the cluster version, and each member's
     * own publication.
     */
    private int propose(final long nowNanos) {
        if (!raft.isLeader()) {
            return 0;
        }
        int workCount = publication.propose(raft);
        if (syncs.isDue(nowNanos)) {
            final UnsafeBuffer sync = syncs.next(nowNanos, context.epochNanos().getAsLong());
            if (!wal.isDiskFull()) {
                raft.propose(sync, 0, sync.capacity());
                workCount++;
            }
        }
        return workCount;
    }

    /**
     * Turns of send, persist, apply and reply, until the core wants no more of it or a bound is
     * reached.
     */
    private int settle() {
        int workCount = 0;
        boolean more = true;
        while (more) {
            more = false;
            if (raft.hasReady()) {
                workCount += drain(raft.ready());
                raft.advance();
                more = true;
            }
            stats.syncing();
            if (durability.advance(raft)) {
                stats.synced(raft.durableIndex());
                workCount++;
                more = true;
            }
        }
        return workCount;
    }

    private int drain(final Ready ready) {
        int workCount = 0;
        if (ready.roleChanged()) {
            leadership.changed(raft, context.epochNanos().getAsLong());
            stats.roleChanged(raft.leaderId(), raft.isLeader());
        }
        if (ready.firstCommitted() <= ready.lastCommitted()) {
            workCount += apply(ready.firstCommitted(), ready.lastCommitted());
        }
        return workCount + ready.forEachRead(requests::onReadConfirmed);
    }

    private int apply(final long first, final long last) {
        final long startNanos = now();
        stats.applying(last, startNanos);
        final int count = wal.read(first, last, APPLY_LIMIT_BYTES, stateMachine);
        raft.applied(applied.index());
        final long tookNanos = now() - startNanos;
        stats.stages().applied(startNanos, startNanos + tookNanos);
        if (tookNanos > SLOW_NANOS) {
            log.slowTurn("applying " + count + " entries", tookNanos);
        }
        return count;
    }

    private long now() {
        return context.nanoTime().getAsLong();
    }
}
