package io.larch.engine.mvcc;

/** Finds the version that a revision shows, and shows it. */
final class VersionReader {
    private final Versions versions;
    private final RevisionLog log;

    VersionReader(final Versions versions, final RevisionLog log) {
        this.versions = versions;
        this.log = log;
    }

    /**
     * The version of a key that was live at a revision.
     *
     * @param entry of the index.
     * @return its id, 0 if there was none.
     */
    int visible(final int entry, final long revision) {
        final int newest = LeafNodes.idOf(entry);
        if (versions.revision(newest) <= revision) {
            return LeafNodes.isLive(entry) ? newest : 0;
        }
        return live(newest, revision);
    }

    /**
     * The version of a key that was live at a revision.
     *
     * @param newest its newest version.
     * @return its id, 0 if there was none.
     */
    int live(final int newest, final long revision) {
        final int id = versions.at(newest, revision);
        return id != 0 && !isTombstone(id) ? id : 0;
    }

    /** Whether a key has a version that is not compacted, swept or not. */
    boolean isHeld(final int entry, final long compacted) {
        return LeafNodes.isLive(entry) || versions.revision(LeafNodes.idOf(entry)) > compacted;
    }

    boolean isTombstone(final int id) {
        final long place = versions.place(id);
        return RecordLayout.isTombstone(log.buffer(place), RevisionLog.offset(place));
    }

    /** Points a view at a version. */
    void show(final int id, final KeyVersion target) {
        final long place = versions.place(id);
        target.set(log.buffer(place), RevisionLog.offset(place));
    }

    /** Points a view at the live version that a revision before it showed, if there was one. */
    boolean showPrevious(final KeyVersion version, final KeyVersion target) {
        final long revision = version.modRevision();
        int id = versions.previous(version.versionId());
        while (id != 0 && versions.revision(id) == revision) {
            id = versions.previous(id);
        }
        if (id == 0 || isTombstone(id)) {
            target.unset();
            return false;
        }
        show(id, target);
        return true;
    }
}
