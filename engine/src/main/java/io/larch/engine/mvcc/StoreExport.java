package io.larch.engine.mvcc;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * All that a store held at one moment, as records of bounded length, made in slices while writes go
 * on. The same state gives the same records on every member. Compaction waits with the freeing of
 * memory until it is closed.
 *
 * <p>Ask {@link #prepare} until it says that a record is ready, hand it on, say {@link #taken}.
 */
public final class StoreExport implements AutoCloseable {
    private static final int NOTHING_TO_COPY = -1;

    private final Versions versions;
    private final Compaction compaction;
    private final LogCursor log;
    private final long revision;
    private final UnsafeBuffer record;
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[ExportLayout.HEAD_LENGTH]);
    private int length;

    /** What is being copied into records: the header first, then the KeyValue. */
    private int headerLength;

    private int headerCopied;
    private int bodyFrom = NOTHING_TO_COPY;
    private int bodyEnd;
    private int count;
    private boolean hasEnded;
    private boolean isDone;
    private boolean isClosed;

    StoreExport(final MvccStore store, final int recordLength) {
        if (recordLength <= 0) {
            throw new IllegalArgumentException("length of a record: " + recordLength);
        }
        versions = store.versions();
        compaction = store.compaction();
        compaction.hold();
        revision = store.revision();
        record = new UnsafeBuffer(new byte[recordLength]);
        log = new LogCursor(store.log());
        log.seek(0, 0);
        header.putInt(0, ExportLayout.FORMAT, ExportLayout.ORDER);
        header.putLong(ExportLayout.REVISION_OFFSET, revision, ExportLayout.ORDER);
        header.putLong(
                ExportLayout.COMPACTED_OFFSET, store.compactedRevision(), ExportLayout.ORDER);
        headerLength = ExportLayout.HEAD_LENGTH;
    }

    /** Whether all records have been taken. */
    public boolean isDone() {
        return isDone;
    }

    /**
     * Goes on with the next record.
     *
     * @param maxSteps how many versions to look at.
     * @return whether a record is ready; false also when all is done.
     */
    public boolean prepare(final int maxSteps) {
        int steps = maxSteps;
        while (length < record.capacity() && !isDone) {
            if (!copy()) {
                if (hasEnded) {
                    return length > 0;
                }
                if (steps-- <= 0) {
                    return false;
                }
                nextItem();
            }
        }
        return length > 0 && !isDone;
    }

    /** The record that is ready, from offset 0 on; valid until {@link #taken}. */
    public DirectBuffer record() {
        return record;
    }

    public int recordLength() {
        return length;
    }

    /** The record has been handed on. */
    public void taken() {
        length = 0;
        isDone = hasEnded && headerCopied == headerLength;
    }

    /**
     * Copies what is at hand, as far as there is room.
     *
     * @return whether there was anything.
     */
    private boolean copy() {
        if (headerCopied < headerLength) {
            final int room = Math.min(record.capacity() - length, headerLength - headerCopied);
            record.putBytes(length, header, headerCopied, room);
            headerCopied += room;
            length += room;
            return true;
        }
        if (bodyFrom == NOTHING_TO_COPY) {
            return false;
        }
        final int room = Math.min(record.capacity() - length, bodyEnd - bodyFrom);
        record.putBytes(length, log.buffer(), bodyFrom, room);
        bodyFrom += room;
        length += room;
        if (bodyFrom == bodyEnd) {
            bodyFrom = NOTHING_TO_COPY;
            log.advance();
        }
        return true;
    }

    private void nextItem() {
        if (!log.isAtRecord() || log.revision() > revision) {
            hasEnded = true;
            putHeader(ExportLayout.END, count);
        } else if (versions.isAt(log.versionId(), log.place())) {
            count++;
            bodyFrom = RecordLayout.bodyOffset(log.offset());
            bodyEnd = bodyFrom + RecordLayout.bodyLength(log.buffer(), log.offset());
            putHeader(bodyEnd - bodyFrom, RecordLayout.change(log.buffer(), log.offset()));
        } else {
            log.advance();
        }
    }

    private void putHeader(final int first, final int second) {
        header.putInt(0, first, ExportLayout.ORDER);
        header.putInt(ExportLayout.CHANGE_OFFSET, second, ExportLayout.ORDER);
        headerLength = ExportLayout.ITEM_HEADER_LENGTH;
        headerCopied = 0;
    }

    /** Lets compaction go on. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            compaction.release();
        }
    }
}
