package io.larch.engine.snapshot;

import io.larch.engine.EngineLog;
import io.larch.engine.port.StateFile;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The newest snapshot on its way to a client. The worker of the context opens it and reads it once
 * for its digest, a slice a task, so that others who wait for the worker have their turn; then a
 * piece whenever one is asked for.
 */
final class StateExport implements StateFile {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int BLOCKS_PER_TASK = 8;

    private final SnapshotContext context;
    private final AtomicInteger openCount;
    private final EngineLog log;
    private final MessageDigest sha = sha256();
    private ByteBuffer block;
    private long position;
    private OutgoingSnapshot file;
    private byte[] digest;
    private Throwable failure;
    private volatile boolean isDone;
    private volatile boolean isClosed;

    private StateExport(
            final SnapshotContext context, final AtomicInteger openCount, final EngineLog log) {
        this.context = context;
        this.openCount = openCount;
        this.log = log;
    }

    /**
     * Begins to open the newest snapshot.
     *
     * @param openCount counts this one until it is closed and gone.
     */
    static StateExport start(
            final SnapshotContext context, final AtomicInteger openCount, final EngineLog log) {
        openCount.incrementAndGet();
        final StateExport export = new StateExport(context, openCount, log);
        context.executor().execute(export::open);
        return export;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Whether it can be read, or never will be. */
    boolean isDone() {
        return isDone;
    }

    /** Why it cannot be read, once it is done; else null. */
    Throwable failure() {
        return failure;
    }

    private void open() {
        work(
                () -> {
                    file = OutgoingSnapshot.newest(context);
                    if (file == null) {
                        throw new SnapshotException("nothing is applied yet");
                    }
                    block = ByteBuffer.allocate(BLOCK_BYTES);
                });
    }

    private void digestSlice() {
        work(
                () -> {
                    for (int i = 0; i < BLOCKS_PER_TASK && position < file.length(); i++) {
                        final long left = file.length() - position;
                        block.clear().limit((int) Math.min(BLOCK_BYTES, left));
                        file.readFully(position, block);
                        sha.update(block.flip());
                        position += block.limit();
                    }
                });
    }

    /** One task of the worker; the next follows until the digest is known. */
    private void work(final Runnable task) {
        if (isClosed) {
            return;
        }
        try {
            task.run();
        } catch (final RuntimeException | Error e) {
            // Whatever it is: who waits for the file must not wait for ever.
            failure = e;
        }
        if (failure == null && position < file.length()) {
            context.executor().execute(this::digestSlice);
            return;
        }
        digest = failure == null ? sha.digest() : null;
        block = null;
        isDone = true;
        context.onProgress().run();
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
    public byte[] digest() {
        return digest;
    }

    @Override
    public void read(final long from, final ByteBuffer target, final Consumer<Throwable> whenRead) {
        context.executor().execute(() -> whenRead.accept(readNow(from, target)));
    }

    /** Null when all is read. */
    private Throwable readNow(final long from, final ByteBuffer target) {
        try {
            file.readFully(from, target);
            return null;
        } catch (final RuntimeException | Error e) {
            log.snapshotUnreadable(lastIndex(), e);
            return e;
        }
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            context.executor().execute(this::free);
        }
    }

    private void free() {
        openCount.decrementAndGet();
        if (file != null) {
            file.closeQuietly();
        }
    }
}
