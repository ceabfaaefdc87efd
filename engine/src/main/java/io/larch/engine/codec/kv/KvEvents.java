package io.larch.engine.codec.kv;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Events for watches of the v3 API, as one message. Little endian.
 *
 * <pre>
 *   0       1        4       8          16             24                32
 *   +-------+--------+-------+----------+--------------+-----------------+--------
 *   | flags | unused | count | revision | lastRevision | compactRevision | events
 *   +-------+--------+-------+----------+--------------+-----------------+--------
 * </pre>
 *
 * <ul>
 *   <li>{@code count}: of the events, each of which is field 11 of a WatchResponse with its tag and
 *       length, so that all of them are part of that message as they stand.
 *   <li>{@code revision}: what the response's header tells.
 *   <li>{@code lastRevision}: up to here, inclusive, the watch has been told everything; who takes
 *       it up again goes on behind. Below the revision of the last event when more events of that
 *       revision follow.
 *   <li>{@code compactRevision}: with {@link #COMPACTED}, else 0.
 * </ul>
 */
public final class KvEvents {
    /**
     * The watch asked for revisions that are no more: its end follows, and it is not to be taken up
     * again.
     */
    public static final int COMPACTED = 1;

    /** Where the events begin. */
    public static final int HEAD_LENGTH = 32;

    /** Of field 11, length-delimited. */
    public static final byte EVENT_TAG = 0x5a;

    private static final int COUNT_OFFSET = 4;
    private static final int REVISION_OFFSET = 8;
    private static final int LAST_REVISION_OFFSET = 16;
    private static final int COMPACT_REVISION_OFFSET = 24;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private KvEvents() {}

    /** Writes what stands in front of events. Returns where these go. */
    public static int encodeHead(
            final MutableDirectBuffer target,
            final int offset,
            final int count,
            final long revision,
            final long lastRevision) {
        return encode(target, offset, 0, count, revision, lastRevision, 0);
    }

    /** Writes that a watch asked for what has been compacted. Returns the end. */
    public static int encodeCompacted(
            final MutableDirectBuffer target, final int offset, final long compactRevision) {
        return encode(target, offset, COMPACTED, 0, 0, 0, compactRevision);
    }

    private static int encode(
            final MutableDirectBuffer target,
            final int offset,
            final int flags,
            final int count,
            final long revision,
            final long lastRevision,
            final long compactRevision) {
        target.putInt(offset, flags, ORDER);
        target.putInt(offset + COUNT_OFFSET, count, ORDER);
        target.putLong(offset + REVISION_OFFSET, revision, ORDER);
        target.putLong(offset + LAST_REVISION_OFFSET, lastRevision, ORDER);
        target.putLong(offset + COMPACT_REVISION_OFFSET, compactRevision, ORDER);
        return offset + HEAD_LENGTH;
    }

    public static boolean isCompacted(final DirectBuffer source, final int offset) {
        return (source.getByte(offset) & COMPACTED) != 0;
    }

    public static int count(final DirectBuffer source, final int offset) {
        return source.getInt(offset + COUNT_OFFSET, ORDER);
    }

    public static long revision(final DirectBuffer source, final int offset) {
        return source.getLong(offset + REVISION_OFFSET, ORDER);
    }

    public static long lastRevision(final DirectBuffer source, final int offset) {
        return source.getLong(offset + LAST_REVISION_OFFSET, ORDER);
    }

    public static long compactRevision(final DirectBuffer source, final int offset) {
        return source.getLong(offset + COMPACT_REVISION_OFFSET, ORDER);
    }
}
