package io.larch.engine.snapshot;

import io.larch.engine.application.StateSink;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot in the making. The engine's thread offers records and looks whether it is done; the
 * writer of the context writes them. The file shows under its name only when it is whole and
 * durable.
 *
 * <p>Between the two go a few chunks: the engine fills one while the writer writes others, and when
 * none is free the engine is told to come back later. A record larger than a chunk makes its chunk
 * grow until it is written.
 */
public final class SnapshotTaker implements StateSink, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(SnapshotTaker.class);

    /** A disk writes so much in about the time of a sync of the log, which waits behind it. */
    private static final int SYNC_INTERVAL_BYTES = 512 * 1024;

    private final SnapshotContext context;
    private final Directory files;
    private final long lastIndex;
    private final long lastTerm;
    private final String name;
    private final String partial;
    private final ByteBuffer header;
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);

    /** Chunks the engine may fill. */
    private final OneToOneConcurrentArrayQueue<Chunk> free;

    /** Chunks the writer has to write. */
    private final OneToOneConcurrentArrayQueue<Chunk> full;

    private Chunk filling;
    private volatile boolean finished;
    private volatile boolean abandoned;
    private volatile boolean done;
    private volatile SnapshotException failure;

    // The writer's.
    private final SnapshotChunkFlyweight flyweight = new SnapshotChunkFlyweight();
    private final CRC32C crc = new CRC32C();
    private DiskFile file;
    private long position;
    private long nextSync = SYNC_INTERVAL_BYTES;
    private long records;
    private int previousCrc;

    private SnapshotTaker(
            final SnapshotContext context,
            final long lastIndex,
            final long lastTerm,
            final ByteBuffer header) {
        this.context = context;
        this.files = context.files();
        this.lastIndex = lastIndex;
        this.lastTerm = lastTerm;
        this.name = SnapshotNames.of(lastTerm, lastIndex);
        this.partial = name + SnapshotNames.TAKING_SUFFIX;
        this.header = header;
        free = new OneToOneConcurrentArrayQueue<>(context.chunkCount());
        full = new OneToOneConcurrentArrayQueue<>(context.chunkCount());
        for (int i = 0; i < context.chunkCount(); i++) {
            free.add(new Chunk(context.chunkLengthBytes()));
        }
    }

    /**
     * Starts a snapshot.
     *
     * @param isSectioned whether {@link #beginSection} comes in front of the records; else all are
     *     the keys', and older builds can read it.
     * @param config configuration of the cluster at {@code lastIndex}, in the engine's own layout;
     *     copied. A snapshot without it would be useless: it must not be empty.
     */
    public static SnapshotTaker start(
            final SnapshotContext context,
            final boolean isSectioned,
            final long clusterId,
            final long lastIndex,
            final long lastTerm,
            final DirectBuffer config,
            final int offset,
            final int length) {
        if (length <= 0 || length > SnapshotHeaderFlyweight.MAX_CONFIG_LENGTH) {
            throw new IllegalArgumentException("length of the configuration: " + length);
        }
        final SnapshotTaker taker =
                new SnapshotTaker(
                        context,
                        lastIndex,
                        lastTerm,
                        SnapshotHeaderFlyweight.encode(
                                isSectioned
                                        ? SnapshotHeaderFlyweight.SECTIONED
                                        : SnapshotHeaderFlyweight.PLAIN,
                                clusterId,
                                lastIndex,
                                lastTerm,
                                config,
                                offset,
                                length));
        taker.schedule();
        return taker;
    }

    public long lastIndex() {
        return lastIndex;
    }

    public long lastTerm() {
        return lastTerm;
    }

    /** {@inheritDoc} Once the snapshot has failed, records are taken and dropped. */
    @Override
    public boolean offer(final DirectBuffer buffer, final int offset, final int length) {
        if (length < 0 || length > SnapshotContext.MAX_RECORD_LENGTH) {
            throw new IllegalArgumentException("length of a snapshot record: " + length);
        }
        if (finished) {
            throw new IllegalStateException("the snapshot is finished");
        }
        if (failure != null) {
            return true;
        }
        if (filling != null && !filling.hasRoomFor(length)) {
            handOver();
        }
        if (filling == null) {
            filling = free.poll();
            if (filling == null) {
                return false;
            }
        }
        filling.add(buffer, offset, length);
        return true;
    }

    /**
     * The records from now on are those of a section.
     *
     * @return false when there is no room now: ask again later.
     */
    public boolean beginSection(final String name, final int version) {
        if (name.isEmpty() || name.length() > SnapshotChunkFlyweight.MAX_SECTION_NAME_LENGTH) {
            throw new IllegalArgumentException("name of a section: " + name);
        }
        if (failure != null) {
            return true;
        }
        if (filling != null) {
            handOver();
        }
        filling = free.poll();
        if (filling == null) {
            return false;
        }
        filling.section(name, version);
        handOver();
        return true;
    }

    /** Says that there are no more records. */
    public void finish() {
        if (filling != null) {
            handOver();
        }
        finished = true;
        schedule();
    }

    /** Whether the snapshot is durable under its name, or has failed. */
    public boolean isDone() {
        return done;
    }

    /** Why it failed, or null. */
    public SnapshotException failure() {
        return failure;
    }

    /** Bytes of the finished file. */
    long lengthBytes() {
        return position;
    }

    /** The finished file. */
    public Path file() {
        return context.directory().resolve(name);
    }

    /** Waits until the snapshot is done: for a shutdown, never on a running engine. */
    public void join() throws InterruptedException {
        over.await();
    }

    /** Gives up a snapshot that is not done; what was written is removed soon after. */
    @Override
    public void close() {
        abandoned = true;
        schedule();
    }

    private void handOver() {
        // There are no more chunks than places: this never fails.
        full.add(filling);
        filling = null;
        schedule();
    }

    private void schedule() {
        if (isScheduled.compareAndSet(false, true)) {
            context.executor().execute(this::work);
        }
    }

    /** Writes what there is. What is handed over from now on schedules another run. */
    private void work() {
        isScheduled.set(false);
        if (done) {
            return;
        }
        boolean isOver = true;
        try {
            isOver = write();
        } catch (final IOException | RuntimeException e) {
            failure = new SnapshotException("could not write snapshot " + name + ": " + e, e);
            discard();
        }
        if (isOver) {
            done = true;
            over.countDown();
            context.onProgress().run();
        }
    }

    /** Returns whether the snapshot is over. */
    private boolean write() throws IOException {
        if (file == null) {
            files.prepare();
            files.delete(partial);
            file = files.create(partial);
            position = writeFully(file, header.clear(), 0);
            previousCrc = new SnapshotHeaderFlyweight().wrap(new UnsafeBuffer(header)).crc();
        }
        if (abandoned) {
            failure = new SnapshotException("snapshot " + name + " was given up");
            discard();
            return true;
        }
        if (!writeChunks()) {
            return false;
        }
        file.force(true);
        file.close();
        SnapshotNames.publish(files, partial, name, context.maxSnapshots());
        context.archive(name);
        return true;
    }

    /** Returns whether all is written. */
    private boolean writeChunks() throws IOException {
        for (int written = 0; !abandoned; written++) {
            if (written == context.chunkCount()) {
                // Others wait for the same thread, such as those who send a snapshot.
                schedule();
                return false;
            }
            // Read before the queue: what was handed over first must not be missed.
            final boolean isLast = finished;
            final Chunk chunk = full.poll();
            if (chunk == null) {
                if (isLast) {
                    writeTrailer(file, position, records, previousCrc);
                }
                return isLast;
            }
            flyweight.wrap(chunk.buffer);
            previousCrc =
                    flyweight.seal(chunk.bytes, chunk.length, chunk.records, previousCrc, crc);
            records += Math.max(0, chunk.records);
            chunk.bytes.position(0).limit(SnapshotChunkFlyweight.HEADER_LENGTH + chunk.length);
            position += writeFully(file, chunk.bytes, position);
            chunk.clear(context.chunkLengthBytes());
            free.add(chunk);
            context.onProgress().run();
            if (position >= nextSync) {
                // In small portions, so that syncs of the log do not queue behind a big one.
                file.force(false);
                nextSync = position + SYNC_INTERVAL_BYTES;
            }
        }
        // Whoever abandoned it has scheduled another run.
        return false;
    }

    private static void writeTrailer(
            final DiskFile file, final long position, final long records, final int previousCrc)
            throws IOException {
        final ByteBuffer bytes =
                ByteBuffer.allocateDirect(
                        SnapshotChunkFlyweight.HEADER_LENGTH
                                + SnapshotChunkFlyweight.TRAILER_BODY_LENGTH);
        final SnapshotChunkFlyweight trailer =
                new SnapshotChunkFlyweight().wrap(new UnsafeBuffer(bytes));
        trailer.trailer(records, position);
        trailer.seal(
                bytes,
                SnapshotChunkFlyweight.TRAILER_BODY_LENGTH,
                SnapshotChunkFlyweight.TRAILER,
                previousCrc,
                new CRC32C());
        writeFully(file, bytes.clear(), position);
    }

    static int writeFully(final DiskFile file, final ByteBuffer bytes, final long position)
            throws IOException {
        final int length = bytes.remaining();
        long at = position;
        while (bytes.hasRemaining()) {
            final int written = file.write(bytes, at);
            if (written <= 0) {
                throw new IOException("nothing could be written");
            }
            at += written;
        }
        return length;
    }

    private void discard() {
        try {
            if (file != null) {
                file.close();
            }
            files.delete(partial);
        } catch (final IOException e) {
            LOGGER.warn("could not remove {}", partial, e);
        }
    }

    /** Records on their way to the writer. */
    private static final class Chunk {
        private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
        private ByteBuffer bytes;
        private int length;
        private int records;

        Chunk(final int capacity) {
            allocate(capacity);
        }

        boolean hasRoomFor(final int recordLength) {
            return SnapshotChunkFlyweight.HEADER_LENGTH
                            + length
                            + SnapshotChunkFlyweight.RECORD_HEADER_LENGTH
                            + recordLength
                    <= bytes.capacity();
        }

        void add(final DirectBuffer source, final int offset, final int recordLength) {
            if (!hasRoomFor(recordLength)) {
                // Only an empty chunk is asked to take more than it holds.
                allocate(
                        SnapshotChunkFlyweight.HEADER_LENGTH
                                + SnapshotChunkFlyweight.RECORD_HEADER_LENGTH
                                + recordLength);
            }
            final int at = SnapshotChunkFlyweight.HEADER_LENGTH + length;
            buffer.putInt(at, recordLength, ByteOrder.LITTLE_ENDIAN);
            buffer.putBytes(
                    at + SnapshotChunkFlyweight.RECORD_HEADER_LENGTH, source, offset, recordLength);
            length += SnapshotChunkFlyweight.RECORD_HEADER_LENGTH + recordLength;
            records++;
        }

        void section(final String name, final int version) {
            length = new SnapshotChunkFlyweight().wrap(buffer).section(name, version);
            records = SnapshotChunkFlyweight.SECTION;
        }

        void clear(final int capacity) {
            length = 0;
            records = 0;
            if (bytes.capacity() > capacity) {
                allocate(capacity);
            }
        }

        private void allocate(final int capacity) {
            if (bytes != null) {
                BufferUtil.free(bytes);
            }
            bytes = ByteBuffer.allocateDirect(capacity);
            buffer.wrap(bytes);
        }
    }
}
