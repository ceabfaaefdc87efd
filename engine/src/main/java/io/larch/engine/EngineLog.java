package io.larch.engine;

import io.larch.engine.cluster.Member;
import io.larch.engine.raft.ConfChange;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the engine tells its operator, in etcd's words where etcd has some. */
final class EngineLog {
    private final Logger etcdserver = LoggerFactory.getLogger("etcdserver");
    private final Logger raft = LoggerFactory.getLogger("raft");
    private final long clusterId;

    EngineLog(final long clusterId) {
        this.clusterId = clusterId;
    }

    /** Null: the member is gone already, so there is nothing to tell. */
    void published(final Member member) {
        if (member != null) {
            etcdserver.info(
                    "published {Name:{} ClientURLs:{}} to cluster {}",
                    member.name(),
                    member.clientUrls(),
                    hex(clusterId));
        }
    }

    void membershipChanged(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            etcdserver.info(
                    "{} member {} in cluster {}", step.op(), hex(step.id()), hex(clusterId));
        }
    }

    void clusterVersion(final String version) {
        etcdserver.info("set the cluster version to {}", version);
    }

    void starting(final long memberId, final boolean isRestart, final long commitIndex) {
        if (isRestart) {
            etcdserver.info(
                    "restarting member {} in cluster {} at commit index {}",
                    hex(memberId),
                    hex(clusterId),
                    commitIndex);
        } else {
            etcdserver.info("starting member {} in cluster {}", hex(memberId), hex(clusterId));
        }
    }

    void recovered(final long snapshotIndex, final long commitIndex, final long lastIndex) {
        etcdserver.info(
                "recovered: snapshot at index {}, log up to index {}, committed up to {}",
                snapshotIndex,
                lastIndex,
                commitIndex);
    }

    void roleChanged(final long id, final String role, final long term, final long leaderId) {
        raft.info("{} became {} at term {}, leader {}", hex(id), role, term, hex(leaderId));
    }

    void snapshotStarted(final long appliedIndex, final long previousIndex) {
        etcdserver.info(
                "start to snapshot (applied: {}, lastsnap: {})", appliedIndex, previousIndex);
    }

    void snapshotSaved(final long index) {
        etcdserver.info("saved snapshot at index {}", index);
    }

    void compacted(final long index) {
        etcdserver.info("compacted raft log at {}", index);
    }

    void snapshotFailed(final long index, final Throwable cause) {
        etcdserver.error(
                "snapshot at index {} failed, will try again: {}", index, cause.toString());
    }

    void storeFull(final boolean isFull, final long nodes, final long bytes) {
        if (isFull) {
            etcdserver.error(
                    "the store is full: {} nodes, {} bytes; writes are refused, deletes go on",
                    nodes,
                    bytes);
        } else {
            etcdserver.warn("the store takes writes again: {} nodes, {} bytes", nodes, bytes);
        }
    }

    void slowTurn(final String part, final long nanos) {
        etcdserver.warn(
                "slow turn: {} took {} ms", part, String.format(Locale.ROOT, "%.1f", nanos / 1e6));
    }

    void syncsMoved(final String where, final long averageNanos) {
        etcdserver.warn(
                "syncs take {} ms: they run on {} now",
                String.format(Locale.ROOT, "%.1f", averageNanos / 1e6),
                where);
    }

    void stopped(final Throwable cause) {
        etcdserver.error("the member stops: {}", cause.toString(), cause);
    }

    static String hex(final long id) {
        return Long.toHexString(id);
    }
}
