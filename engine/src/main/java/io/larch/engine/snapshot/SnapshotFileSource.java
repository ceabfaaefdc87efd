package io.larch.engine.snapshot;

import io.larch.engine.EngineLog;
import io.larch.engine.port.SnapshotSource;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.MutableDirectBuffer;

/**
 * A snapshot file that a transport sends. The worker of the context reads it ahead, a few blocks at
 * most; the engine's thread, which owns this, takes what is there and never waits for a disk.
 *
 * <p>The blocks are those from the position that was read last on, so what is asked for again is
 * mostly still there; whoever goes back further, or on, waits for the worker once.
 */
final class SnapshotFileSource implements SnapshotSource {
    static final int BLOCK_BYTES = 128 << 10;
    static final int BLOCKS = 4;

    private final SnapshotContext context;
    private final OutgoingSnapshot file;
    private final EngineLog log;
    private final Block[] blocks;
    private boolean isFailureTold;
    private volatile boolean isClosed;
    private volatile Throwable failure;

    /** Takes the file over. */
    SnapshotFileSource(
            final SnapshotContext context, final OutgoingSnapshot file, final EngineLog log) {
        this.context = context;
        this.file = file;
        this.log = log;
        final long blockCount = (file.length() + BLOCK_BYTES - 1) / BLOCK_BYTES;
        blocks = new Block[(int) Math.min(BLOCKS, blockCount)];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new Block();
        }
    }

    @Override
    public long lastIndex() {
        return file.lastIndex();
    }

    @Override
    public long lastTerm() {
        return file.lastTerm();
    }

    @Override
    public long length() {
        return file.length();
    }

    @Override
    public int read(
            final long position,
            final MutableDirectBuffer target,
            final int offset,
            final int length) {
        readAhead(position / BLOCK_BYTES);
        if (failure != null) {
            tellFailure();
            return UNREADABLE;
        }
        int done = 0;
        int count = 1;
        while (done < length && count > 0) {
            count = copy(position + done, target, offset + done, length - done);
            done += count;
        }
        return done;
    }

    /** Has the block of a number read and those behind it, as far as there are some to be had. */
    private void readAhead(final long first) {
        final long end = Math.min(first + blocks.length, blockAt(file.length() - 1) + 1);
        for (long number = first; number < end; number++) {
            final Block block = blocks[(int) (number % blocks.length)];
            if (block.number != number && !block.isBeingRead) {
                block.number = number;
                block.isBeingRead = true;
                context.executor().execute(block);
            }
        }
    }

    private static long blockAt(final long position) {
        return position / BLOCK_BYTES;
    }

    /** Copies from one block, as much as it has. */
    private int copy(
            final long position,
            final MutableDirectBuffer target,
            final int offset,
            final int length) {
        if (position >= file.length()) {
            return 0;
        }
        final Block block = blocks[(int) (blockAt(position) % blocks.length)];
        if (block.isBeingRead || block.number != blockAt(position)) {
            return 0;
        }
        final int at = (int) (position % BLOCK_BYTES);
        final int count = Math.min(length, block.length() - at);
        target.putBytes(offset, block.bytes, at, count);
        return count;
    }

    private void tellFailure() {
        if (!isFailureTold) {
            isFailureTold = true;
            log.snapshotUnreadable(lastIndex(), failure);
        }
    }

    /** What the worker was asked for comes first, so nobody uses what is given back. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            context.executor().execute(this::free);
        }
    }

    private void free() {
        for (final Block block : blocks) {
            BufferUtil.free(block.bytes);
        }
        file.closeQuietly();
    }

    /** A part of the file: the worker's while it is being read, else the engine's. */
    private final class Block implements Runnable {
        private final ByteBuffer bytes =
                ByteBuffer.allocateDirect((int) Math.min(BLOCK_BYTES, file.length()));

        /** Which it is of the file; -1: none yet. */
        private long number = -1;

        private volatile boolean isBeingRead;

        private int length() {
            return (int) Math.min(BLOCK_BYTES, file.length() - number * BLOCK_BYTES);
        }

        @Override
        public void run() {
            if (isClosed || failure != null) {
                return;
            }
            try {
                file.readFully(number * BLOCK_BYTES, bytes.clear().limit(length()));
            } catch (final RuntimeException | Error e) {
                // Whatever it is: who waits for the block must not wait for ever.
                failure = e;
            }
            isBeingRead = false;
            context.onProgress().run();
        }
    }
}
