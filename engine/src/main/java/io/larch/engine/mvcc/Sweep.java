package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frees, in slices, the versions that a compaction has made void. Each change since the last sweep
 * makes the version before it void; a deletion is void too if it came before the compacted revision
 * and the key was not made again until then. One exactly at it stays, so that a watch from there on
 * is told (etcd since 3.4.34 and 3.5.16), and goes at the next compaction.
 */
final class Sweep {
    private final Revisions revisions;
    private final RevisionLog log;
    private final Versions versions;
    private final KeyIndex index;
    private final VersionKeys keys;
    private final LogCursor cursor;
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private long target;
    private boolean isActive;

    Sweep(
            final Revisions revisions,
            final RevisionLog log,
            final Versions versions,
            final KeyIndex index,
            final VersionKeys keys) {
        this.revisions = revisions;
        this.log = log;
        this.versions = versions;
        this.index = index;
        this.keys = keys;
        cursor = new LogCursor(log);
    }

    boolean isNeeded() {
        return revisions.swept() < revisions.compacted();
    }

    /**
     * Goes on, at first from where the last one ended.
     *
     * @return what is left of the steps; more than none means that it is done.
     */
    int run(final int maxSteps) {
        if (!isActive) {
            isActive = true;
            target = revisions.compacted();
            cursor.seek(revisions.swept(), 0);
        }
        int steps = maxSteps;
        while (steps > 0) {
            if (!cursor.isAtRecord() || cursor.revision() > target) {
                revisions.sweptTo(target);
                isActive = false;
                return steps;
            }
            look();
            cursor.advance();
            steps--;
        }
        return 0;
    }

    private void look() {
        final int id = cursor.versionId();
        if (!versions.isAt(id, cursor.place())) {
            return;
        }
        final boolean isTombstone = cursor.isTombstone();
        final boolean isNew = cursor.revision() > revisions.swept();
        final int previous = isNew ? versions.previous(id) : 0;
        if (previous != 0) {
            free(previous);
        }
        if (isTombstone && cursor.revision() < target) {
            freeDeleted(id);
        }
    }

    private void freeDeleted(final int id) {
        final int newest = index.find(keys.wrap(id, key));
        if (versions.at(newest, target) != id) {
            return;
        }
        if (newest == id) {
            index.remove(id);
        }
        free(id);
    }

    private void free(final int id) {
        log.free(versions.place(id));
        versions.free(id);
    }
}
