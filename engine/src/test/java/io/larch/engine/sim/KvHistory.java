package io.larch.engine.sim;

import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.kv.ReferenceKv;
import io.larch.engine.kv.ReferenceKv.Change;
import io.larch.engine.mvcc.HistoryCursor;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The revisions of the v3 keys as the model has them; all members, over all their lives and however
 * they came by it, must have the same changes in them, in the same order.
 */
final class KvHistory {
    private final Map<Long, List<Change>> revisions = new HashMap<>();
    private final ReferenceKv model;

    KvHistory(final ReferenceKv model) {
        this.model = model;
    }

    /** The changes of a revision. */
    List<Change> at(final long revision) {
        return revision > model.revision()
                ? List.of()
                : revisions.computeIfAbsent(revision, model::changes);
    }

    /** What a key was before a revision, as it is told; null: it was not there. */
    byte[] before(final String key, final long revision) {
        return revision <= 1 ? null : model.keyAt(key, revision - 1);
    }

    /**
     * A member was seen with some revisions.
     *
     * @param seen the last revision that it was seen with before; 1 for a new life.
     * @return the last that it has.
     */
    long see(final int place, final MvccStore store, final long seen) {
        final long revision = store.revision();
        if (revision == seen) {
            return seen;
        }
        long next = Math.max(seen + 1, store.compactedRevision());
        final boolean mayLackFirst = next == store.compactedRevision();
        final HistoryCursor cursor = new HistoryCursor(store).open(next);
        final KeyVersion version = new KeyVersion();
        List<Change> changes = new ArrayList<>();
        final long first = next;
        while (cursor.next(version) == Step.FOUND) {
            while (version.modRevision() != next) {
                check(place, next, changes, mayLackFirst && next == first);
                changes = new ArrayList<>();
                next++;
            }
            changes.add(change(version));
        }
        for (; next <= revision; next++) {
            check(place, next, changes, mayLackFirst && next == first);
            changes = new ArrayList<>();
        }
        return revision;
    }

    private void check(
            final int place,
            final long revision,
            final List<Change> changes,
            final boolean isCompacted) {
        final List<Change> expected = at(revision);
        boolean isSame = expected.size() == changes.size();
        for (int i = 0; isSame && i < expected.size(); i++) {
            isSame =
                    expected.get(i).key().equals(changes.get(i).key())
                            && Arrays.equals(expected.get(i).event(), changes.get(i).event());
        }
        if (!isSame) {
            throw new Violation(
                    "equal revisions",
                    "member "
                            + place
                            + " has other changes than the model at "
                            + revision
                            + (isCompacted ? ", which is compacted" : ""));
        }
    }

    private static Change change(final KeyVersion version) {
        final byte[] event =
                ProtoMessage.message()
                        .flag(1, version.isTombstone())
                        .element(2, kv(version))
                        .bytes();
        return new Change(
                ProtoMessage.text(
                        KvTruth.bytes(version.buffer(), version.keyOffset(), version.keyLength())),
                event);
    }

    private static byte[] kv(final KeyVersion version) {
        return KvTruth.bytes(version.buffer(), version.bytesOffset(), version.bytesLength());
    }
}
