package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.mvcc.KeyRange;
import org.agrona.DirectBuffer;

/**
 * A DeleteRangeRequest, to be filled again and again. Refers to the bytes that it was read from.
 */
final class DeleteRequest {
    final KeyRange range = new KeyRange();
    boolean hasPrevious;

    /** Reads one. Returns false when it is not one, or its key is empty. */
    boolean read(final ProtoReader reader) {
        DirectBuffer buffer = null;
        int keyOffset = 0;
        int keyLength = 0;
        int endOffset = 0;
        int endLength = 0;
        hasPrevious = false;
        while (reader.next()) {
            buffer = reader.buffer();
            switch (reader.field()) {
                case 1 -> {
                    keyOffset = reader.offset();
                    keyLength = reader.length();
                }
                case 2 -> {
                    endLength = reader.length();
                    endOffset = endLength == 0 ? 0 : reader.offset();
                }
                case 3 -> hasPrevious = reader.flag();
                default -> {
                    // Of no meaning here.
                }
            }
        }
        if (reader.isBroken() || keyLength == 0) {
            return false;
        }
        range.set(buffer, keyOffset, keyLength, buffer, endOffset, endLength);
        return true;
    }
}
