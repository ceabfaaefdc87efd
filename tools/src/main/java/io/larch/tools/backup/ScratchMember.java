package io.larch.tools.backup;

import io.larch.engine.EngineContext;
import io.larch.engine.Replay;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.port.AuthViews;
import io.larch.engine.segments.SegmentFiles;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WriteAheadLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** A directory that looks like a member's, with a snapshot and an empty log behind it. */
final class ScratchMember implements Closeable {
    private static final String SNAP = "snap";
    private static final String WAL = "wal";
    private static final int SEGMENT_BYTES = 1 << 16;
    private static final long MEMORY_BYTES = 256L << 20;

    /** As a member has them by default. */
    private static final long NODES = 10_000_000;

    private static final long BYTES = 8L << 30;

    /** Nobody's. */
    private static final long SELF = 1;

    private final Path directory;
    private final BaseSnapshot base;

    private ScratchMember(final Path directory, final BaseSnapshot base) {
        this.directory = directory;
        this.base = base;
    }

    static ScratchMember make(final Path directory, final BaseSnapshot base) throws IOException {
        new LocalDirectory(directory).prepare();
        final ScratchMember member = new ScratchMember(directory, base);
        if (!base.isNothing()) {
            member.begin();
        }
        return member;
    }

    private void begin() throws IOException {
        final LocalDirectory snap = new LocalDirectory(directory.resolve(SNAP));
        snap.prepare();
        final String name = base.path().getFileName().toString();
        Files.copy(base.path(), directory.resolve(SNAP).resolve(name));
        final WalContext context =
                new WalContext()
                        .directory(directory.resolve(WAL))
                        .segmentLengthBytes(SEGMENT_BYTES)
                        .ownThreads(false);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            final UnsafeBuffer meta = new UnsafeBuffer(new byte[RestoredMember.META_LENGTH]);
            log.memberMeta(base.clusterId(), SELF, meta, 0, meta.capacity());
            log.resetTo(base.point().raftIndex(), base.term());
            log.saveHardState(base.term(), 0, base.point().raftIndex());
            log.sync();
        }
    }

    /**
     * Begins to apply what is behind the snapshot.
     *
     * @throws BackupException if this build cannot read it, or the disk takes no more.
     */
    Replay open() throws BackupException {
        try {
            return Replay.open(context());
        } catch (final RuntimeException e) {
            throw BackupException.of(
                    BackupException.Kind.REFUSED,
                    base + " cannot be read here: " + e.getMessage(),
                    e);
        }
    }

    private EngineContext context() {
        return new EngineContext()
                .memberDir(directory)
                .memberId(SELF)
                .clusterId(base.clusterId())
                .joining(true)
                .walSegmentBytes(SEGMENT_BYTES)
                .snapshotExecutor(Runnable::run)
                .maxNodes(Math.max(NODES, 2 * base.nodes()))
                .maxBytes(Math.max(BYTES, 4 * base.length()))
                .applications(
                        List.of(
                                AuthApplication.publishingTo(new AuthViews()),
                                KvApplication.of(
                                        new KvContext()
                                                .segmentMemory(
                                                        SegmentFiles.in(
                                                                directory, MEMORY_BYTES)))));
    }

    /** Writes what a replay stands at. */
    Path save(final Replay replay) {
        if (replay.raftIndex() == base.point().raftIndex() && !base.isNothing()) {
            return base.path();
        }
        final Path past = directory.resolve("past");
        replay.save(new SnapshotContext().directory(past).maxSnapshots(0));
        try {
            return past.resolve(new LocalDirectory(past).list().get(0));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is in the directory goes with the one above it. */
    @Override
    public void close() {}
}
