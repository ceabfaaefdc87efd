package io.larch.engine.mvcc;

import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The number that etcd's HashKV gives for the same history: CRC-32C over the name of its bucket
 * and, for each version up to a revision, what etcd stores it by and as. In slices; begins again by
 * itself when a compaction comes in between.
 *
 * <p>Of what is not above the compacted revision only those count that are live at the revision, so
 * that it does not matter how far compaction has come (etcd: storage/mvcc/hash.go, {@code keep} of
 * key_index.go). If no key is live then, etcd counts all that compaction has left, which is done
 * here as 3.4.23 does: a deletion at the compacted revision is not among it.
 */
public final class StoreHash {
    private static final byte[] BUCKET = {'k', 'e', 'y'};
    private static final int PLAIN_LENGTH = 17;
    private static final int COPY_LENGTH = 4096;

    private final Revisions revisions;
    private final Versions versions;
    private final KeyIndex index;
    private final VersionKeys keys;
    private final LogCursor log;
    private final RangeCursor live;
    private final CRC32C crc = new CRC32C();
    private final UnsafeBuffer key = new UnsafeBuffer(0, 0);
    private final KeyVersion anyLive = new KeyVersion();
    private final byte[] bytes = new byte[COPY_LENGTH];
    private final UnsafeBuffer storedKey = new UnsafeBuffer(bytes);
    private long revision;
    private long compacted;
    private boolean isCounting;
    private boolean hasLive;
    private boolean isDone;

    StoreHash(final MvccStore store, final long wanted) {
        revisions = store.revisions();
        versions = store.versions();
        index = store.index();
        keys = store.keys();
        log = new LogCursor(store.log());
        live = new RangeCursor(store);
        revision = revisions.readable(wanted);
        begin();
    }

    private void begin() {
        compacted = revisions.compacted();
        crc.reset();
        crc.update(BUCKET, 0, BUCKET.length);
        log.seek(0, 0);
        live.open(new KeyRange().all(), revision);
        isCounting = false;
    }

    /** The revision that it is of. */
    public long revision() {
        return revision;
    }

    /** What was compacted when it was taken. */
    public long compactedRevision() {
        return compacted;
    }

    /** The number; once {@link #run} has found it. */
    public int value() {
        if (!isDone) {
            throw new IllegalStateException("the hash is not done");
        }
        return (int) crc.getValue();
    }

    /**
     * Goes on, outside of transactions.
     *
     * @param maxSteps how many versions to look at.
     * @return {@link Step#FOUND} when done, {@link Step#PAUSED} when there is more to do, {@link
     *     Step#COMPACTED} if the revision has gone.
     */
    public Step run(final int maxSteps) {
        if (isDone) {
            return Step.FOUND;
        }
        if (revisions.isCompacted(revision)) {
            return Step.COMPACTED;
        }
        if (compacted != revisions.compacted()) {
            begin();
        }
        if (!isCounting) {
            final Step step = live.allow(maxSteps).next(anyLive);
            if (step == Step.PAUSED) {
                return step;
            }
            hasLive = step == Step.FOUND;
            isCounting = true;
        }
        return hash(maxSteps);
    }

    private Step hash(final int maxSteps) {
        for (int steps = maxSteps; steps > 0; steps--) {
            if (!log.isAtRecord() || log.revision() > revision) {
                isDone = true;
                return Step.FOUND;
            }
            if (isCounted()) {
                add();
            }
            log.advance();
        }
        return Step.PAUSED;
    }

    private boolean isCounted() {
        if (log.revision() > compacted) {
            return true;
        }
        final int id = log.versionId();
        if (log.isTombstone() || !versions.isAt(id, log.place())) {
            return false;
        }
        if (!versions.isSuperseded(id)) {
            return true;
        }
        final int newest = index.find(keys.wrap(id, key));
        return versions.at(newest, hasLive ? revision : compacted) == id;
    }

    private void add() {
        storedKey.putLong(0, log.revision(), ByteOrder.BIG_ENDIAN);
        storedKey.putByte(8, (byte) '_');
        storedKey.putLong(9, log.sub(), ByteOrder.BIG_ENDIAN);
        storedKey.putByte(PLAIN_LENGTH, (byte) 't');
        crc.update(bytes, 0, log.isTombstone() ? PLAIN_LENGTH + 1 : PLAIN_LENGTH);
        int from = RecordLayout.bodyOffset(log.offset());
        final int end = from + RecordLayout.hashedLength(log.buffer(), log.offset());
        while (from < end) {
            final int length = Math.min(COPY_LENGTH, end - from);
            log.buffer().getBytes(from, bytes, 0, length);
            crc.update(bytes, 0, length);
            from += length;
        }
    }
}
