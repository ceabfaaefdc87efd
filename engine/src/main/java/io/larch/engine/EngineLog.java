package io.larch.engine;

import io.larch.engine.member.Member;
import io.larch.engine.port.PeerContact;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.SlowTurns;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine tells its operator, in etcd's words where etcd has some. */
public final class EngineLog {
    private static final double MS_PER_SECOND = 1e3;

    private final Logger engine = LoggerFactory.getLogger(EngineLog.class);
    private final Logger raft = LoggerFactory.getLogger(RaftCore.class);
    private final SlowTurns slowSyncs = new SlowTurns();
    private final SlowTurns slowApplies = new SlowTurns();
    private final SlowTurns cutReads = new SlowTurns();
    private final SlowTurns replacedReads = new SlowTurns();
    private final long clusterId;

    public EngineLog(final long clusterId) {
        this.clusterId = clusterId;
    }

    /** Null: the member is gone already, so there is nothing to tell. */
    public void published(final Member member) {
        if (member != null) {
            engine.info(
                    "published {Name:{} ClientURLs:{}} to cluster {}",
                    member.name(),
                    member.clientUrls(),
                    hex(clusterId));
        }
    }

    public void membershipChanged(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            engine.info("{} member {} in cluster {}", step.op(), hex(step.id()), hex(clusterId));
        }
    }

    /** As etcd, whose client gets no more than a status where its rules are not kept. */
    public void memberChangeRefused(
            final Query.MemberChange.Op op, final long id, final QueryViews.ChangeOutcome outcome) {
        engine.warn(
                "rejecting member {} request for {}: {}",
                op.name().toLowerCase(Locale.ROOT),
                hex(id),
                outcome);
    }

    public void clusterVersion(final String version) {
        engine.info("set the cluster version to {}", version);
    }

    public void starting(final long memberId, final boolean isRestart, final long commitIndex) {
        if (isRestart) {
            engine.info(
                    "restarting member {} in cluster {} at commit index {}",
                    hex(memberId),
                    hex(clusterId),
                    commitIndex);
        } else {
            engine.info("starting member {} in cluster {}", hex(memberId), hex(clusterId));
        }
    }

    public void recovered(final long snapshotIndex, final long commitIndex, final long lastIndex) {
        engine.info(
                "recovered: snapshot at index {}, log up to index {}, committed up to {}",
                snapshotIndex,
                lastIndex,
                commitIndex);
    }

    public void roleChanged(
            final long id, final String role, final long term, final long leaderId) {
        raft.info("{} became {} at term {}, leader {}", hex(id), role, term, hex(leaderId));
    }

    /** A read of many slices held on to more than all of them together may. */
    public void readCut(final long heldBytes, final long nowNanos) {
        if (cutReads.add(0, nowNanos)) {
            engine.warn(
                    "ended {} reads whose clients take them too slowly while keys change: what they"
                            + " show cannot be kept any longer ({} bytes are kept for others)",
                    cutReads.count(),
                    heldBytes);
            cutReads.told(nowNanos);
        }
    }

    /** A read of many slices lost what it read to a snapshot from the leader. */
    public void readReplaced(final long nowNanos) {
        if (replacedReads.add(0, nowNanos)) {
            engine.warn(
                    "ended {} reads: a snapshot from the leader took the place of what they read",
                    replacedReads.count());
            replacedReads.told(nowNanos);
        }
    }

    public void snapshotStarted(final long appliedIndex, final long previousIndex) {
        engine.info("start to snapshot (applied: {}, lastsnap: {})", appliedIndex, previousIndex);
    }

    public void snapshotSaved(final long index) {
        engine.info("saved snapshot at index {}", index);
    }

    public void compacted(final long index) {
        engine.info("compacted raft log at {}", index);
    }

    public void snapshotFailed(final long index, final Throwable cause) {
        engine.error("snapshot at index {} failed, will try again: {}", index, cause.toString());
    }

    public void receivingSnapshot(final long from, final long index, final long length) {
        engine.info("receiving snapshot at index {} ({} bytes) from {}", index, length, hex(from));
    }

    public void receivingSnapshotFailed(final long index, final Throwable cause) {
        engine.error("snapshot at index {} could not be received: {}", index, cause.toString());
    }

    public void snapshotInstalled(final long index, final long term) {
        engine.info("installed snapshot at index {}, term {}", index, term);
    }

    public void sendingSnapshot(final long to, final long index, final long length) {
        engine.info("sending snapshot at index {} ({} bytes) to {}", index, length, hex(to));
    }

    public void stateGiven(final long index, final long length) {
        engine.info("giving a client the snapshot at index {} ({} bytes)", index, length);
    }

    public void snapshotUnreadable(final long index, final Throwable cause) {
        engine.error("snapshot at index {} cannot be sent: {}", index, cause.toString());
    }

    public void sendingSnapshotFailed(final long to) {
        engine.warn("sending a snapshot to {} failed", hex(to));
    }

    public void diskFull(final String message) {
        engine.error("no room for the write-ahead log: a message was dropped ({})", message);
    }

    public void handingOver(final long to) {
        engine.warn("no room for the write-ahead log: handing leadership over to {}", hex(to));
    }

    public void silent(final String name, final PeerContact peer, final long epochNanos) {
        final String id = hex(peer.peerId());
        final long seconds = TimeUnit.NANOSECONDS.toSeconds(peer.forNanos());
        engine.warn(
                "peer {} at {} has {} answered since {} ({}s): {}",
                name.isEmpty() ? id : name + " (" + id + ")",
                String.join(",", peer.peerUrls()),
                peer.hasAnswered() ? "not" : "never",
                Instant.ofEpochSecond(TimeUnit.NANOSECONDS.toSeconds(epochNanos) - seconds),
                seconds,
                peer.finding());
    }

    public void noLeader(final String line) {
        engine.warn("{}", line);
    }

    public void metStranger(final long id, final List<String> peerUrls) {
        engine.info("member {} is not known at {} here: answering it there", hex(id), peerUrls);
    }

    public void removed(final long id) {
        engine.warn(
                "member {} was removed from cluster {}: it stops when the others know",
                hex(id),
                hex(clusterId));
    }

    public void discarded(final long count) {
        engine.warn("discarding {} uncommitted WAL entries", count);
    }

    public void forced(final long id) {
        engine.warn("forcing a new cluster with member {} alone", hex(id));
    }

    public void storeFull(final boolean isFull, final long nodes, final long bytes) {
        if (isFull) {
            engine.error(
                    "the store is full: {} nodes, {} bytes; writes are refused, deletes go on",
                    nodes,
                    bytes);
        } else {
            engine.warn("the store takes writes again: {} nodes, {} bytes", nodes, bytes);
        }
    }

    public void slowSync(final long nanos, final long nowNanos) {
        slowTurn(slowSyncs, "sync of the write-ahead log", nanos, nowNanos);
    }

    public void slowApply(final int entries, final long nanos, final long nowNanos) {
        slowTurn(slowApplies, "applying " + entries + " entries", nanos, nowNanos);
    }

    private void slowTurn(
            final SlowTurns turns, final String part, final long nanos, final long nowNanos) {
        if (!turns.add(nanos, nowNanos)) {
            return;
        }
        if (turns.count() == 1) {
            engine.warn("slow turn: {} took {} ms", part, millis(nanos));
        } else {
            engine.warn(
                    "slow turn: {} took {} ms; {} such turns since the last of these lines, the longest {} ms",
                    part,
                    millis(nanos),
                    turns.count(),
                    millis(turns.longestNanos()));
        }
        turns.told(nowNanos);
    }

    private static String millis(final long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e6);
    }

    public void syncsMoved(final String where, final long averageNanos) {
        engine.warn(
                "syncs take {} ms: they run on {} now",
                String.format(Locale.ROOT, "%.1f", averageNanos / 1e6),
                where);
    }

    /** As etcd, which has one second for a bound. */
    public void clockDifference(
            final long peerId, final long differenceMs, final long toleranceMs) {
        engine.warn(
                "the clock difference against peer {} is too high [{}s > {}s]",
                hex(peerId),
                differenceMs / MS_PER_SECOND,
                toleranceMs / MS_PER_SECOND);
    }

    public void clocksAgree(final long peerId, final long differenceMs) {
        engine.info(
                "the clock difference against peer {} is {}s again",
                hex(peerId),
                differenceMs / MS_PER_SECOND);
    }

    void stopped(final Throwable cause) {
        engine.error("the member stops: {}", cause.toString(), cause);
    }

    public static String hex(final long id) {
        return Long.toHexString(id);
    }
}
