package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.application.Growth;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.member.ClusterState;
import io.larch.engine.raft.RaftCore;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;

/**
 * What a member tells its cluster when it starts: its name, client URLs and feature level, at every
 * start as etcd does; and, by the leader, the cluster version when there is none yet. Both are
 * proposed until they are applied.
 *
 * <p>It tells them again when another member has been upgraded. That one's build before may have
 * known nothing of levels, and then its snapshot, from which it goes on, has none.
 *
 * <p>Owned by the engine thread.
 */
public final class MemberPublisher {
    /** The version that the API follows, lowest common of the members. */
    private static final byte[] CLUSTER_VERSION = "2.3.0".getBytes(StandardCharsets.US_ASCII);

    private final ExpandableArrayBuffer command = new ExpandableArrayBuffer(1024);
    private final ExpandableArrayBuffer value = new ExpandableArrayBuffer(1024);
    private final EngineContext context;
    private final ClusterState cluster;
    private final Proposals proposals;
    private final int featureLevel;
    private final Growth none = new Growth();
    private Map<Long, Integer> knownLevels = Map.of();
    private int knownLevelChanges;
    private boolean isPublished;
    private boolean isVersionProposed;

    public MemberPublisher(
            final EngineContext context,
            final ClusterState cluster,
            final Proposals proposals,
            final int featureLevel) {
        this.featureLevel = featureLevel;
        this.context = context;
        this.cluster = cluster;
        this.proposals = proposals;
    }

    public int propose(final RaftCore raft) {
        if (isPublished && isVersionProposed && knownLevelChanges == cluster.levelChanges()
                || raft.leaderId() == 0
                || !raft.conf().contains(context.memberId())) {
            return 0;
        }
        int workCount = 0;
        if (knownLevelChanges != cluster.levelChanges()) {
            isPublished &= !isAnotherUpgraded();
        }
        if (!isPublished) {
            final int length =
                    ClusterState.encodePublication(
                            value, context.name(), context.clientUrls(), featureLevel);
            isPublished = propose(CommandType.PUBLISH_MEMBER, context.memberId(), length);
            workCount++;
        }
        if (!isVersionProposed && raft.isLeader()) {
            isVersionProposed = isVersionDecided() || proposeVersion();
            workCount++;
        }
        return workCount;
    }

    private boolean isAnotherUpgraded() {
        final Map<Long, Integer> before = knownLevels;
        knownLevels = cluster.publishedLevels();
        knownLevelChanges = cluster.levelChanges();
        return knownLevels.entrySet().stream()
                .filter(member -> member.getKey() != context.memberId())
                .anyMatch(
                        member ->
                                member.getValue()
                                        > before.getOrDefault(member.getKey(), member.getValue()));
    }

    /** A version that was proposed in vain is proposed again by the member that leads now. */
    public void onLeaderChanged() {
        isVersionProposed = isVersionDecided();
    }

    private boolean isVersionDecided() {
        return !cluster.version().equals(ClusterState.NOT_DECIDED);
    }

    private boolean proposeVersion() {
        value.putBytes(0, CLUSTER_VERSION);
        return propose(CommandType.CLUSTER_VERSION, 0, CLUSTER_VERSION.length);
    }

    private boolean propose(final CommandType type, final long index, final int valueLength) {
        final int at =
                KeysCommand.encodeHeader(
                        command,
                        0,
                        type,
                        0,
                        0,
                        context.epochNanos().getAsLong(),
                        CommandEnvelope.PERMANENT,
                        index,
                        0,
                        valueLength,
                        0);
        command.putBytes(at, value, 0, valueLength);
        final int length = at + valueLength;
        return !proposals.isFull(length)
                && proposals.propose(
                                command,
                                0,
                                length,
                                PendingWrites.NOBODY,
                                context.nanoTime().getAsLong(),
                                Comparisons.NONE,
                                none)
                        == Proposals.TAKEN;
    }
}
