package io.larch.http.output;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of an event loop whose clients have not taken all that was sent to them. What
 * waits for them counts against the {@link OutputBudget}; who takes nothing for too long is cut
 * off, and so is, when memory is short, who has taken nothing for the longest time.
 *
 * <p>All methods run on the event loop's thread.
 */
public final class SlowReaders {
    private static final Logger LOG = LoggerFactory.getLogger(SlowReaders.class);
    private static final long LOG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** While others wait for memory, a client may take nothing for so long. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of {@link #check}: between two of them the system has been asked to take what waits. */
    private static final int CHECKS_TO_TELL = 2;

    private final List<ReaderLag> slow = new ArrayList<>();
    private final OutputBudget budget;
    private final long timeoutNanos;
    private final boolean isWrittenLater;
    private long toldNanos;
    private long untoldCuts;
    private boolean hasTold;

    /** Of {@link #check}, one behind the other: those that ended with too much. */
    private int exceededChecks;

    /** What those hold that were cut off and have not gone yet. */
    private long leavingBytes;

    /**
     * @param timeoutNanos for which a client may take nothing.
     * @param isWrittenLater whether a flush only asks the system to take what was written, as rings
     *     do: what waits right behind it says nothing of the client.
     */
    public SlowReaders(
            final OutputBudget budget, final long timeoutNanos, final boolean isWrittenLater) {
        this.budget = budget;
        this.timeoutNanos = timeoutNanos;
        this.isWrittenLater = isWrittenLater;
    }

    public boolean isEmpty() {
        return slow.isEmpty();
    }

    /** A connection was flushed. */
    public void flushed(final ReaderLag lag, final long nowNanos) {
        final long pendingBytes = lag.pendingBytes();
        if (pendingBytes > 0 && lag.index < 0) {
            lag.index = slow.size();
            lag.begin(nowNanos);
            slow.add(lag);
        }
        account(lag, pendingBytes);
    }

    /** A connection is gone, with all that it held. */
    public void closed(final ReaderLag lag) {
        leavingBytes -= lag.leavingBytes;
        lag.leavingBytes = 0;
        account(lag, 0);
        remove(lag);
    }

    /**
     * Looks at all of them.
     *
     * @param areOthersWaiting whether somebody waits for memory.
     */
    public void check(final boolean areOthersWaiting, final long nowNanos) {
        for (int i = slow.size() - 1; i >= 0; i--) {
            // Cutting one closes it, which takes it out of the list.
            if (i < slow.size()) {
                check(slow.get(i), areOthersWaiting, nowNanos);
            }
        }
        relieve(nowNanos);
        boundOvershoot(nowNanos);
    }

    /** Who takes a little now and then is never silent; all of them together are too much, too. */
    private void boundOvershoot(final long nowNanos) {
        exceededChecks = budget.isExceededBut(leavingBytes) ? exceededChecks + 1 : 0;
        if (exceededChecks >= CHECKS_TO_TELL) {
            makeRoom(nowNanos);
        }
    }

    private void check(final ReaderLag lag, final boolean areOthersWaiting, final long nowNanos) {
        final long pendingBytes = lag.pendingBytes();
        account(lag, pendingBytes);
        if (pendingBytes == 0) {
            remove(lag);
            return;
        }
        lag.checks++;
        final long waitedNanos = lag.waitedNanos(nowNanos);
        if (waitedNanos > timeoutNanos && !lag.isPatient()
                || areOthersWaiting && waitedNanos > PATIENCE_NANOS) {
            cut(lag, nowNanos);
        }
    }

    /**
     * Makes room when it is too much: those who have taken nothing for the longest time go first.
     * Nobody goes of whom that cannot be told yet, until two checks have found it too much.
     */
    public void relieve(final long nowNanos) {
        if (budget.isExceededBut(leavingBytes)) {
            recount();
            makeRoom(isWrittenLater ? CHECKS_TO_TELL : 0, nowNanos);
        }
    }

    /** Makes room for what cannot wait: the same, and whoever it may be. */
    public void makeRoom(final long nowNanos) {
        recount();
        makeRoom(0, nowNanos);
    }

    private void makeRoom(final int minChecks, final long nowNanos) {
        while (budget.isExceededBut(leavingBytes)) {
            final ReaderLag slowest = slowest(minChecks, nowNanos);
            if (slowest == null) {
                return;
            }
            cut(slowest, nowNanos);
        }
    }

    private ReaderLag slowest(final int minChecks, final long nowNanos) {
        ReaderLag slowest = null;
        long longestNanos = -1;
        for (final ReaderLag lag : slow) {
            final long waitedNanos = lag.waitedNanos(nowNanos);
            if (waitedNanos > longestNanos && lag.checks >= minChecks) {
                slowest = lag;
                longestNanos = waitedNanos;
            }
        }
        return slowest;
    }

    /** What was taken since anybody looked is in nobody's way. */
    private void recount() {
        for (int i = slow.size() - 1; i >= 0; i--) {
            final ReaderLag lag = slow.get(i);
            final long pendingBytes = lag.pendingBytes();
            account(lag, pendingBytes);
            if (pendingBytes == 0) {
                remove(lag);
            }
        }
    }

    /** Cuts off a client that does not keep up, and says so. */
    public void cut(final ReaderLag lag, final long nowNanos) {
        budget.countCut();
        untoldCuts++;
        if (!hasTold || nowNanos - toldNanos > LOG_PAUSE_NANOS) {
            LOG.warn(
                    "closed {} connections of clients that do not read their answers; the last is {},"
                            + " with {} bytes waiting, nothing taken for {} ms",
                    untoldCuts,
                    lag.clientAddress(),
                    lag.pendingBytes(),
                    TimeUnit.NANOSECONDS.toMillis(lag.waitedNanos(nowNanos)));
            hasTold = true;
            toldNanos = nowNanos;
            untoldCuts = 0;
        }
        closed(lag);
        lag.leavingBytes = lag.heldBytes();
        leavingBytes += lag.leavingBytes;
        lag.close();
    }

    private void account(final ReaderLag lag, final long pendingBytes) {
        if (pendingBytes != lag.accountedBytes) {
            budget.take(pendingBytes - lag.accountedBytes);
            lag.accountedBytes = pendingBytes;
        }
    }

    private void remove(final ReaderLag lag) {
        if (lag.index >= 0) {
            final ReaderLag last = slow.remove(slow.size() - 1);
            if (last != lag) {
                slow.set(lag.index, last);
                last.index = lag.index;
            }
            lag.index = -1;
        }
    }
}
