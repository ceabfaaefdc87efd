package io.larch.engine.snapshot;

import io.larch.engine.application.Applications;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One snapshot on its way, from its first piece to the filled applications: the engine thread hands
 * over pieces, the writer of the context puts them on disk, and when all are there syncs and checks
 * the file and fills new applications from it: only then it gets its name. So the engine thread
 * neither waits for a disk nor reads a long file, and what is left to it is to take them over.
 *
 * <p>Between the two go a few chunks; when all are full, pieces are refused until one is free.
 */
final class SnapshotDownload {
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int CHUNKS = 8;

    final long from;
    final long lastIndex;
    final long lastTerm;
    long term;

    private final SnapshotContext context;
    private final long clusterId;
    private final Applications applications;
    private final long length;
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final OneToOneConcurrentArrayQueue<Chunk> free =
            new OneToOneConcurrentArrayQueue<>(CHUNKS);
    private final OneToOneConcurrentArrayQueue<Chunk> full =
            new OneToOneConcurrentArrayQueue<>(CHUNKS);

    // The engine's.
    private Chunk filling;
    private long taken;

    // The writer's, until it is done.
    private IncomingSnapshot incoming;
    private SnapshotFile file;
    private Applications loaded;

    private volatile boolean isAbandoned;
    private volatile RuntimeException failure;
    private volatile boolean isDone;

    /**
     * @param applications make the empty ones that are filled.
     */
    SnapshotDownload(
            final SnapshotContext context,
            final long clusterId,
            final Applications applications,
            final long from,
            final long term,
            final long lastIndex,
            final long lastTerm,
            final long length) {
        this.context = context;
        this.clusterId = clusterId;
        this.applications = applications;
        this.from = from;
        this.term = term;
        this.lastIndex = lastIndex;
        this.lastTerm = lastTerm;
        this.length = length;
        final int chunkBytes = (int) Math.min(CHUNK_BYTES, length);
        for (int i = 0; i < CHUNKS; i++) {
            free.add(new Chunk(chunkBytes));
        }
    }

    /** Bytes of the whole file. */
    long lengthBytes() {
        return length;
    }

    boolean isSame(final long ofMember, final long index, final long indexTerm, final long bytes) {
        return from == ofMember
                && lastIndex == index
                && lastTerm == indexTerm
                && length == bytes
                && failure == null;
    }

    /** Bytes that were handed over so far. */
    long taken() {
        return taken;
    }

    /** Whether the writer has nothing left to do. */
    boolean isDone() {
        return isDone;
    }

    /** Why it failed, once it is done; null when it did not. */
    RuntimeException failure() {
        return failure;
    }

    /** What the snapshot says of the cluster; valid until {@link #close}. */
    DirectBuffer config() {
        return file.config();
    }

    Applications loaded() {
        return loaded;
    }

    /** Has the file closed; what is loaded is the engine's. */
    void close() {
        context.executor().execute(file::close);
    }

    boolean take(
            final long position, final DirectBuffer source, final int offset, final int count) {
        if (position != taken || count < 0 || count > length - taken || isDone) {
            return false;
        }
        if (filling == null) {
            filling = free.poll();
            if (filling == null) {
                return false;
            }
        }
        filling.add(source, offset, count);
        taken += count;
        if (filling.length >= CHUNK_BYTES / 2 || taken == length) {
            full.add(filling);
            filling = null;
            schedule();
        }
        return true;
    }

    void abandon() {
        isAbandoned = true;
        schedule();
    }

    private void schedule() {
        if (isScheduled.compareAndSet(false, true)) {
            context.executor().execute(this::work);
        }
    }

    private void work() {
        isScheduled.set(false);
        if (isDone) {
            if (isAbandoned) {
                discard();
            }
            return;
        }
        boolean isOver = true;
        try {
            isOver = writeOn();
        } catch (final RuntimeException e) {
            failure = e;
            discard();
        }
        if (isOver) {
            isDone = true;
        }
        context.onProgress().run();
    }

    /** Returns whether nothing is left to do. */
    private boolean writeOn() {
        if (isAbandoned) {
            discard();
            return true;
        }
        if (incoming == null) {
            incoming = IncomingSnapshot.start(context, lastIndex, lastTerm);
        }
        Chunk chunk = full.poll();
        while (chunk != null) {
            incoming.write(chunk.bytes, 0, chunk.length);
            chunk.length = 0;
            free.add(chunk);
            chunk = full.poll();
        }
        if (incoming.position() < length) {
            return false;
        }
        file = incoming.verify();
        if (file.clusterId() != clusterId) {
            throw new SnapshotException("it is of cluster " + Long.toHexString(file.clusterId()));
        }
        loaded = applications.newEmpty();
        SnapshotRestore.restore(file, loaded, context.featureLevel());
        incoming.publish();
        return true;
    }

    private void discard() {
        if (incoming != null) {
            incoming.close();
        }
        if (file != null) {
            file.close();
        }
        if (loaded != null) {
            loaded.close();
            loaded = null;
        }
    }

    /** Pieces on their way to the writer. */
    private static final class Chunk {
        private UnsafeBuffer bytes;
        private int length;

        Chunk(final int capacity) {
            bytes = new UnsafeBuffer(new byte[capacity]);
        }

        void add(final DirectBuffer source, final int offset, final int count) {
            if (length + count > bytes.capacity()) {
                final UnsafeBuffer grown = new UnsafeBuffer(new byte[length + count]);
                grown.putBytes(0, bytes, 0, length);
                bytes = grown;
            }
            bytes.putBytes(length, source, offset, count);
            length += count;
        }
    }
}
