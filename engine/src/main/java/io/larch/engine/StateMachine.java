package io.larch.engine;

import io.larch.engine.codec.CommandFlyweight;
import io.larch.engine.codec.CommandType;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.store.Store;
import io.larch.engine.store.StoreResult;
import org.agrona.DirectBuffer;

/**
 * Applies committed entries, in order and each once, and answers those who wait for them here.
 * Deterministic: what it changes depends on the entries alone. Owned by the engine thread.
 */
final class StateMachine implements LogStorage.EntryConsumer {
    private final CommandFlyweight command = new CommandFlyweight();
    private final StoreResult result = new StoreResult();
    private final Store store;
    private final ClusterState cluster;
    private final PendingRequests pending;
    private final ReplyPorts replies;
    private final AppliedPosition applied;
    private final EngineLog log;
    private final RaftCore raft;
    private final MemberDesk members;
    private final EngineStats stats;

    StateMachine(
            final RaftCore raft,
            final Store store,
            final ClusterState cluster,
            final PendingRequests pending,
            final ReplyPorts replies,
            final AppliedPosition applied,
            final MemberDesk members,
            final EngineStats stats,
            final EngineLog log) {
        this.raft = raft;
        this.store = store;
        this.cluster = cluster;
        this.pending = pending;
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
                applyCommand(index, body, offset, length);
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

    private void applyCommand(
            final long index, final DirectBuffer body, final int offset, final int length) {
        if (!CommandFlyweight.isWellFormed(body, offset, length)) {
            throw new IllegalStateException("entry " + index + " is not a command");
        }
        command.wrap(body, offset);
        final CommandType type = command.type();
        if (type == CommandType.PUBLISH_MEMBER) {
            publish();
        } else if (type == CommandType.CLUSTER_VERSION) {
            decideVersion();
        } else {
            store.apply(command, result);
            reply(index);
        }
    }

    private void reply(final long index) {
        final long correlationId = pending.remove(index);
        // An entry of another leader may stand where a request of this member was; it is not its
        // answer.
        if (correlationId == PendingRequests.NONE || correlationId != command.correlationId()) {
            return;
        }
        stats.answered(command, raft.isLeader());
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
        store.applyInternal();
        log.published(
                cluster.publish(
                        command.index(),
                        command.buffer(),
                        command.valueOffset(),
                        command.valueLength()));
    }

    private void decideVersion() {
        store.applyInternal();
        cluster.version(
                command.buffer()
                        .getStringWithoutLengthUtf8(command.valueOffset(), command.valueLength()));
        log.clusterVersion(cluster.version());
    }

    private void applyConfChange(final DirectBuffer body, final int offset, final int length) {
        if (!ConfChange.isWellFormed(body, offset, length)) {
            throw new IllegalStateException(
                    "entry " + applied.index() + " is not a membership change");
        }
        final ConfChange change = ConfChange.decode(body, offset);
        final AdminViews.ChangeOutcome outcome = cluster.check(change);
        if (outcome == AdminViews.ChangeOutcome.DONE) {
            raft.applyConfChange(change);
            for (int i = cluster.apply(change); i > 0; i--) {
                store.applyInternal();
            }
            stats.membershipChanged(change);
            log.membershipChanged(change);
        }
        members.onApplied(change, outcome);
    }
}
