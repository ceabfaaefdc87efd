package io.larch.engine.codec.kv;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The body of the answer to {@link KvCommand#STORE_STATUS}. Little endian, eight bytes each.
 *
 * @param compactRevision up to which history is gone; -1: none is.
 * @param bytes held for keys and history, free room of segments included.
 * @param bytesInUse of these, what is not free.
 * @param quotaBytes what may be in use before writes are refused.
 * @param keys that live.
 * @param leases that live.
 * @param sweptRevision up to which all that compactions have made void was taken away; -1: nothing
 *     was to be.
 */
public record KvStatus(
        long compactRevision,
        long bytes,
        long bytesInUse,
        long quotaBytes,
        long keys,
        long leases,
        long sweptRevision) {
    private static final int LENGTH = 7 * Long.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Writes it, and returns the end. */
    public int encode(final MutableDirectBuffer target, final int offset) {
        target.putLong(offset, compactRevision, ORDER);
        target.putLong(offset + 8, bytes, ORDER);
        target.putLong(offset + 16, bytesInUse, ORDER);
        target.putLong(offset + 24, quotaBytes, ORDER);
        target.putLong(offset + 32, keys, ORDER);
        target.putLong(offset + 40, leases, ORDER);
        target.putLong(offset + 48, sweptRevision, ORDER);
        return offset + LENGTH;
    }

    /** Reads what {@link #encode} wrote. */
    public static KvStatus decode(final DirectBuffer source, final int offset) {
        return new KvStatus(
                source.getLong(offset, ORDER),
                source.getLong(offset + 8, ORDER),
                source.getLong(offset + 16, ORDER),
                source.getLong(offset + 24, ORDER),
                source.getLong(offset + 32, ORDER),
                source.getLong(offset + 40, ORDER),
                source.getLong(offset + 48, ORDER));
    }
}
