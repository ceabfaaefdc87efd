package io.larch.tools.process;

/**
 * Tells a thread that has answered and has no work whether the next request comes so soon that
 * looking for it costs less than to sleep and be woken, which takes tens of microseconds. Learns it
 * from how long it took the last times: where a client sends its next request as soon as it has the
 * last answer, it is short; where requests come by a clock, or many at a time, sleeping is right.
 *
 * <p>Looks for at most {@link #LONGEST_NANOS} at a time, behind an answer only, and does not begin
 * before most of the waits were shorter; so it costs a client that sends now and then nothing, and
 * nothing where others are waited for: a disk, or peers. Not behind a write: its time is the
 * disk's, and who looks takes a third more processor time and is no faster. Called by one thread.
 */
public final class AdaptiveSpin {
    /** How long it looks for work before it sleeps. */
    static final long LONGEST_NANOS = 100_000;

    /** Of a thread that slept the time to wake it counts, too. */
    private static final long LONGEST_ASLEEP_NANOS = 150_000;

    /** More at a time come of clients enough to fill a turn while it sleeps. */
    private static final int FEW = 2;

    /** Each short wait counts one, up to this; from half of it on it looks. */
    private static final int MOST = 24;

    private static final int SURE = MOST / 2;

    /** What a long wait takes of that, and one that was looked for in vain. */
    private static final int LOSS = 4;

    private static final int LOSS_IN_VAIN = 12;

    private int score;
    private long answers;
    private long durableIndex;
    private boolean isIdle;
    private boolean hasAnswered;
    private long idleSinceNanos;
    private boolean hasLooked;
    private boolean hasSlept;

    /**
     * Called when there is nothing to do.
     *
     * @param answersSoFar how many clients got; grows.
     * @param newDurableIndex of the log; grows with each write.
     * @return true to look again at once, false to sleep.
     */
    public boolean looksAgain(
            final long answersSoFar, final long newDurableIndex, final long nowNanos) {
        if (!isIdle) {
            isIdle = true;
            hasAnswered = answersSoFar != answers && newDurableIndex == durableIndex;
            answers = answersSoFar;
            durableIndex = newDurableIndex;
            idleSinceNanos = nowNanos;
            hasLooked = false;
            hasSlept = false;
        }
        if (hasAnswered && score >= SURE && nowNanos - idleSinceNanos < LONGEST_NANOS) {
            hasLooked = true;
            return true;
        }
        hasSlept = true;
        return false;
    }

    /**
     * Called when there was something to do.
     *
     * @param count how much, above 0.
     */
    public void worked(final int count, final long nowNanos) {
        if (!isIdle) {
            return;
        }
        isIdle = false;
        if (!hasAnswered) {
            return;
        }
        final long longest = hasSlept ? LONGEST_ASLEEP_NANOS : LONGEST_NANOS;
        if (hasLooked && hasSlept) {
            score = Math.max(0, score - LOSS_IN_VAIN);
        } else if (count <= FEW && nowNanos - idleSinceNanos <= longest) {
            score = Math.min(MOST, score + 1);
        } else {
            score = Math.max(0, score - LOSS);
        }
    }
}
