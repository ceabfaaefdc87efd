package io.larch.engine.sim;

import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/**
 * A file in memory that knows which of its sectors are not durable and what they held when they
 * last were. A file that is mapped for writing keeps a second copy instead, since stores through
 * the mapping tell nobody.
 */
final class SimFile implements DiskFile {
    private static final int SECTOR = 512;

    private final SimDisk disk;
    private byte[] bytes = new byte[0];
    private int length;
    private int durableLength;
    private final BitSet dirty = new BitSet();

    /** What a dirty sector held; null: nothing, it lay behind the end. */
    private byte[][] before = new byte[0][];

    private byte[] durableCopy;
    private boolean isMapped;
    private int lastForcedFrom;

    SimFile(final SimDisk disk) {
        this.disk = disk;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public int write(final ByteBuffer source, final long position) throws IOException {
        disk.touch();
        final int count = source.remaining();
        final int from = (int) position;
        final int end = from + count;
        if (end > length) {
            disk.take(end - length);
            extend(end);
        }
        if (durableCopy == null) {
            remember(from, end);
        }
        source.get(bytes, from, count);
        return count;
    }

    @Override
    public int read(final ByteBuffer target, final long position) {
        if (position >= length) {
            return -1;
        }
        final int count = (int) Math.min(target.remaining(), length - position);
        target.put(bytes, (int) position, count);
        return count;
    }

    @Override
    public void force(final boolean metadata) throws IOException {
        disk.force();
        if (durableCopy != null) {
            System.arraycopy(bytes, 0, durableCopy, 0, length);
            lastForcedFrom = 0;
        } else if (!dirty.isEmpty()) {
            lastForcedFrom = dirty.nextSetBit(0) * SECTOR;
            dirty.clear();
        }
        durableLength = length;
    }

    @Override
    public ByteBuffer map(final boolean isWritable, final int mappedLength) throws IOException {
        if (mappedLength > length) {
            throw new IOException("mapping beyond the end: " + mappedLength + " > " + length);
        }
        isMapped = true;
        if (isWritable && durableCopy == null) {
            durableCopy = Arrays.copyOf(bytes, length);
            restore(durableCopy);
            dirty.clear();
        }
        return ByteBuffer.wrap(bytes, 0, mappedLength).slice();
    }

    @Override
    public void force(final ByteBuffer mapping, final int offset, final int count)
            throws IOException {
        disk.force();
        System.arraycopy(bytes, offset, durableCopy, offset, count);
        lastForcedFrom = offset;
        durableLength = length;
    }

    @Override
    public void unmap(final ByteBuffer mapping) {}

    @Override
    public void close() {}

    /** The power failed. */
    void crash(final SplittableRandom random) {
        isMapped = false;
        if (durableCopy != null) {
            markDifferences();
        }
        final boolean keepsLength = random.nextBoolean();
        switch (random.nextInt(4)) {
            case 0 -> keep(random, 0);
            case 1 -> keep(random, 100);
            case 2 -> keepStart(random);
            default -> keep(random, random.nextInt(100));
        }
        dirty.clear();
        if (!keepsLength && durableLength < length) {
            Arrays.fill(bytes, durableLength, length, (byte) 0);
            length = durableLength;
        }
        durableLength = length;
    }

    /** The power is about to fail in the middle of a sector, which no good disk lets happen. */
    void tear(final SplittableRandom random) {
        if (durableCopy != null) {
            markDifferences();
        }
        if (dirty.isEmpty()) {
            return;
        }
        int sector = dirty.nextSetBit(0);
        for (int skip = random.nextInt(dirty.cardinality()); skip > 0; skip--) {
            sector = dirty.nextSetBit(sector + 1);
        }
        tear(sector, random.nextInt(1, SECTOR));
        dirty.clear(sector);
    }

    /**
     * Flips a bit in front of what the last sync brought.
     *
     * @return where; -1 when there is nothing.
     */
    int flip(final SplittableRandom random) {
        final int end = Math.min(lastForcedFrom, length);
        if (end == 0) {
            return -1;
        }
        final int at = random.nextInt(end);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        return at;
    }

    private void extend(final int end) throws IOException {
        if (end > bytes.length) {
            if (isMapped) {
                throw new IOException("a mapped file must not grow");
            }
            bytes = Arrays.copyOf(bytes, Math.max(end, bytes.length * 2));
        }
        length = end;
    }

    private void remember(final int from, final int end) {
        final int last = (end - 1) / SECTOR;
        for (int sector = from / SECTOR; sector <= last; sector++) {
            if (!dirty.get(sector)) {
                save(sector, bytes);
            }
        }
    }

    private void save(final int sector, final byte[] from) {
        if (sector >= before.length) {
            before = Arrays.copyOf(before, Math.max(sector + 1, before.length * 2));
        }
        final int at = sector * SECTOR;
        before[sector] =
                at >= durableLength
                        ? null
                        : Arrays.copyOfRange(from, at, Math.min(at + SECTOR, from.length));
        dirty.set(sector);
    }

    private void restore(final byte[] target) {
        for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
            restore(s, target);
        }
    }

    private void restore(final int sector, final byte[] target) {
        final int at = sector * SECTOR;
        final int end = Math.min(at + SECTOR, target.length);
        final byte[] saved = before[sector];
        for (int i = at; i < end; i++) {
            target[i] = saved == null || i - at >= saved.length ? 0 : saved[i - at];
        }
    }

    private void markDifferences() {
        final byte[] copy = durableCopy;
        durableCopy = null;
        dirty.clear();
        for (int at = 0; at < length; at += SECTOR) {
            final int end = Math.min(at + SECTOR, length);
            if (!Arrays.equals(bytes, at, end, copy, at, end)) {
                save(at / SECTOR, copy);
            }
        }
    }

    private void keep(final SplittableRandom random, final int percent) {
        for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
            if (random.nextInt(100) >= percent) {
                restore(s, bytes);
            }
        }
    }

    /** Keeps the first sectors. A sector itself is written wholly or not at all. */
    private void keepStart(final SplittableRandom random) {
        int kept = random.nextInt(dirty.cardinality() + 1);
        for (int s = dirty.nextSetBit(0); s >= 0; s = dirty.nextSetBit(s + 1)) {
            if (--kept < 0) {
                restore(s, bytes);
            }
        }
    }

    private void tear(final int sector, final int keptBytes) {
        final int at = sector * SECTOR;
        final byte[] start = Arrays.copyOfRange(bytes, at, at + keptBytes);
        restore(sector, bytes);
        System.arraycopy(start, 0, bytes, at, Math.max(0, Math.min(keptBytes, length - at)));
    }
}
