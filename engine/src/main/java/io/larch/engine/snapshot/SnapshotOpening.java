package io.larch.engine.snapshot;

/**
 * The newest snapshot of the directory on its way from the worker of the context, which looks for
 * it and opens it. Owned by the engine's thread.
 */
final class SnapshotOpening {
    private final SnapshotContext context;
    private OutgoingSnapshot newest;
    private Throwable failure;
    private volatile boolean isDone;

    private SnapshotOpening(final SnapshotContext context) {
        this.context = context;
    }

    static SnapshotOpening start(final SnapshotContext context) {
        final SnapshotOpening opening = new SnapshotOpening(context);
        context.executor().execute(opening::open);
        return opening;
    }

    private void open() {
        try {
            newest = OutgoingSnapshot.newest(context);
        } catch (final RuntimeException | Error e) {
            failure = e;
        }
        isDone = true;
        context.onProgress().run();
    }

    boolean isDone() {
        return isDone;
    }

    /** Null when there is none, or it could not be opened. It is the caller's from now on. */
    OutgoingSnapshot take() {
        final OutgoingSnapshot taken = newest;
        newest = null;
        return taken;
    }

    /** Why it could not be opened, once it is done; else null. */
    Throwable failure() {
        return failure;
    }

    /** Nobody wants it any more. */
    void close() {
        context.executor()
                .execute(
                        () -> {
                            if (newest != null) {
                                newest.closeQuietly();
                            }
                        });
    }
}
