package io.larch.engine;

import java.util.concurrent.locks.LockSupport;

/** How a thread of the split layout sleeps when it has nothing to do. */
public interface IdleWait {
    /** Sleeps on the thread itself. */
    IdleWait PARK =
            new IdleWait() {
                @Override
                public void await(final long nanos) {
                    LockSupport.parkNanos(this, nanos);
                }

                @Override
                public void wake(final Thread thread) {
                    LockSupport.unpark(thread);
                }
            };

    /** Waits, at most so long; returns at once when a {@link #wake} came since the last call. */
    void await(long nanos);

    /** Ends the wait of the thread, or its next one. Called by any thread. */
    void wake(Thread thread);
}
