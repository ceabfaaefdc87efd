package io.larch.http.output;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the answers of all clients may take together until their clients have taken them.
 * What a client could be kept waiting for asks first; what has to be answered is counted whether it
 * fits or not, and then clients that do not read have to go.
 *
 * <p>Threadsafe: event loops share it.
 */
public final class OutputBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong cutClients = new AtomicLong();

    public OutputBudget(final long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Takes memory, if there is so much left.
     *
     * @return false: nothing was taken, the client has to wait.
     */
    public boolean tryTake(final long bytes) {
        if (usedBytes.addAndGet(bytes) > limitBytes) {
            usedBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Takes memory, beyond the limit if need be. */
    public void take(final long bytes) {
        usedBytes.addAndGet(bytes);
    }

    public void give(final long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    public boolean isExceeded() {
        return usedBytes.get() > limitBytes;
    }

    /** Whether clients should get by with little. */
    public boolean isScarce() {
        return usedBytes.get() > limitBytes / 2;
    }

    public long usedBytes() {
        return usedBytes.get();
    }

    /** A client that does not read was cut off. */
    public void countCut() {
        cutClients.incrementAndGet();
    }

    /** Clients cut off since the start. */
    public long cutClients() {
        return cutClients.get();
    }
}
