package io.larch.engine;

import io.larch.engine.snapshot.IncomingSnapshot;
import io.larch.engine.snapshot.SnapshotContext;
import io.larch.engine.snapshot.SnapshotFile;
import io.larch.engine.store.Store;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Receives a snapshot: the engine thread hands over pieces, the writer of the context puts them on
 * disk, and when all are there checks and syncs the file and fills a new store from it. So the
 * engine thread neither waits for a disk nor reads a long file, and what is left to it is to take
 * the store over.
 *
 * <p>Between the two go a few chunks; when all are full, pieces are refused until one is free.
 */
final class SnapshotReception implements SnapshotSink {
    private static final int CHUNK_BYTES = 1 << 18;
    private static final int CHUNKS = 8;

    /** A disk that failed is not asked again at the pace of the network. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SnapshotContext context;
    private final Store store;
    private final LongSupplier unwantedUpTo;
    private final LongSupplier currentTerm;
    private final LongSupplier nanoTime;
    private final EngineLog log;
    private Transfer current;
    private Offer needless;
    private long failedNanos;
    private boolean isPausing;

    /**
     * @param store makes the empty stores that are filled.
     * @param unwantedUpTo Raft index up to which this member needs no snapshot.
     */
    SnapshotReception(
            final SnapshotContext context,
            final Store store,
            final LongSupplier unwantedUpTo,
            final LongSupplier currentTerm,
            final LongSupplier nanoTime,
            final EngineLog log) {
        this.context = context;
        this.store = store;
        this.unwantedUpTo = unwantedUpTo;
        this.currentTerm = currentTerm;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    @Override
    public long begin(
            final long from,
            final long term,
            final long lastIndex,
            final long lastTerm,
            final long length) {
        if (length <= 0 || term < currentTerm.getAsLong()) {
            return REFUSED;
        }
        if (lastIndex <= unwantedUpTo.getAsLong()) {
            needless = new Offer(from, term, lastIndex, lastTerm);
            return REFUSED;
        }
        forgetFailed();
        if (current != null) {
            if (current.isSame(from, lastIndex, lastTerm, length)) {
                current.term = Math.max(current.term, term);
                return current.taken;
            }
            if (term < current.term || term == current.term && lastIndex < current.lastIndex) {
                return REFUSED;
            }
            current.abandon();
            current = null;
        }
        if (isPausing()) {
            return REFUSED;
        }
        log.receivingSnapshot(from, lastIndex, length);
        current = new Transfer(from, term, lastIndex, lastTerm, length);
        return 0;
    }

    private boolean isPausing() {
        isPausing = isPausing && nanoTime.getAsLong() - failedNanos < PAUSE_NANOS;
        return isPausing;
    }

    @Override
    public boolean write(
            final long position, final DirectBuffer buffer, final int offset, final int length) {
        return current != null && current.take(position, buffer, offset, length);
    }

    @Override
    public long position() {
        return current == null ? 0 : current.taken;
    }

    /**
     * The snapshot that is complete, durable and loaded, once; null when there is none.
     *
     * <p>One that failed is forgotten: its sender finds out and begins again, a moment later.
     */
    Transfer poll() {
        if (current == null || !current.isDone) {
            return null;
        }
        final Transfer done = current;
        current = null;
        if (done.failure != null) {
            failed(done);
            return null;
        }
        return done;
    }

    /** An offer that was refused since what it holds is here, once; null when there was none. */
    Offer pollNeedless() {
        final Offer offer = needless;
        needless = null;
        return offer;
    }

    private void forgetFailed() {
        if (current != null && current.isDone && current.failure != null) {
            failed(current);
            current = null;
        }
    }

    private void failed(final Transfer transfer) {
        isPausing = true;
        failedNanos = nanoTime.getAsLong();
        log.receivingSnapshotFailed(transfer.lastIndex, transfer.failure);
    }

    void close() {
        if (current != null) {
            current.abandon();
            current = null;
        }
    }

    /** What a leader offers. */
    record Offer(long from, long term, long lastIndex, long lastTerm) {}

    /** One snapshot on its way, from its first piece to the filled store. */
    final class Transfer {
        final long from;
        final long lastIndex;
        final long lastTerm;
        long term;

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
        private Store loaded;

        private volatile boolean isAbandoned;
        private volatile RuntimeException failure;
        private volatile boolean isDone;

        Transfer(
                final long from,
                final long term,
                final long lastIndex,
                final long lastTerm,
                final long length) {
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

        private boolean isSame(
                final long ofMember, final long index, final long indexTerm, final long bytes) {
            return from == ofMember
                    && lastIndex == index
                    && lastTerm == indexTerm
                    && length == bytes
                    && failure == null;
        }

        /** What the snapshot says of the cluster; valid until {@link #close}. */
        DirectBuffer config() {
            return file.config();
        }

        long clusterId() {
            return file.clusterId();
        }

        Store loaded() {
            return loaded;
        }

        /** Closes the file; the store is the engine's. */
        void close() {
            file.close();
        }

        private boolean take(
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

        private void abandon() {
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
            incoming.complete();
            file = SnapshotFile.open(context, lastTerm, lastIndex);
            loaded = store.newEmpty();
            loaded.restore(file);
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
