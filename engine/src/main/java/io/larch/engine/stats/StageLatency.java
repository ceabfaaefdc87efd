package io.larch.engine.stats;

/**
 * Where writes spend their time. Writes that share an append share one line here, so that the cost
 * is one look at the clock a batch; each write still counts.
 *
 * <p>Told by the engine's loop, in this order for every write it proposes as the leader: {@link
 * #taken}, {@link #proposed}, {@link #appended}, {@link #durable}, {@link #committed}, {@link
 * #answered}, {@link #applied}, {@link #replied}. Owned by the engine thread. Allocates nothing
 * after construction.
 */
public final class StageLatency {
    /** Batches on their way; when there are more, the newest are not timed. A power of two. */
    private static final int BATCHES = 1 << 12;

    private static final int MASK = BATCHES - 1;
    private static final Stage[] STAGES = Stage.values();

    private final LatencyRecorder[] recorders = new LatencyRecorder[STAGES.length];

    // Of each batch: the last entry, its writes, and when it was appended or, later, durable.
    private final long[] lastIndexes = new long[BATCHES];
    private final long[] counts = new long[BATCHES];
    private final long[] sinceNanos = new long[BATCHES];

    /** Batches in order: head..durable are durable here, durable..tail are not. */
    private long head;

    private long durable;
    private long tail;

    // The batch that is being proposed.
    private long openIndex;
    private long openCount;
    private long openSinceNanos;

    private long justAnswered;
    private long answered;
    private long answeredNanos;
    private long intervalStartNanos;

    public StageLatency(final long nowNanos) {
        for (int i = 0; i < recorders.length; i++) {
            recorders[i] = new LatencyRecorder();
        }
        intervalStartNanos = nowNanos;
    }

    /** A write arrived at the engine. */
    public void taken(final long edgeNanos, final long queueNanos) {
        recorder(Stage.EDGE).record(edgeNanos);
        recorder(Stage.QUEUE).record(queueNanos);
    }

    /**
     * A client's write was given its place in the log.
     *
     * @param nowNanos when the engine took the requests of this turn.
     */
    public void proposed(final long raftIndex, final long nowNanos) {
        if (openCount == 0) {
            openSinceNanos = nowNanos;
        }
        openIndex = raftIndex;
        openCount++;
    }

    /** Whether {@link #appended} has anything to hear of. */
    public boolean isProposing() {
        return openCount > 0;
    }

    /** All that was proposed is in the log, and its sync begins. */
    public void appended(final long nowNanos) {
        if (openCount == 0) {
            return;
        }
        if (tail - head < BATCHES) {
            recorder(Stage.APPEND).record(nowNanos - openSinceNanos, openCount);
            final int at = (int) tail & MASK;
            lastIndexes[at] = openIndex;
            counts[at] = openCount;
            sinceNanos[at] = nowNanos;
            tail++;
        }
        openCount = 0;
    }

    /** Whether anything timed waits for this member's disk. */
    public boolean isSyncing() {
        return durable < tail;
    }

    /** This member's disk has all up to an entry. */
    public void durable(final long raftIndex, final long nowNanos) {
        while (durable < tail && lastIndexes[(int) durable & MASK] <= raftIndex) {
            final int at = (int) durable & MASK;
            recorder(Stage.FSYNC).record(nowNanos - sinceNanos[at], counts[at]);
            sinceNanos[at] = nowNanos;
            durable++;
        }
    }

    /** All up to an entry is committed and durable, and is about to be applied. */
    public void committed(final long raftIndex, final long nowNanos) {
        while (head < durable && lastIndexes[(int) head & MASK] <= raftIndex) {
            final int at = (int) head & MASK;
            recorder(Stage.REPLICATE).record(nowNanos - sinceNanos[at], counts[at]);
            head++;
        }
    }

    /** A write that this member had forwarded is back, committed. */
    public void returned(final long forwardedNanos) {
        recorder(Stage.REPLICATE).record(forwardedNanos);
    }

    /** A write was applied and its answer made; {@link #applied} tells when. */
    public void answered() {
        justAnswered++;
    }

    /** The entries that were committed are applied. */
    public void applied(final long startNanos, final long nowNanos) {
        if (justAnswered > 0) {
            recorder(Stage.APPLY).record(nowNanos - startNanos, justAnswered);
            if (answered == 0) {
                answeredNanos = nowNanos;
            }
            answered += justAnswered;
            justAnswered = 0;
        }
    }

    /** Whether answers are made that {@link #replied} was not told of. */
    public boolean isReplying() {
        return answered > 0;
    }

    /** The answers are with their sockets. */
    public void replied(final long nowNanos) {
        recorder(Stage.REPLY).record(nowNanos - answeredNanos, answered);
        answered = 0;
    }

    /** The answers go on by way of another thread, which tells {@link #repliedElsewhere}. */
    public void handedOver() {
        answered = 0;
    }

    /** Another thread has handed answers to their sockets. */
    public void repliedElsewhere(final long nanos, final long count) {
        recorder(Stage.REPLY).record(nanos, count);
    }

    /** What was proposed may never be committed: another member leads. */
    public void forget() {
        head = tail;
        durable = tail;
        openCount = 0;
    }

    /** One stage's figures. */
    public LatencyRecorder recorder(final Stage stage) {
        return recorders[stage.ordinal()];
    }

    /** How long the interval has lasted. */
    public long intervalNanos(final long nowNanos) {
        return nowNanos - intervalStartNanos;
    }

    /** Begins a new interval. */
    public void restartInterval(final long nowNanos) {
        intervalStartNanos = nowNanos;
        for (final LatencyRecorder recorder : recorders) {
            recorder.restartInterval();
        }
    }
}
