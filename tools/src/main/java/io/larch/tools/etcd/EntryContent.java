package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;

/**
 * What a normal entry asks for. It is an InternalRaftRequest, or, without a mark of that, a bare
 * Request. etcd tells them apart by whether the first can be read; what decides is that field 5 is
 * a message there and a number here, which is always written.
 *
 * @param request null: none of the v2 API.
 * @param isLater whether it is of a kind that no etcd has written that had v2 keys, too.
 */
record EntryContent(Request request, boolean isLater) {
    private static final int V2 = 2;
    private static final int LAST_OF_ONE_BYTE = 11;
    private static final int HEADER = 100;
    private static final int FIRST_OF_AUTH = 1000;
    private static final int FIRST_LATER = 1300;

    /** From 3.5 on, and of no meaning for the v2 store. */
    private static final int DOWNGRADE = 1302;

    /** Null: it is neither. */
    static EntryContent of(final DirectBuffer data) {
        final ProtoReader fields = new ProtoReader().wrap(data, 0, data.capacity());
        Request request = null;
        boolean isInternal = true;
        boolean isLater = false;
        while (fields.next() && isInternal) {
            final int field = fields.field();
            isInternal =
                    isLater(field)
                            || fields.is(field == 1 ? ProtoReader.VARINT : ProtoReader.BYTES);
            if (field == V2 && isInternal) {
                request = Request.of(data, fields.offset(), fields.length());
                isInternal = request != null;
            }
            isLater |= isLater(field);
        }
        if (isInternal && !fields.isBroken()) {
            return new EntryContent(request, isLater);
        }
        final Request bare = Request.of(data, 0, data.capacity());
        return bare == null ? null : new EntryContent(bare, false);
    }

    private static boolean isLater(final int field) {
        return field >= FIRST_LATER && field != DOWNGRADE
                || field > LAST_OF_ONE_BYTE && field < FIRST_OF_AUTH && field != HEADER;
    }
}
