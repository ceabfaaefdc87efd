package io.larch.tools.v3.faults;

import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Asks a member again and again until it is stopped, on a thread of its own. */
abstract class Client implements Runnable {
    private static final long REST_NS = TimeUnit.MILLISECONDS.toNanos(100);

    final Journal journal;
    private final long paceNs;
    private volatile boolean isStopped;
    private Thread thread;

    /**
     * @param paceMs time between an answer and the next request.
     */
    Client(final Journal journal, final long paceMs) {
        this.journal = journal;
        paceNs = TimeUnit.MILLISECONDS.toNanos(paceMs);
    }

    /**
     * Asks once. An exception means that there was no answer, which may be so while things break.
     */
    abstract void ask() throws IOException;

    /** Ends what waits for an answer. */
    abstract void disconnect();

    final Client start() {
        thread = new Thread(this, toString());
        thread.start();
        return this;
    }

    @Override
    public final void run() {
        while (!isStopped) {
            try {
                ask();
                LockSupport.parkNanos(paceNs);
            } catch (final IOException e) {
                LockSupport.parkNanos(REST_NS);
            } catch (final RuntimeException e) {
                journal.anomaly(this + ": " + e);
                return;
            }
        }
    }

    final boolean isStopped() {
        return isStopped;
    }

    /** Ends after the request at hand. */
    final void stop() {
        isStopped = true;
    }

    /** Waits for its end. */
    final void join() throws InterruptedException {
        stop();
        thread.join(TimeUnit.SECONDS.toMillis(30));
        disconnect();
        thread.join();
    }

    static String name(final ClusterMember member, final String kind) {
        return member.name() + "-" + kind;
    }
}
