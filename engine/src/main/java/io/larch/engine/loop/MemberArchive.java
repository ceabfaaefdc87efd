package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.archive.Archive;
import io.larch.engine.archive.Retention;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.snapshot.SnapshotFile;
import java.nio.file.Path;

/** Where a member keeps files: each has a directory of its own, so that several may share one. */
final class MemberArchive {
    private MemberArchive() {}

    /** The archive of the member that the context tells of, which has its ids. */
    static Archive of(final EngineContext context) {
        final Path directory =
                context.archiveDir()
                        .resolve(
                                EngineLog.hex(context.clusterId())
                                        + "-"
                                        + EngineLog.hex(context.memberId()));
        final Archive archive = new Archive(new LocalDirectory(directory));
        if (context.archiveRetentionMs() > 0) {
            archive.retain(
                    new Retention(
                            context.archiveRetentionMs(),
                            System::currentTimeMillis,
                            name -> SnapshotFile.isWhole(directory.resolve(name))));
        }
        return archive;
    }
}
