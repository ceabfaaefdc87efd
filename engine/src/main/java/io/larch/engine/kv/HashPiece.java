package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.Step;
import io.larch.engine.mvcc.StoreHash;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/** The fields of a HashKVResponse, or of a HashResponse, but their header. */
final class HashPiece implements Piece {
    private static final int HASH = 2;
    private static final int COMPACT_REVISION = 3;
    private static final int HASH_REVISION = 4;
    private static final long UNSIGNED = 0xffffffffL;

    private final ExpandableArrayBuffer body = new ExpandableArrayBuffer(64);
    private final StoreHash hash;
    private final boolean isHashOnly;
    private int length;
    private int written;

    HashPiece(final StoreHash hash, final boolean isHashOnly) {
        this.hash = hash;
        this.isHashOnly = isHashOnly;
    }

    @Override
    public Step prepare(final int maxSteps) {
        final Step step = hash.run(maxSteps);
        if (step != Step.FOUND) {
            return step;
        }
        length = ProtoWriter.number(body, 0, HASH, hash.value() & UNSIGNED);
        if (!isHashOnly) {
            length = ProtoWriter.number(body, length, COMPACT_REVISION, hash.compactedRevision());
            length = ProtoWriter.number(body, length, HASH_REVISION, hash.revision());
        }
        return Step.END;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public boolean isWritten() {
        return written == length;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        target.putBytes(offset, body, 0, length);
        written = length;
        return offset + length;
    }
}
