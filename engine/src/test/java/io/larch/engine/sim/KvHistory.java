package io.larch.engine.sim;

import io.larch.engine.kv.ProtoMessage;
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
 * The revisions of the v3 keys as the first member that had one has it; all others, over all their
 * lives and however they came by it, must have the same changes in it, in the same order.
 */
final class KvHistory {
    /** A change: its key and the event that tells it, without what was before. */
    record Change(String key, byte[] event) {
        boolean is(final Change other) {
            return key.equals(other.key) && Arrays.equals(event, other.event);
        }
    }

    private final Map<Long, List<Change>> revisions = new HashMap<>();
    private long newest = 1;

    long newest() {
        return newest;
    }

    /** The changes of a revision; empty where nobody was seen with it. */
    List<Change> at(final long revision) {
        return revisions.getOrDefault(revision, List.of());
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
        final HistoryCursor cursor = new HistoryCursor(store).open(next);
        final KeyVersion version = new KeyVersion();
        List<Change> changes = new ArrayList<>();
        while (cursor.next(version) == Step.FOUND) {
            if (version.modRevision() != next) {
                know(place, next, changes);
                changes = new ArrayList<>();
                next = version.modRevision();
            }
            changes.add(change(version));
        }
        know(place, next, changes);
        newest = Math.max(newest, revision);
        return revision;
    }

    private void know(final int place, final long revision, final List<Change> changes) {
        if (changes.isEmpty()) {
            return;
        }
        final List<Change> known = revisions.putIfAbsent(revision, changes);
        if (known == null) {
            return;
        }
        boolean isSame = known.size() == changes.size();
        for (int i = 0; isSame && i < known.size(); i++) {
            isSame = known.get(i).is(changes.get(i));
        }
        if (!isSame) {
            throw new Violation(
                    "equal revisions",
                    "member " + place + " has other changes than one before at " + revision);
        }
    }

    private static Change change(final KeyVersion version) {
        final byte[] kv = new byte[version.bytesLength()];
        version.buffer().getBytes(version.bytesOffset(), kv);
        final byte[] event =
                ProtoMessage.message().flag(1, version.isTombstone()).element(2, kv).bytes();
        return new Change(
                version.buffer()
                        .getStringWithoutLengthAscii(version.keyOffset(), version.keyLength()),
                event);
    }
}
