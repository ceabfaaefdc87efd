package io.larch.http.output;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that the answers of all clients may take together until their clients have taken them.
 * What a client could be kept waiting for asks first: long reads, and, once it is too much, all
 * requests for keys. What has been done and has to be answered may go beyond, and then clients that
 * do not read have to go; but not beyond a half more, whoever goes away unanswered. An allocation
 * that fails is never what ends it.
 *
 * <p>Threadsafe: event loops share it.
 */
public final class OutputBudget {
    private final long limitBytes;
    private final AtomicLong usedBytes = new AtomicLong();
    private final long hardLimitBytes;
    private final AtomicLong cutClients = new AtomicLong();
    private final AtomicLong lostAnswers = new AtomicLong();

    public OutputBudget(final long limitBytes) {
        this.limitBytes = limitBytes;
        this.hardLimitBytes = limitBytes + limitBytes / 2;
    }

    /**
     * Takes memory, if there is so much left; the first to take any gets it, however little there
     * is.
     *
     * @return false: nothing was taken, the client has to wait.
     */
    public boolean tryTake(final long bytes) {
        return tryTake(bytes, Math.max(bytes, limitBytes));
    }

    /**
     * Takes memory for what cannot wait, beyond the limit if need be, but not without bound.
     *
     * @return false: nothing was taken, the answer is lost.
     */
    public boolean tryTakeBeyond(final long bytes) {
        return tryTake(bytes, hardLimitBytes);
    }

    private boolean tryTake(final long bytes, final long limit) {
        if (usedBytes.addAndGet(bytes) > limit) {
            usedBytes.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    /** Takes memory that is in use already, whether it fits or not. */
    public void take(final long bytes) {
        usedBytes.addAndGet(bytes);
    }

    public void give(final long bytes) {
        usedBytes.addAndGet(-bytes);
    }

    public boolean isExceeded() {
        return isExceededBut(0);
    }

    /** Whether it is too much even without what is about to be given back. */
    boolean isExceededBut(final long leavingBytes) {
        return usedBytes.get() - leavingBytes > limitBytes;
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

    /** What was done could not be told. */
    public void countLost() {
        lostAnswers.incrementAndGet();
    }

    /** Answers lost since the start. */
    public long lostAnswers() {
        return lostAnswers.get();
    }

    /** Clients cut off since the start. */
    public long cutClients() {
        return cutClients.get();
    }
}
