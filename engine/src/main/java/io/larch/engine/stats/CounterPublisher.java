package io.larch.engine.stats;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a member's counters to a {@link CounterFile} once a second, on a thread of its own, so
 * that nobody who counts ever waits for the disk; of the values only what has changed. Where the
 * file cannot be written, as on a full disk, the member goes on without it: a line in the log
 * tells, and it is tried again and again.
 */
public final class CounterPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CounterPublisher.class);
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final long INTERVAL_MS = 1_000;
    private static final long LAST_WRITE_MS = 2_000;

    /** What is compared, and written when it differs. */
    private static final int BLOCK_LENGTH = 4096;

    private final Path file;
    private final MemberCounters counters;
    private final LongSupplier epochMs;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "larch-counters");
    private final ByteBuffer headerBytes =
            ByteBuffer.allocateDirect(CounterFile.HEADER_LENGTH).order(ORDER);
    private final ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_LENGTH);
    private final UnsafeBuffer blockBuffer = new UnsafeBuffer(block);
    private final UnsafeBuffer published =
            new UnsafeBuffer(ByteBuffer.allocateDirect(MemberCounters.VALUES_LENGTH));
    private FileChannel channel;
    private int publishedCount;
    private String lastFailure;

    /**
     * @param file taken over: whatever is there is replaced.
     * @param memberId shown with the counters, as is the cluster's id.
     * @param epochMs the wall clock, milliseconds since the epoch.
     */
    public CounterPublisher(
            final Path file,
            final MemberCounters counters,
            final long memberId,
            final long clusterId,
            final LongSupplier epochMs) {
        this.file = file;
        this.counters = counters;
        this.epochMs = epochMs;
        headerBytes
                .putLong(CounterFile.MAGIC_OFFSET, CounterFile.MAGIC)
                .putInt(CounterFile.VERSION_OFFSET, CounterFile.VERSION)
                .putLong(CounterFile.PID_OFFSET, ProcessHandle.current().pid())
                .putLong(CounterFile.START_MS_OFFSET, epochMs.getAsLong())
                .putLong(CounterFile.MEMBER_ID_OFFSET, memberId)
                .putLong(CounterFile.CLUSTER_ID_OFFSET, clusterId);
        thread.setDaemon(true);
    }

    /** Begins to publish; returns at once. */
    public CounterPublisher start() {
        thread.start();
        return this;
    }

    private void run() {
        boolean isEnd = false;
        while (!isEnd) {
            publishOrTell(false);
            try {
                isEnd = end.await(INTERVAL_MS, TimeUnit.MILLISECONDS);
            } catch (final InterruptedException e) {
                isEnd = true;
            }
        }
        publishOrTell(true);
        forget();
    }

    private void publishOrTell(final boolean isStopped) {
        try {
            publish(isStopped);
            if (lastFailure != null) {
                LOG.info("the counters are written to {} again", file);
                lastFailure = null;
            }
        } catch (final IOException e) {
            forget();
            final String failure = String.valueOf(e);
            if (!failure.equals(lastFailure)) {
                LOG.warn(
                        "the counters are in memory only, {} cannot be written: {}", file, failure);
                lastFailure = failure;
            }
        }
    }

    /** Writes what has changed since the last time; the header last. */
    void publish(final boolean isStopped) throws IOException {
        headerBytes
                .putLong(CounterFile.PUBLISHED_MS_OFFSET, epochMs.getAsLong())
                .putLong(CounterFile.IS_STOPPED_OFFSET, isStopped ? 1 : 0);
        if (channel == null) {
            create();
        }
        writeUpdates();
    }

    /** Nobody sees a file that is not whole. */
    private void create() throws IOException {
        final Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        channel =
                FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
        publishedCount = 0;
        published.setMemory(0, published.capacity(), (byte) 0);
        write(ByteBuffer.allocate(1), CounterFile.LENGTH - 1L);
        writeUpdates();
        try {
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (final AtomicMoveNotSupportedException e) {
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void writeUpdates() throws IOException {
        final int count = counters.count(publishedCount);
        if (count > publishedCount) {
            final int from = publishedCount * CountersReader.METADATA_LENGTH;
            final int to = count * CountersReader.METADATA_LENGTH;
            write(
                    counters.metadata().byteBuffer().duplicate().limit(to).position(from),
                    CounterFile.METADATA_OFFSET + from);
            publishedCount = count;
        }
        final int end = count * CountersReader.COUNTER_LENGTH;
        for (int at = 0; at < end; at += BLOCK_LENGTH) {
            writeValues(at);
        }
        write(headerBytes.duplicate().clear(), 0);
    }

    private void writeValues(final int offset) throws IOException {
        counters.values().getBytes(offset, block, 0, BLOCK_LENGTH);
        if (!equal(offset)) {
            write(block.duplicate().clear(), CounterFile.VALUES_OFFSET + offset);
            published.putBytes(offset, blockBuffer, 0, BLOCK_LENGTH);
        }
    }

    private boolean equal(final int offset) {
        for (int i = 0; i < BLOCK_LENGTH; i += CountersReader.COUNTER_LENGTH) {
            if (blockBuffer.getLong(i) != published.getLong(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private void write(final ByteBuffer bytes, final long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** The next time begins anew. */
    private void forget() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException e) {
            LOG.debug("cannot close {}", file, e);
        }
        channel = null;
    }

    /** Writes the last values, unless the disk takes too long for them. */
    @Override
    public void close() {
        end.countDown();
        try {
            thread.join(LAST_WRITE_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
