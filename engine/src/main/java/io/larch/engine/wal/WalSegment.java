package io.larch.engine.wal;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One preallocated file of the log, mapped from start to end. Owned by the engine's thread; the
 * thread that syncs forces and names it.
 */
final class WalSegment {
    private static final String SUFFIX = ".wal";
    private static final int HEX_DIGITS = 16;
    private static final int NAME_LENGTH = HEX_DIGITS + 1 + HEX_DIGITS + SUFFIX.length();

    private final long sequence;
    private final long firstIndex;
    private final long firstPosition;
    private final int length;
    private final DiskFile file;
    private final boolean mappedForWrite;
    private ByteBuffer mapping;
    private ByteBuffer view;
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private volatile String currentName;
    private long endPosition = Long.MAX_VALUE;

    /**
     * @param currentName the file's name now: its own, or that of the spare it was made from.
     */
    WalSegment(
            final String currentName,
            final long sequence,
            final long firstIndex,
            final long firstPosition,
            final int length,
            final DiskFile file,
            final boolean mappedForWrite)
            throws IOException {
        this.currentName = currentName;
        this.sequence = sequence;
        this.firstIndex = firstIndex;
        this.firstPosition = firstPosition;
        this.length = length;
        this.file = file;
        this.mappedForWrite = mappedForWrite;
        this.mapping = file.map(mappedForWrite, length);
        this.view = mapping.duplicate();
        this.buffer.wrap(mapping);
    }

    /** The name of a segment: sequence, and index of the first entry written after it was begun. */
    static String name(final long sequence, final long firstIndex) {
        return String.format("%016x-%016x%s", sequence, firstIndex, SUFFIX);
    }

    /** Whether this is the name of a segment, and not of another file in the directory. */
    static boolean isName(final String name) {
        if (name.length() != NAME_LENGTH
                || !name.endsWith(SUFFIX)
                || name.charAt(HEX_DIGITS) != '-') {
            return false;
        }
        for (int i = 0; i < HEX_DIGITS * 2 + 1; i++) {
            if (i != HEX_DIGITS && "0123456789abcdef".indexOf(name.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }

    static long sequenceOf(final String name) {
        return Long.parseUnsignedLong(name.substring(0, HEX_DIGITS), 16);
    }

    static long firstIndexOf(final String name) {
        return Long.parseUnsignedLong(name.substring(HEX_DIGITS + 1, 2 * HEX_DIGITS + 1), 16);
    }

    String name() {
        return name(sequence, firstIndex);
    }

    String currentName() {
        return currentName;
    }

    boolean isNamed() {
        return currentName.endsWith(SUFFIX);
    }

    /** Gives the file its own name; the caller syncs the directory. */
    void giveName(final Directory files) throws IOException {
        files.rename(currentName, name());
        currentName = name();
    }

    long sequence() {
        return sequence;
    }

    long firstIndex() {
        return firstIndex;
    }

    /** Position in the stream of the first byte of the file. */
    long firstPosition() {
        return firstPosition;
    }

    /** Position behind the last record, once another segment follows. */
    long endPosition() {
        return endPosition;
    }

    void endPosition(final long endPosition) {
        this.endPosition = endPosition;
    }

    int length() {
        return length;
    }

    DiskFile file() {
        return file;
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** A view of the mapping for checksums, whose position and limit anybody may move. */
    ByteBuffer view() {
        return view;
    }

    /** Offset in the file of a position of the stream that lies in this segment. */
    int offset(final long position) {
        return (int) (position - firstPosition);
    }

    /** Makes the bytes between two positions durable. */
    void force(final long fromPosition, final long toPosition) throws IOException {
        if (mappedForWrite) {
            final int from = offset(Math.max(fromPosition, firstPosition));
            final int to = FormerSectors.nextSector(offset(Math.min(toPosition, endPosition)));
            file.force(mapping, from, Math.min(to, length) - from);
        } else {
            file.force(false);
        }
    }

    /** Maps it anew, so that pages that were read no longer count as memory of the process. */
    void remap() throws IOException {
        final ByteBuffer old = mapping;
        mapping = file.map(mappedForWrite, length);
        view = mapping.duplicate();
        buffer.wrap(mapping);
        file.unmap(old);
    }

    void unmap() {
        buffer.wrap(0, 0);
        file.unmap(mapping);
    }
}
