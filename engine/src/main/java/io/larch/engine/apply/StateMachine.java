package io.larch.engine.apply;

import io.larch.engine.EngineLog;
import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.MembershipChanges;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.stats.EngineStats;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Applies committed entries, in order and each once, and answers those who wait for them here.
 * Deterministic: what it changes depends on the entries alone. Owned by the engine thread.
 */
public final class StateMachine implements LogStorage.EntryConsumer {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final CommandEnvelope command = new CommandEnvelope();
    private final KeysCommand ownCommand = new KeysCommand();
    private final Result result = new Result();
    private final Applications applications;
    private final ClusterState cluster;
    private final CommandDeduplicator appliedCommands;
    private final ClusterClock clock;
    private final CommandOutcomes outcomes;
    private final AppliedPosition applied;
    private final EngineLog log;
    private final RaftCore raft;
    private final MembershipChanges members;
    private final EngineStats stats;
    private final int featureLevel;
    private boolean hasMembershipChanged;
    private boolean hasSynced;

    public StateMachine(
            final RaftCore raft,
            final Applications applications,
            final ClusterState cluster,
            final CommandDeduplicator appliedCommands,
            final ClusterClock clock,
            final CommandOutcomes outcomes,
            final AppliedPosition applied,
            final MembershipChanges members,
            final EngineStats stats,
            final EngineLog log,
            final int featureLevel) {
        this.raft = raft;
        this.applications = applications;
        this.cluster = cluster;
        this.appliedCommands = appliedCommands;
        this.clock = clock;
        this.outcomes = outcomes;
        this.applied = applied;
        this.members = members;
        this.stats = stats;
        this.log = log;
        this.featureLevel = featureLevel;
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

    /** Whether a SYNC was applied since the last call. */
    public boolean hasSynced() {
        final boolean has = hasSynced;
        hasSynced = false;
        return has;
    }

    private void applyCommand(
            final long index,
            final long term,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (!CommandEnvelope.isWellFormed(body, offset, length)) {
            throw new IllegalStateException("entry " + index + " is not a command");
        }
        command.wrap(body, offset);
        final CommandType own = ownType();
        final Application application = applications.of(command.domain());
        check(index, own != null, application, length);
        if (clock.applying(term, command)) {
            applications.passing(term, command.timestampNanos());
        }
        if (command.originId() != 0 && !takes()) {
            outcomes.repeated(command);
        } else if (own != null) {
            applyOwn(own);
        } else {
            result.awaited(outcomes.isAwaited(command));
            application.apply(command, result);
            outcomes.applied(command, result);
        }
    }

    /** Which of the cluster's own commands it is; null: an application's. */
    private CommandType ownType() {
        if (command.domain() != KeysCommand.DOMAIN || !CommandType.isKnown(command.type())) {
            return null;
        }
        final CommandType type = CommandType.of(command.type());
        return type.isOwn() ? type : null;
    }

    /** Nothing is applied that this build does not know or that is cut short. */
    private void check(
            final long index,
            final boolean isOwn,
            final Application application,
            final int length) {
        if (!isOwn
                && (application == null || application.kind(command.type()) != CommandKind.WRITE)) {
            throw new UnknownCommandException(
                    index,
                    command.domain(),
                    command.type(),
                    featureLevel,
                    cluster.newestFeatureLevel());
        }
        final boolean isWellFormed =
                isOwn
                        ? KeysCommand.isWellFormed(command.buffer(), command.offset(), length)
                        : application.isWellFormed(command.buffer(), command.offset(), length);
        if (!isWellFormed) {
            throw new IllegalStateException("entry " + index + " is not a command");
        }
    }

    private void applyOwn(final CommandType type) {
        ownCommand.wrap(command.buffer(), command.offset());
        outcomes.settled(command);
        switch (type) {
            case SYNC -> expire(Integer.MAX_VALUE);
            case SYNC_SOME -> expire(bound());
            case PUBLISH_MEMBER -> publish();
            case CLUSTER_VERSION -> decideVersion();
            default -> throw new IllegalStateException("not the cluster's own: " + type);
        }
    }

    /** Of a SYNC_SOME. */
    private int bound() {
        if (ownCommand.valueLength() != Integer.BYTES) {
            throw new IllegalStateException("entry " + applied.index() + " is not a command");
        }
        return ownCommand.buffer().getInt(ownCommand.valueOffset(), ORDER);
    }

    private void expire(final int most) {
        applications.expire(command.timestampNanos(), most);
        hasSynced = true;
    }

    private boolean takes() {
        return appliedCommands.take(command.originId(), command.incarnation(), command.sequence());
    }

    private void publish() {
        applications.clusterChanged();
        log.published(
                cluster.publish(
                        ownCommand.index(),
                        ownCommand.buffer(),
                        ownCommand.valueOffset(),
                        ownCommand.valueLength()));
    }

    /** Two leaders in a row may propose the same; it is decided once. */
    private void decideVersion() {
        final String version =
                ownCommand
                        .buffer()
                        .getStringWithoutLengthUtf8(
                                ownCommand.valueOffset(), ownCommand.valueLength());
        if (version.equals(cluster.version())) {
            return;
        }
        applications.clusterChanged();
        cluster.version(version);
        log.clusterVersion(version);
    }

    private void applyConfChange(final DirectBuffer body, final int offset, final int length) {
        if (!ConfChange.isWellFormed(body, offset, length)) {
            throw new IllegalStateException(
                    "entry " + applied.index() + " is not a membership change");
        }
        final ConfChange change = ConfChange.decode(body, offset);
        final QueryViews.ChangeOutcome outcome = cluster.check(change, raft.conf());
        if (outcome == QueryViews.ChangeOutcome.DONE) {
            raft.applyConfChange(change);
            for (int i = cluster.apply(change); i > 0; i--) {
                applications.clusterChanged();
            }
            countCommandsOf(change);
            hasMembershipChanged = true;
            stats.membershipChanged(change, raft.isLeader());
            log.membershipChanged(change);
        }
        members.onApplied(change, outcome);
    }

    private void countCommandsOf(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            switch (step.op()) {
                case ADD_VOTER, ADD_LEARNER, ADD_HELD_LEARNER, PROMOTE -> {
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
