package io.larch.engine.mvcc;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Counts what is in a {@link StoreExport}, without a store made of it. A key that is there is one
 * life of it that no deletion has ended. Of what is compacted an export has, of each key, the
 * newest put alone, which stands for its life; behind that a life begins with its first version.
 */
public final class ExportSummary {
    private final UnsafeBuffer header = new UnsafeBuffer(new byte[ExportLayout.HEAD_LENGTH]);
    private final ExpandableDirectByteBuffer body = new ExpandableDirectByteBuffer(4096);
    private final ProtoReader reader = new ProtoReader();
    private int headerLength = ExportLayout.HEAD_LENGTH;
    private int headerFilled;
    private boolean hasHead;
    private boolean hasEnd;
    private int change;
    private int bodyLength;
    private int bodyFilled;
    private long revision;
    private long compacted;
    private long versions;
    private long keys;

    /** Revision of the newest change. */
    public long revision() {
        return revision;
    }

    public long compactedRevision() {
        return compacted;
    }

    /** Puts and deletions. */
    public long versions() {
        return versions;
    }

    /** Keys that are there at {@link #revision}. */
    public long keys() {
        return keys;
    }

    /** Whether the end was seen. */
    public boolean isWhole() {
        return hasEnd;
    }

    /**
     * Takes the next record, of any length.
     *
     * @throws IllegalStateException if it is damaged.
     */
    public void onRecord(final DirectBuffer buffer, final int offset, final int length) {
        int from = offset;
        final int end = offset + length;
        while (from < end) {
            check(!hasEnd);
            if (bodyFilled < bodyLength) {
                final int count = Math.min(bodyLength - bodyFilled, end - from);
                body.putBytes(bodyFilled, buffer, from, count);
                bodyFilled += count;
                from += count;
                if (bodyFilled == bodyLength) {
                    onVersion();
                }
            } else {
                final int count = Math.min(headerLength - headerFilled, end - from);
                header.putBytes(headerFilled, buffer, from, count);
                headerFilled += count;
                from += count;
                if (headerFilled == headerLength) {
                    onHeader();
                }
            }
        }
    }

    private void onHeader() {
        headerFilled = 0;
        headerLength = ExportLayout.ITEM_HEADER_LENGTH;
        if (!hasHead) {
            check(header.getInt(0, ExportLayout.ORDER) == ExportLayout.FORMAT);
            revision = header.getLong(ExportLayout.REVISION_OFFSET, ExportLayout.ORDER);
            compacted = header.getLong(ExportLayout.COMPACTED_OFFSET, ExportLayout.ORDER);
            hasHead = true;
            return;
        }
        bodyLength = header.getInt(0, ExportLayout.ORDER);
        bodyFilled = 0;
        change = header.getInt(ExportLayout.CHANGE_OFFSET, ExportLayout.ORDER);
        if (bodyLength == ExportLayout.END) {
            bodyLength = 0;
            hasEnd = true;
            check(change == (int) versions);
        } else {
            check(bodyLength > 0 && bodyLength <= RecordLayout.MAX_BODY_LENGTH);
        }
    }

    private void onVersion() {
        versions++;
        long modRevision = 0;
        long version = 0;
        reader.wrap(body, 0, bodyLength);
        while (reader.next()) {
            if (reader.field() == KeyValueBytes.MOD_REVISION) {
                modRevision = reader.number();
            } else if (reader.field() == KeyValueBytes.VERSION) {
                version = reader.number();
            }
        }
        check(!reader.isBroken());
        final boolean isCompacted = modRevision <= compacted;
        if (RecordLayout.isTombstone(change)) {
            keys -= isCompacted ? 0 : 1;
        } else if (isCompacted || version == 1) {
            keys++;
        }
    }

    private static void check(final boolean holds) {
        if (!holds) {
            throw new IllegalStateException("the store's export is damaged");
        }
    }
}
