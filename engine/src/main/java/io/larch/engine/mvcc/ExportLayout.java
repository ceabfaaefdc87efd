package io.larch.engine.mvcc;

import java.nio.ByteOrder;

/**
 * Layout of what {@link StoreExport} writes: a stream of bytes, little endian, which records cut
 * anywhere.
 *
 * <pre>
 *   head:    [format 4][revision 8][compacted revision 8]
 *   version: [length of the KeyValue 4][sub << 1 | tombstone 4][KeyValue ...]    in order of revisions
 *   end:     [-1 4][versions 4, the lower half of their number]
 * </pre>
 */
final class ExportLayout {
    static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    static final int FORMAT = 1;
    static final int HEAD_LENGTH = 20;
    static final int REVISION_OFFSET = 4;
    static final int COMPACTED_OFFSET = 12;
    static final int ITEM_HEADER_LENGTH = 8;
    static final int CHANGE_OFFSET = 4;
    static final int END = -1;

    private ExportLayout() {}
}
