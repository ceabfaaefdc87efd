package io.larch.engine;

import io.larch.engine.application.Application;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.loop.EngineBuilder;
import io.larch.engine.loop.EngineParts;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.snapshot.SnapshotConfig;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotTaker;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * What a member holds at one entry of its log after the other, without a member that runs: begins
 * with what its directory has, and applies the entries that it is given.
 *
 * <p>Owned by the thread that opened it.
 */
public final class Replay implements LogStorage.EntryConsumer, AutoCloseable {
    private static final int STEPS = 1_024;

    private final CommandEnvelope command = new CommandEnvelope();
    private final EngineBuilder builder;
    private final EngineParts parts;

    private Replay(final EngineBuilder builder) {
        this.builder = builder;
        parts = builder.recover();
    }

    /**
     * Begins with the snapshot of a directory, or with nothing. The directory is written to.
     *
     * @throws RuntimeException as at a start of a member.
     */
    public static Replay open(final EngineContext context) {
        return new Replay(new EngineBuilder(context.conclude(), () -> {}, false));
    }

    /**
     * Applies the next entry, which is committed.
     *
     * @throws io.larch.engine.apply.UnknownCommandException if it is of a newer build.
     */
    @Override
    public boolean onEntry(
            final long index,
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        parts.stateMachine().onEntry(index, term, kind, body, offset, length);
        if (parts.applications().hasWork()) {
            parts.applications().work(STEPS);
        }
        return true;
    }

    /** Of the last entry that was applied. */
    public long raftIndex() {
        return parts.applied().index();
    }

    /** {@code X-Etcd-Index}. */
    public long storeIndex() {
        return index(KeysCommand.DOMAIN);
    }

    /** Of the v3 API; 0 where there is none. */
    public long revision() {
        return index(KvCommand.DOMAIN);
    }

    private long index(final int domain) {
        final Application application = application(domain);
        return application == null ? 0 : application.index();
    }

    /** Of a domain; null when there is none. */
    public Application application(final int domain) {
        return parts.applications().of(domain);
    }

    /**
     * The newest time of the entries that were applied: nanoseconds since the epoch, as the
     * leader's wall clock showed it; {@link Long#MIN_VALUE}: none had one.
     */
    public long timeNanos() {
        return parts.clock().appliedTextTime();
    }

    /** What {@link #timeNanos} would be behind an entry that was not applied yet. */
    public long timeNanosWith(
            final byte kind, final DirectBuffer body, final int offset, final int length) {
        if (kind != EntryKind.COMMAND || !CommandEnvelope.isWellFormed(body, offset, length)) {
            return timeNanos();
        }
        return Math.max(timeNanos(), parts.clock().textTime(command.wrap(body, offset)));
    }

    /**
     * Writes what is applied as a member's snapshot, which is durable under its name when this
     * returns.
     *
     * @param directory where it goes; its executor is not used.
     * @throws io.larch.engine.snapshot.SnapshotException when it cannot be written.
     */
    public void save(final SnapshotContext directory) {
        final int level = parts.cluster().featureLevel();
        final List<SnapshotSection> sections =
                parts.applications().all().stream()
                        .map(Application::snapshot)
                        .filter(each -> each.featureLevel() <= level || !each.isEmpty())
                        .toList();
        while (!sections.stream().allMatch(SnapshotSection::isPossible)) {
            parts.applications().work(STEPS);
        }
        final boolean isSectioned = level >= FeatureLevel.SECTIONS || sections.size() > 1;
        final ExpandableArrayBuffer config = new ExpandableArrayBuffer(1024);
        final SnapshotConfig replicated = builder.replicatedConfig();
        final SnapshotTaker taker =
                SnapshotTaker.start(
                        directory.executor(Runnable::run),
                        isSectioned,
                        parts.context().clusterId(),
                        parts.applied().index(),
                        parts.applied().term(),
                        config,
                        0,
                        replicated.encode(config, parts.raft().conf()));
        try {
            sections.forEach(SnapshotSection::begin);
            for (final SnapshotSection section : sections) {
                if (isSectioned) {
                    taker.beginSection(section.name(), section.version());
                }
                while (!section.write(taker, STEPS)) {
                    continue;
                }
            }
            taker.finish();
        } finally {
            taker.close();
        }
        if (taker.failure() != null) {
            throw taker.failure();
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(parts.applications(), parts.wal());
    }
}
