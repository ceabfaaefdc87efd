package io.larch.engine.snapshot;

import io.larch.engine.EngineLog;
import io.larch.engine.application.Applications;
import io.larch.engine.port.SnapshotSink;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;

/** Receives snapshots, one at a time, and knows which are wanted. Owned by the engine thread. */
public final class SnapshotInbox implements SnapshotSink {
    /** A disk that failed is not asked again at the pace of the network. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SnapshotContext context;
    private final LongSupplier clusterId;
    private final Applications applications;
    private final LongSupplier unwantedUpTo;
    private final LongSupplier currentTerm;
    private final LongSupplier nanoTime;
    private final EngineLog log;
    private SnapshotDownload current;
    private Offer needless;
    private long failedNanos;
    private boolean isPausing;

    /**
     * @param clusterId of this member: snapshots of another are refused.
     * @param applications make the empty ones that are filled.
     * @param unwantedUpTo Raft index up to which this member needs no snapshot.
     */
    public SnapshotInbox(
            final SnapshotContext context,
            final LongSupplier clusterId,
            final Applications applications,
            final LongSupplier unwantedUpTo,
            final LongSupplier currentTerm,
            final LongSupplier nanoTime,
            final EngineLog log) {
        this.context = context;
        this.clusterId = clusterId;
        this.applications = applications;
        this.unwantedUpTo = unwantedUpTo;
        this.currentTerm = currentTerm;
        this.nanoTime = nanoTime;
        this.log = log;
    }

    @Override
    public long begin(
            final long from,
            final long term,
            final long lastIndex,
            final long lastTerm,
            final long length) {
        if (length <= 0 || term < currentTerm.getAsLong()) {
            return REFUSED;
        }
        if (lastIndex <= unwantedUpTo.getAsLong()) {
            needless = new Offer(from, term, lastIndex, lastTerm);
            return REFUSED;
        }
        forgetFailed();
        if (current != null) {
            if (current.isSame(from, lastIndex, lastTerm, length)) {
                current.term = Math.max(current.term, term);
                return current.taken();
            }
            if (term < current.term || term == current.term && lastIndex < current.lastIndex) {
                return REFUSED;
            }
            current.abandon();
            current = null;
        }
        if (isPausing()) {
            return REFUSED;
        }
        log.receivingSnapshot(from, lastIndex, length);
        current =
                new SnapshotDownload(
                        context,
                        clusterId.getAsLong(),
                        applications,
                        from,
                        term,
                        lastIndex,
                        lastTerm,
                        length);
        return 0;
    }

    private boolean isPausing() {
        isPausing = isPausing && nanoTime.getAsLong() - failedNanos < PAUSE_NANOS;
        return isPausing;
    }

    @Override
    public boolean write(
            final long position, final DirectBuffer buffer, final int offset, final int length) {
        return current != null && current.take(position, buffer, offset, length);
    }

    @Override
    public long position() {
        return current == null ? 0 : current.taken();
    }

    /**
     * The snapshot that is complete, durable and loaded, once; null when there is none.
     *
     * <p>One that failed is forgotten: its sender finds out and begins again, a moment later.
     */
    SnapshotDownload poll() {
        if (current == null || !current.isDone()) {
            return null;
        }
        final SnapshotDownload done = current;
        current = null;
        if (done.failure() != null) {
            failed(done);
            return null;
        }
        return done;
    }

    /** An offer that was refused since what it holds is here, once; null when there was none. */
    Offer pollNeedless() {
        final Offer offer = needless;
        needless = null;
        return offer;
    }

    private void forgetFailed() {
        if (current != null && current.isDone() && current.failure() != null) {
            failed(current);
            current = null;
        }
    }

    /** A snapshot of a newer build will never do: the member has to be replaced by one. */
    private void failed(final SnapshotDownload transfer) {
        if (transfer.failure() instanceof UnknownSectionException newer) {
            throw newer;
        }
        isPausing = true;
        failedNanos = nanoTime.getAsLong();
        log.receivingSnapshotFailed(transfer.lastIndex, transfer.failure());
    }

    void close() {
        if (current != null) {
            current.abandon();
            current = null;
        }
    }

    /** What a leader offers. */
    record Offer(long from, long term, long lastIndex, long lastTerm) {}
}
