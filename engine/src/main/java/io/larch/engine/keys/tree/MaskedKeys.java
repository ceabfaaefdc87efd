package io.larch.engine.keys.tree;

import java.util.SplittableRandom;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Writes path keys into Chronicle Map, each byte under one of a mask. The map hashes what it is
 * given, without a secret, so clients, who choose the keys, could choose many of one hash; they
 * cannot if they do not know the mask.
 *
 * <p>Public since the map asks for that; not threadsafe.
 */
public final class MaskedKeys implements SizedReader<PathKey>, SizedWriter<PathKey> {
    private final long[] mask;
    private final byte[] masked = new byte[PathKey.MAX_LENGTH + Long.BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(masked);

    /**
     * @param secrets where the mask comes from.
     */
    MaskedKeys(final SplittableRandom secrets) {
        mask = secrets.longs(masked.length / Long.BYTES).toArray();
    }

    private void mask(final int length) {
        for (int i = 0; i < length; i += Long.BYTES) {
            buffer.putLong(i, buffer.getLong(i) ^ mask[i / Long.BYTES]);
        }
    }

    @Override
    public PathKey read(final Bytes<?> in, final long size, final PathKey using) {
        final PathKey key = using == null ? new PathKey() : using;
        in.read(masked, 0, (int) size);
        mask((int) size);
        System.arraycopy(masked, 0, key.bytes(), 0, (int) size);
        key.length((int) size);
        return key;
    }

    @Override
    public long size(final PathKey toWrite) {
        return toWrite.length();
    }

    @Override
    public void write(final Bytes<?> out, final long size, final PathKey toWrite) {
        System.arraycopy(toWrite.bytes(), 0, masked, 0, (int) size);
        mask((int) size);
        out.write(masked, 0, (int) size);
    }
}
