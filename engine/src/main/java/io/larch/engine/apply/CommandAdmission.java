package io.larch.engine.apply;

import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.raft.Admission;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import org.agrona.DirectBuffer;

/**
 * Whether a command may go into the log, where every member has to apply it: all members understand
 * it ({@link ClusterState#featureLevel}), and there is room for what it adds ({@link
 * Application#admit}). Owned by the engine thread.
 *
 * <p>The member that a client asks judges by what it has applied, so that most of what cannot be is
 * refused where it is asked. The leader has the last word, as it appends: nobody knows of more that
 * is under way. That is what is in its log and not applied here, of its predecessors too.
 */
public final class CommandAdmission implements Admission {
    /** Not every member of the cluster understands it. No code of an application's error. */
    public static final int NOT_UNDERSTOOD = 1;

    private final CommandEnvelope command = new CommandEnvelope();
    private final Growth growth = new Growth();
    private final LogStorage.EntryConsumer onInherited = this::inherited;
    private final Applications applications;
    private final ClusterState cluster;
    private final AppliedPosition applied;
    private final LogGrowth underWay = new LogGrowth();

    /** Whose the command is that was checked last. */
    private int domain;

    public CommandAdmission(
            final Applications applications,
            final ClusterState cluster,
            final AppliedPosition applied) {
        this.applications = applications;
        this.cluster = cluster;
        this.applied = applied;
    }

    /**
     * Judges a client's command by what this member has applied.
     *
     * @param application of the command's domain.
     * @param others what others may add to it that are not applied yet.
     * @param added is set to what this one would add.
     * @return 0, {@link #NOT_UNDERSTOOD} or the code of an error to refuse it with.
     */
    public int judge(
            final CommandEnvelope write,
            final Application application,
            final Growth others,
            final Growth added) {
        if (application.featureLevel(write.type()) > cluster.featureLevel()) {
            return NOT_UNDERSTOOD;
        }
        return application.admit(write, others, added);
    }

    @Override
    public void elected(final LogStorage log, final long appliedIndex) {
        underWay.clear();
        if (appliedIndex < log.lastIndex()) {
            log.read(appliedIndex + 1, log.lastIndex(), Long.MAX_VALUE, onInherited);
        }
    }

    /** What earlier leaders have let in is measured only. */
    private boolean inherited(
            final long index,
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (kind == EntryKind.COMMAND) {
            check(body, offset, length);
        }
        appended(index, kind, body, offset, length);
        return true;
    }

    @Override
    public int check(final DirectBuffer body, final int offset, final int length) {
        growth.set(0, 0);
        if (!CommandEnvelope.isWellFormed(body, offset, length)) {
            return NOT_UNDERSTOOD;
        }
        command.wrap(body, offset);
        domain = command.domain();
        if (isOwn()) {
            return KeysCommand.isWellFormed(body, offset, length) ? 0 : NOT_UNDERSTOOD;
        }
        final Application application = applications.of(domain);
        if (application == null
                || application.kind(command.type()) != CommandKind.WRITE
                || !application.isWellFormed(body, offset, length)) {
            return NOT_UNDERSTOOD;
        }
        underWay.applied(applied.index());
        return judge(command, application, underWay.of(domain), growth);
    }

    @Override
    public int check(final ConfChange change) {
        for (final ConfChange.Step step : change.steps()) {
            if (isOfHeldLearner(step) && cluster.featureLevel() < FeatureLevel.HELD_LEARNERS) {
                return NOT_UNDERSTOOD;
            }
        }
        return 0;
    }

    private static boolean isOfHeldLearner(final ConfChange.Step step) {
        return step.op() == ConfChange.Op.ADD_HELD_LEARNER || step.op() == ConfChange.Op.PROMOTE;
    }

    private boolean isOwn() {
        return domain == KeysCommand.DOMAIN
                && CommandType.isKnown(command.type())
                && CommandType.of(command.type()).isOwn();
    }

    @Override
    public void appended(
            final long index,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (kind == EntryKind.COMMAND) {
            underWay.add(index, domain, growth);
        }
    }
}
