package io.larch.engine.snapshot;

import io.larch.engine.application.Application;
import io.larch.engine.application.Applications;

/** Fills the applications of a member from the sections of a snapshot. */
public final class SnapshotRestore {
    private SnapshotRestore() {}

    /**
     * Fills empty applications. One that has no section stays empty: the snapshot is from before
     * there was such a one.
     *
     * @param featureLevel of this build.
     * @throws UnknownSectionException when this build does not know a section, or its version.
     * @throws IllegalStateException when the records of one are not whole.
     */
    public static void restore(
            final SnapshotFile snapshot, final Applications applications, final int featureLevel) {
        while (snapshot.nextSection()) {
            final Application application = applications.named(snapshot.sectionName());
            if (application == null
                    || snapshot.sectionVersion() > application.snapshot().version()) {
                throw new UnknownSectionException(
                        snapshot.path().getFileName().toString(),
                        snapshot.sectionName(),
                        snapshot.sectionVersion(),
                        featureLevel,
                        SnapshotConfig.newestFeatureLevel(snapshot.config()));
            }
            application.restore(snapshot, snapshot.sectionVersion());
        }
    }
}
