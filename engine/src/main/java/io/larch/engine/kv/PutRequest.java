package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;

/** A PutRequest, to be filled again and again. Refers to the bytes that it was read from. */
final class PutRequest {
    DirectBuffer buffer;
    int keyOffset;
    int keyLength;
    int valueOffset;
    int valueLength;
    long lease;
    boolean hasPrevious;
    boolean ignoresValue;
    boolean ignoresLease;

    /** Reads one. Returns false when it is not one, or its key is empty. */
    boolean read(final ProtoReader reader) {
        keyOffset = 0;
        keyLength = 0;
        valueOffset = 0;
        valueLength = 0;
        lease = 0;
        hasPrevious = false;
        ignoresValue = false;
        ignoresLease = false;
        while (reader.next()) {
            buffer = reader.buffer();
            switch (reader.field()) {
                case 1 -> {
                    keyOffset = reader.offset();
                    keyLength = reader.length();
                }
                case 2 -> {
                    valueLength = reader.length();
                    valueOffset = valueLength == 0 ? 0 : reader.offset();
                }
                case 3 -> lease = reader.number();
                case 4 -> hasPrevious = reader.flag();
                case 5 -> ignoresValue = reader.flag();
                case 6 -> ignoresLease = reader.flag();
                default -> {
                    // Of no meaning here.
                }
            }
        }
        return !reader.isBroken() && keyLength > 0;
    }
}
