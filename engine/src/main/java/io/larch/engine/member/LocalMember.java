package io.larch.engine.member;

import io.larch.engine.EngineContext;
import io.larch.engine.wal.DiskFullException;
import io.larch.engine.wal.WriteAheadLog;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a member keeps about itself in its write-ahead log: {@code incarnation long, flags long},
 * little endian. Owned by the engine thread.
 */
public final class LocalMember {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LENGTH = 2 * Long.BYTES;

    /** It joined a cluster that was running: it never founds one, however empty its log is. */
    private static final long JOINED = 1;

    /** It was removed from its cluster. */
    private static final long REMOVED = 1 << 1;

    private final UnsafeBuffer bytes = new UnsafeBuffer(new byte[LENGTH]);
    private final EngineContext context;
    private final WriteAheadLog wal;
    private long incarnation;
    private long flags;

    public LocalMember(final EngineContext context, final WriteAheadLog wal) {
        this.context = context;
        this.wal = wal;
        final DirectBuffer saved = wal.memberMeta();
        if (saved.capacity() >= LENGTH) {
            incarnation = saved.getLong(0, ORDER);
            flags = saved.getLong(Long.BYTES, ORDER);
        }
    }

    /**
     * Which life of the member this is; grows with each start even when the wall clock does not.
     */
    public long incarnation() {
        return incarnation;
    }

    public boolean isJoined() {
        return (flags & JOINED) != 0;
    }

    public boolean isRemoved() {
        return (flags & REMOVED) != 0;
    }

    /** A new life begins. */
    public void begin(final boolean isJoining) {
        incarnation = Math.max(incarnation + 1, context.epochNanos().getAsLong());
        flags |= isJoining ? JOINED : 0;
        try {
            write();
        } catch (final DiskFullException e) {
            // Then the clock alone makes the next life's number greater.
        }
    }

    /** The member was removed; durable when this returns. */
    void removed() {
        flags |= REMOVED;
        write();
        wal.sync();
    }

    private void write() {
        bytes.putLong(0, incarnation, ORDER);
        bytes.putLong(Long.BYTES, flags, ORDER);
        wal.memberMeta(context.clusterId(), context.memberId(), bytes, 0, LENGTH);
    }
}
