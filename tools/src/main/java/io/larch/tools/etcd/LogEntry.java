package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * An entry of the Raft log: raftpb.Entry, {@code 1: type 2: term 3: index 4: data}.
 *
 * @param data what is to be applied; nothing of a leader's first entry.
 * @param place of its record.
 */
record LogEntry(long type, long term, long index, UnsafeBuffer data, Place place) {
    static final int NORMAL = 0;
    static final int MEMBER_CHANGE = 1;

    /**
     * Copies one.
     *
     * @throws EtcdFilesException if it is none.
     */
    static LogEntry of(final DirectBuffer record, final Place place) throws EtcdFilesException {
        final ProtoReader fields = new ProtoReader().wrap(record, 0, record.capacity());
        long type = 0;
        long term = 0;
        long index = 0;
        byte[] data = new byte[0];
        while (fields.next()) {
            switch (fields.field()) {
                case 1 -> type = fields.number();
                case 2 -> term = fields.number();
                case 3 -> index = fields.number();
                case 4 -> {
                    data = new byte[fields.length()];
                    fields.buffer().getBytes(fields.offset(), data);
                }
                default -> {
                    // Of a later etcd.
                }
            }
        }
        if (fields.isBroken() || index <= 0) {
            throw place.damaged("this is no entry");
        }
        return new LogEntry(type, term, index, new UnsafeBuffer(data), place);
    }
}
