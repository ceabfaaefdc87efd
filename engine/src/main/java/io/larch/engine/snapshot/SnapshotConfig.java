package io.larch.engine.snapshot;

import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.member.ClusterState;
import io.larch.engine.raft.ConfState;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What stands in a snapshot beside the key tree: who counts, who the members are, which of their
 * commands took effect, and what time it is. Owned by the engine thread.
 *
 * <p>Encoded, little endian, each part behind its length as an int: {@link ConfState}, {@link
 * ClusterState}, {@link CommandDeduplicator}, {@link ClusterClock}. The last is not in snapshots
 * from before there was one.
 */
public final class SnapshotConfig {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final ClusterState cluster;
    private final CommandDeduplicator appliedCommands;
    private final ClusterClock clock;

    public SnapshotConfig(
            final ClusterState cluster,
            final CommandDeduplicator appliedCommands,
            final ClusterClock clock) {
        this.cluster = cluster;
        this.appliedCommands = appliedCommands;
        this.clock = clock;
    }

    /**
     * @return bytes written from offset 0.
     */
    public int encode(final MutableDirectBuffer target, final ConfState conf) {
        int at = part(target, 0, conf.encode(target, Integer.BYTES));
        at = part(target, at, cluster.encode(target, at + Integer.BYTES));
        at = part(target, at, appliedCommands.encode(target, at + Integer.BYTES));
        return part(target, at, clock.encode(target, at + Integer.BYTES));
    }

    private static int part(final MutableDirectBuffer target, final int at, final int length) {
        target.putInt(at, length, ORDER);
        return at + Integer.BYTES + length;
    }

    /**
     * Who counts.
     *
     * @throws IllegalStateException if the bytes are something else.
     */
    public static ConfState decodeConf(final DirectBuffer config) {
        final int length = lengthAt(config, 0);
        if (!ConfState.isWellFormed(config, Integer.BYTES, length)) {
            throw new IllegalStateException("the snapshot has no configuration of the cluster");
        }
        return ConfState.decode(config, Integer.BYTES);
    }

    /**
     * Replaces membership, commands and time by what was encoded.
     *
     * @param lastTerm of the entry that the snapshot ends with.
     * @throws RuntimeException if the bytes are something else.
     */
    public void decode(final DirectBuffer config, final long lastTerm) {
        final int clusterAt = Integer.BYTES + lengthAt(config, 0);
        final int clusterLength = lengthAt(config, clusterAt);
        cluster.decode(config, clusterAt + Integer.BYTES, clusterLength);
        final int commandsAt = clusterAt + Integer.BYTES + clusterLength;
        final int commandsLength = lengthAt(config, commandsAt);
        appliedCommands.decode(config, commandsAt + Integer.BYTES, commandsLength);
        final int clockAt = commandsAt + Integer.BYTES + commandsLength;
        if (clockAt < config.capacity()) {
            clock.decode(config, clockAt + Integer.BYTES, lengthAt(config, clockAt), lastTerm);
        }
    }

    /**
     * The newest time that was applied, as {@link ClusterClock#appliedTextTime} tells it.
     *
     * @throws RuntimeException if the bytes are something else.
     */
    public static long textTime(final DirectBuffer config) {
        final ClusterClock clock = new ClusterClock(() -> 0, () -> 0);
        new SnapshotConfig(new ClusterState(0), new CommandDeduplicator(), clock).decode(config, 0);
        return clock.appliedTextTime();
    }

    /** The highest feature level that a member had told. */
    static int newestFeatureLevel(final DirectBuffer config) {
        return decodeCluster(config, 0).newestFeatureLevel();
    }

    /**
     * The members.
     *
     * @throws RuntimeException if the bytes are something else.
     */
    public static ClusterState decodeCluster(final DirectBuffer config, final long clusterId) {
        final ClusterState cluster = new ClusterState(clusterId);
        final int clusterAt = Integer.BYTES + lengthAt(config, 0);
        cluster.decode(config, clusterAt + Integer.BYTES, lengthAt(config, clusterAt));
        return cluster;
    }

    private static int lengthAt(final DirectBuffer config, final int at) {
        final int length = at <= config.capacity() - Integer.BYTES ? config.getInt(at, ORDER) : -1;
        if (length < 0 || length > config.capacity() - Integer.BYTES - at) {
            throw new IllegalStateException("the snapshot's configuration is cut short");
        }
        return length;
    }
}
