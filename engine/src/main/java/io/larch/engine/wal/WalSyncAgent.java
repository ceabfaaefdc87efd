package io.larch.engine.wal;

import java.util.concurrent.locks.LockSupport;

/**
 * The thread that waits for the disk where the engine must not. The engine publishes how far the
 * stream was written; the agent syncs up to there and publishes that all of it is durable. What is
 * written while a sync runs is covered by the next one.
 */
final class WalSyncAgent {
    private final WalSyncer syncer;
    private final Runnable onDurable;
    private volatile long requestedPosition;
    private volatile boolean closed;
    private volatile Thread thread;

    WalSyncAgent(final WalSyncer syncer, final Runnable onDurable) {
        this.syncer = syncer;
        this.onDurable = onDurable;
    }

    void start() {
        final Thread created = new Thread(this::run, "larch-wal-sync");
        created.setDaemon(true);
        thread = created;
        created.start();
    }

    boolean isStarted() {
        return thread != null;
    }

    /** Asks for all up to a position that was written. Engine's thread. */
    void request(final long position) {
        requestedPosition = position;
        LockSupport.unpark(thread);
    }

    boolean isPending() {
        return requestedPosition > syncer.durablePosition();
    }

    /** One sync, if there is something to sync. */
    int doWork() {
        final long position = requestedPosition;
        if (position <= syncer.durablePosition() || syncer.failure() != null) {
            return 0;
        }
        try {
            syncer.syncTo(position);
        } catch (final WalFailedException e) {
            // The engine finds it in the log; this thread has nothing more to do.
        }
        onDurable.run();
        return 1;
    }

    void close() {
        closed = true;
        final Thread running = thread;
        boolean interrupted = Thread.interrupted();
        LockSupport.unpark(running);
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            if (doWork() == 0) {
                LockSupport.park(this);
            }
        }
    }
}
