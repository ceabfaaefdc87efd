package io.larch.http.listen;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections may be open at once, so that some of the files that the process may open are
 * left for the log, snapshots and peers. Shared by the event loops.
 *
 * <p>Threadsafe.
 */
public final class ConnectionLimit {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimit.class);

    private final String whose;
    private final int limit;
    private final RareLog log;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicLong refused = new AtomicLong();

    /**
     * @param whose in the plural, for the log.
     * @param monotonicNanos a clock that never goes back.
     */
    public ConnectionLimit(final String whose, final int limit, final LongSupplier monotonicNanos) {
        this.whose = whose;
        this.limit = limit;
        this.log = new RareLog(monotonicNanos);
    }

    /**
     * One more connection is there.
     *
     * @return false when it is one too many: close it. Else {@link #leave} must follow.
     */
    public boolean enter() {
        if (open.incrementAndGet() <= limit) {
            return true;
        }
        open.decrementAndGet();
        final long count = refused.incrementAndGet();
        if (log.isDue()) {
            LOG.warn(
                    "refusing connections of {}: {} are open, the files left are kept for the"
                            + " member; {} refused since the start",
                    whose,
                    limit,
                    count);
        }
        return false;
    }

    /** A connection that had entered is closed. */
    public void leave() {
        open.decrementAndGet();
    }
}
