package io.larch.engine.apply;

import io.larch.engine.EngineLog;
import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.keys.Store;
import io.larch.engine.keys.StoreResult;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.MembershipChanges;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.request.PendingWrites;
import io.larch.engine.request.Proposals;
import io.larch.engine.request.ReplyRouter;
import io.larch.engine.stats.EngineStats;
import org.agrona.DirectBuffer;

/**
 * Applies committed entries, in order and each once, and answers those who wait for them here.
 * Deterministic: what it changes depends on the entries alone. Owned by the engine thread.
 */
public final class StateMachine implements LogStorage.EntryConsumer {
    private final CommandFlyweight command = new CommandFlyweight();
    private final StoreResult result = new StoreResult();
    private final Store store;
    private final ClusterState cluster;
    private final CommandDeduplicator appliedCommands;
    private final ClusterClock clock;
    private final Proposals proposals;
    private final ReplyRouter replies;
    private final AppliedPosition applied;
    private final EngineLog log;
    private final RaftCore raft;
    private final MembershipChanges members;
    private final EngineStats stats;
    private boolean hasMembershipChanged;

    public StateMachine(
            final RaftCore raft,
            final Store store,
            final ClusterState cluster,
            final CommandDeduplicator appliedCommands,
            final ClusterClock clock,
            final Proposals proposals,
            final ReplyRouter replies,
            final AppliedPosition applied,
            final MembershipChanges members,
            final EngineStats stats,
            final EngineLog log) {
        this.raft = raft;
        this.store = store;
        this.cluster = cluster;
        this.appliedCommands = appliedCommands;
        this.clock = clock;
        this.proposals = proposals;
        this.replies = replies;
        this.applied = applied;
        this.members = members;
        this.stats = stats;
        this.log = log;
    }

    @Override
    public boolean onEntry(
            final long index,
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (index != applied.index() + 1) {
            throw new IllegalStateException("entry " + index + " follows " + applied.index());
        }
        applied.set(index, term);
        switch (kind) {
            case EntryKind.NOOP:
                break;
            case EntryKind.COMMAND:
                applyCommand(index, term, body, offset, length);
                break;
            case EntryKind.CONF_CHANGE:
                applyConfChange(body, offset, length);
                break;
            default:
                throw new IllegalStateException("entry " + index + " is of unknown kind " + kind);
        }
        // The core must hear of a membership change before anything behind it is applied.
        return kind != EntryKind.CONF_CHANGE;
    }

    /** Whether the membership was changed since the last call. */
    public boolean hasMembershipChanged() {
        final boolean hasChanged = hasMembershipChanged;
        hasMembershipChanged = false;
        return hasChanged;
    }

    private void applyCommand(
            final long index,
            final long term,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (!CommandFlyweight.isWellFormed(body, offset, length)) {
            throw new IllegalStateException("entry " + index + " is not a command");
        }
        command.wrap(body, offset);
        clock.applying(term, command);
        store.wallOffset(clock.wallOffset());
        if (command.originId() != 0 && !takes()) {
            repeated();
            return;
        }
        final CommandType type = command.type();
        if (type == CommandType.PUBLISH_MEMBER) {
            publish();
        } else if (type == CommandType.CLUSTER_VERSION) {
            decideVersion();
        } else {
            store.apply(command, result);
            reply();
        }
    }

    private boolean takes() {
        return appliedCommands.take(command.originId(), command.incarnation(), command.sequence());
    }

    private long complete() {
        return proposals.complete(command.originId(), command.incarnation(), command.sequence());
    }

    /** The command is not to take effect; who waits for it is told that its end is not known. */
    private void repeated() {
        final long correlationId = complete();
        if (correlationId != PendingWrites.NOBODY) {
            replies.raftError(correlationId, "etcdserver: request timed out");
        }
    }

    private void reply() {
        final long correlationId = complete();
        if (correlationId == PendingWrites.NOBODY) {
            return;
        }
        stats.answered(proposals.edgeEpochNanos(), applied.index(), raft.isLeader());
        if (result.isOk()) {
            replies.result(
                    correlationId,
                    result.isCreated(),
                    result.storeIndex(),
                    result.event(),
                    result.eventOffset(),
                    result.eventLength());
        } else {
            replies.error(
                    correlationId,
                    result.errorCode(),
                    result.storeIndex(),
                    result.cause(),
                    result.causeLength());
        }
    }

    private void publish() {
        complete();
        store.applyInternal();
        log.published(
                cluster.publish(
                        command.index(),
                        command.buffer(),
                        command.valueOffset(),
                        command.valueLength()));
    }

    /** Two leaders in a row may propose the same; it is decided once. */
    private void decideVersion() {
        complete();
        final String version =
                command.buffer()
                        .getStringWithoutLengthUtf8(command.valueOffset(), command.valueLength());
        if (version.equals(cluster.version())) {
            return;
        }
        store.applyInternal();
        cluster.version(version);
        log.clusterVersion(version);
    }

    private void applyConfChange(final DirectBuffer body, final int offset, final int length) {
        if (!ConfChange.isWellFormed(body, offset, length)) {
            throw new IllegalStateException(
                    "entry " + applied.index() + " is not a membership change");
        }
        final ConfChange change = ConfChange.decode(body, offset);
        final QueryViews.ChangeOutcome outcome = cluster.check(change);
        if (outcome == QueryViews.ChangeOutcome.DONE) {
            raft.applyConfChange(change);
            for (int i = cluster.apply(change); i > 0; i--) {
                store.applyInternal();
            }
            countCommandsOf(change);
            hasMembershipChanged = true;
            stats.membershipChanged(change);
            log.membershipChanged(change);
        }
        members.onApplied(change, outcome);
    }

    private void countCommandsOf(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            switch (step.op()) {
                case ADD_VOTER, ADD_LEARNER -> {
                    if (cluster.membership().member(step.id()).isPresent()) {
                        appliedCommands.add(step.id());
                    }
                }
                case REMOVE -> appliedCommands.remove(step.id());
                case UPDATE -> {
                    // The same member.
                }
            }
        }
    }
}
