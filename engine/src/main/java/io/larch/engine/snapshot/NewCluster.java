package io.larch.engine.snapshot;

import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.Member;
import io.larch.engine.member.Membership;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Writes what a snapshot holds as the state of a new cluster: keys, users, leases and time go on
 * where they were, and so do Raft's index and term; the members are others. What the old ones had
 * done is not known any more: neither which of their commands took effect, nor who was removed.
 *
 * <p>Blocks, on the thread that calls.
 */
public final class NewCluster {
    private final Membership members;

    /**
     * @param members all of the new cluster, who all vote.
     */
    public NewCluster(final Membership members) {
        this.members = members;
    }

    /**
     * Writes the snapshot, which is durable under its name when this returns.
     *
     * @param source newly opened.
     * @param directory where the snapshot goes; its executor is not used.
     * @throws SnapshotException when either cannot be read or written.
     * @throws IllegalStateException when the source's configuration is not one.
     */
    public void write(final SnapshotFile source, final SnapshotContext directory) {
        final ExpandableArrayBuffer config = new ExpandableArrayBuffer(1024);
        final int length = configuration(source).encode(config, voters());
        write(source, members.clusterId(), config, length, directory);
    }

    /**
     * Writes the same once more as that of a cluster of another id, whose members are not looked at
     * before {@code --force-new-cluster} removes them; otherwise as {@link #write}.
     */
    public static void copy(
            final SnapshotFile source, final long clusterId, final SnapshotContext directory) {
        write(source, clusterId, source.config(), source.config().capacity(), directory);
    }

    private static void write(
            final SnapshotFile source,
            final long clusterId,
            final DirectBuffer config,
            final int configLength,
            final SnapshotContext directory) {
        final SnapshotTaker taker =
                SnapshotTaker.start(
                        directory.executor(Runnable::run),
                        source.isSectioned(),
                        clusterId,
                        source.lastIndex(),
                        source.lastTerm(),
                        config,
                        0,
                        configLength);
        try {
            copy(source, taker);
            taker.finish();
        } finally {
            taker.close();
        }
        if (taker.failure() != null) {
            throw taker.failure();
        }
    }

    private SnapshotConfig configuration(final SnapshotFile source) {
        final ClusterClock clock = new ClusterClock(() -> 0, () -> 0);
        final ClusterState old = new ClusterState(source.clusterId());
        new SnapshotConfig(old, new CommandDeduplicator(), clock)
                .decode(source.config(), source.lastTerm());
        final ClusterState cluster = new ClusterState(members.clusterId());
        final CommandDeduplicator commands = new CommandDeduplicator();
        for (final Member member : members.members()) {
            cluster.apply(
                    ConfChange.of(
                            ConfChange.Op.ADD_VOTER,
                            member.id(),
                            ClusterState.encodeFounder(member)));
            commands.add(member.id());
        }
        cluster.version(old.version());
        return new SnapshotConfig(cluster, commands, clock);
    }

    private ConfState voters() {
        return ConfState.ofVoters(members.members().stream().mapToLong(Member::id).toArray());
    }

    /** What is offered is written within the call, so there always is room. */
    private static void copy(final SnapshotFile source, final SnapshotTaker taker) {
        while (source.nextSection()) {
            if (source.isSectioned()) {
                taker.beginSection(source.sectionName(), source.sectionVersion());
            }
            boolean isMore = true;
            while (isMore && taker.failure() == null) {
                isMore = source.next(taker::offer);
            }
        }
    }
}
