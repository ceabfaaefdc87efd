package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Fills an empty store with what a {@link StoreExport} wrote: the same versions, reads, history and
 * hash. Records of any length; they are checked. May wait for memory ({@link SegmentMemory#await}).
 * When all are there it builds the index at once, for which it takes 32 bytes more a version until
 * it is closed.
 */
public final class StoreImport implements AutoCloseable {
    private final MvccStore store;
    private final Revisions revisions;
    private final RevisionLog log;
    private final Versions versions;
    private final BulkLoad load;
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[ExportLayout.HEAD_LENGTH]);
    private int headerLength = ExportLayout.HEAD_LENGTH;
    private int headerFilled;
    private boolean hasHead;
    private boolean hasEnd;
    private long revision;
    private long compacted;
    private long putBytes;

    /** The version whose KeyValue is being copied to the end of the log. */
    private int change;

    private int bodyAt;
    private int bodyEnd;
    private long lastRevision;
    private int lastSub;
    private int count;

    /**
     * @throws IllegalStateException if the store is not empty.
     */
    public StoreImport(final MvccStore empty) {
        if (empty.versionCount() != 0 || empty.revision() != new Revisions().current()) {
            throw new IllegalStateException("the store is not empty");
        }
        store = empty;
        revisions = empty.revisions();
        log = empty.log();
        versions = empty.versions();
        load = new BulkLoad(empty);
    }

    /**
     * Takes the next record.
     *
     * @throws IllegalStateException if it is damaged; the store is of no more use then.
     */
    public void onRecord(final DirectBuffer buffer, final int offset, final int length) {
        int from = offset;
        final int end = offset + length;
        while (from < end) {
            check(!hasEnd, "something behind the end");
            final int left = end - from;
            from +=
                    bodyAt < bodyEnd
                            ? copyBody(buffer, from, left)
                            : copyHeader(buffer, from, left);
        }
    }

    /**
     * All records were passed.
     *
     * @throws IllegalStateException if some are missing; the store is of no more use then.
     */
    public void finish() {
        check(hasEnd, "no end");
        final long supersededBytes = load.run();
        store.writes().restore(putBytes - supersededBytes);
        revisions.restore(revision, compacted);
    }

    private int copyHeader(final DirectBuffer buffer, final int from, final int left) {
        final int length = Math.min(left, headerLength - headerFilled);
        header.putBytes(headerFilled, buffer, from, length);
        headerFilled += length;
        if (headerFilled == headerLength) {
            headerFilled = 0;
            headerLength = ExportLayout.ITEM_HEADER_LENGTH;
            if (hasHead) {
                onItem();
            } else {
                onHead();
            }
        }
        return length;
    }

    private void onHead() {
        final int format = header.getInt(0, ExportLayout.ORDER);
        check(format == ExportLayout.FORMAT, "unknown format " + format);
        revision = header.getLong(ExportLayout.REVISION_OFFSET, ExportLayout.ORDER);
        compacted = header.getLong(ExportLayout.COMPACTED_OFFSET, ExportLayout.ORDER);
        check(revision >= 1 && compacted <= revision, "revisions");
        hasHead = true;
    }

    private void onItem() {
        final int length = header.getInt(0, ExportLayout.ORDER);
        change = header.getInt(ExportLayout.CHANGE_OFFSET, ExportLayout.ORDER);
        if (length == ExportLayout.END) {
            check(change == count, "number of versions");
            hasEnd = true;
            return;
        }
        check(length > 0 && length <= RecordLayout.MAX_BODY_LENGTH, "length of a version");
        check(change >= 0, "place of a version");
        log.awaitRoom(length);
        final int offset = log.begin(length, versions.allocate(), change);
        bodyAt = RecordLayout.bodyOffset(offset);
        bodyEnd = bodyAt + length;
    }

    private int copyBody(final DirectBuffer buffer, final int from, final int left) {
        final int length = Math.min(left, bodyEnd - bodyAt);
        log.tail().buffer().putBytes(bodyAt, buffer, from, length);
        bodyAt += length;
        if (bodyAt == bodyEnd) {
            onVersion();
        }
        return length;
    }

    private void onVersion() {
        final UnsafeBuffer buffer = log.tail().buffer();
        final int offset = log.tail().used();
        check(RecordLayout.isWhole(buffer, offset), "contents of a version");
        final long at = RecordLayout.revision(buffer, offset);
        final int sub = RecordLayout.subOf(change);
        check(at > lastRevision || at == lastRevision && sub > lastSub, "order of versions");
        check(at <= revision, "revision of a version");
        lastRevision = at;
        lastSub = sub;
        count++;
        if (!RecordLayout.isTombstone(change)) {
            putBytes += RecordLayout.recordLength(buffer, offset);
        }
        final int id = RecordLayout.versionId(buffer, offset);
        versions.set(id, at, log.appended(at), 0);
        load.add(id, RecordLayout.isTombstone(change));
    }

    /** Gives back what only the import needs. */
    @Override
    public void close() {
        load.close();
    }

    private static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalStateException("the store's export is damaged: " + what);
        }
    }
}
