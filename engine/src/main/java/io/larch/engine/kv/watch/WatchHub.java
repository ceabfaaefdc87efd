package io.larch.engine.kv.watch;

import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.mvcc.HistoryCursor;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * All watches of a member.
 *
 * <p>What holds:
 *
 * <ol>
 *   <li><b>Complete, once, in order.</b> A watch is told every event that it wants from its first
 *       revision on, each once, in the order of revisions and within one in the order of changes.
 *   <li><b>Atomic.</b> A message has whole revisions, but for one that is too long for a message:
 *       then it tells what it is complete up to ({@link KvEvents}), and the rest follows before
 *       anything else.
 *   <li><b>A cursor, no queue.</b> A watch that is up to date is told within the call that makes a
 *       revision. One that is not is a number, and is told from the store's history, between other
 *       work: it began in the past, or the way to it was full. Only a compaction can end it, and it
 *       is told so.
 *   <li><b>Nothing early.</b> One that begins in the future hears nothing before.
 * </ol>
 *
 * <p>Those that lag are swept along together: a sweep goes through the history once, from the first
 * revision that one of them needs, in slices of whole revisions, and tells each what it wants; at
 * the end they are up to date. Who comes meanwhile and needs what the sweep has passed waits for
 * the next.
 *
 * <p>When a snapshot takes the place of the state, all watches are ended ({@link #endAll}) without
 * the flag {@link KvEvents#COMPACTED}: the edge registers each again from the last revision that it
 * was told, and its client does not notice.
 */
public final class WatchHub {
    /** Printed events of a slice, about; longer revisions are told in parts. */
    private static final int SLICE_BYTES = 64 << 10;

    /** As many that have left a sweep are kept whatever else there is. */
    private static final int FEW = 64;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Packed closely: of what happens to a key it is not asked. */
    private final Long2ObjectHashMap<Watch> byId = new Long2ObjectHashMap<>(8, 0.85f);

    private final Laggards laggards = new Laggards();
    private final WatchIndex current;
    private final WatchIndex lagging;
    private final ExpandableArrayBuffer notice = new ExpandableArrayBuffer(KvEvents.HEAD_LENGTH);
    private final long[] oneId = new long[1];
    private final EventBatch.HoldBack onHeldBack = this::heldBack;
    private final EventBatch.HoldBack onSweepHeldBack = this::heldBackInSweep;
    private final KeyVersion change = new KeyVersion();
    private final MvccStore store;
    private final WatchSink sink;
    private final HistoryCursor history;
    private final HistoryCursor ahead;
    private final KeyVersion foreseen = new KeyVersion();
    private final EventBatch batch;
    private Watch oldest;
    private Watch newest;

    /** Up to here those that are up to date have been told. */
    private long toldRevision;

    /** Watches in the sweep; 0: there is none. */
    private int sweepCount;

    /**
     * All that came along with the sweep; some may have left it, but not many more than have not.
     */
    private final List<Watch> swept = new ArrayList<>();

    private long sweepNext;

    /** Of what is being told the first revision that not everybody who wants it has as a whole. */
    private long sliceFirst;

    /** Of what is being told the last revision that was told before the end; 0: none. */
    private long earlyRevision;

    /**
     * @param seed that clients do not know; what watches are told does not depend on it.
     */
    public WatchHub(final MvccStore store, final WatchSink sink, final long seed) {
        this.store = store;
        this.sink = sink;
        current = new WatchIndex(seed);
        lagging = new WatchIndex(seed);
        history = new HistoryCursor(store);
        ahead = new HistoryCursor(store);
        batch = new EventBatch(store, sink);
        toldRevision = store.revision();
    }

    public int count() {
        return byId.size();
    }

    /** Watches that have to be told of the past still. */
    public int laggingCount() {
        return laggards.size();
    }

    /** What the sweep that goes on keeps, those that have left it among them. */
    int sweptCount() {
        return swept.size();
    }

    /** Registers a watch, and tells it that. One of the same id is forgotten. */
    public void add(final WatchRequest request, final long correlationId) {
        cancel(correlationId);
        final long revision = store.revision();
        final long start = request.startRevision();
        final Watch watch =
                new Watch(
                        correlationId,
                        request.wantsPut(),
                        request.wantsDelete(),
                        request.wantsPrevious());
        watch.next = start == 0 ? revision + 1 : start;
        if (start == 0 || start == revision + 1) {
            watch.begun();
        }
        final boolean isPast = start != 0 && start <= revision;
        final boolean isGone = isPast && (start < 0 || store.isCompacted(start));
        byId.put(correlationId, watch);
        link(watch);
        if (isPast && !isGone) {
            watch.lagging(true);
            laggards.add(watch);
            lagging.add(watch, request.start(), request.end());
            joinSweep(watch);
        } else if (!isGone) {
            current.add(watch, request.start(), request.end());
        }
        sink.onWatchStart(correlationId, revision);
        if (isGone && byId.get(correlationId) == watch) {
            endCompacted(watch);
        }
    }

    /** One that needs nothing that the sweep has passed goes with it. */
    private void joinSweep(final Watch watch) {
        if (sweepCount > 0 && watch.next >= sweepNext) {
            takeAlong(watch);
        }
    }

    private void takeAlong(final Watch watch) {
        if (swept.size() > FEW + 2 * sweepCount) {
            // A sweep may take long, and whoever comes and goes meanwhile shall not be kept.
            swept.removeIf(each -> !each.isInSweep());
        }
        watch.inSweep(true);
        sweepCount++;
        swept.add(watch);
    }

    private void link(final Watch watch) {
        watch.older = newest;
        if (newest == null) {
            oldest = watch;
        } else {
            newest.newer = watch;
        }
        newest = watch;
    }

    /** Forgets a watch. Unknown ids are ignored. */
    public void cancel(final long correlationId) {
        final Watch watch = byId.remove(correlationId);
        if (watch == null) {
            return;
        }
        leave(watch);
        if (watch.older == null) {
            oldest = watch.newer;
        } else {
            watch.older.newer = watch.newer;
        }
        if (watch.newer == null) {
            newest = watch.older;
        } else {
            watch.newer.older = watch.older;
        }
    }

    private void leave(final Watch watch) {
        final boolean isIndexed = watch.range != null;
        if (watch.isLagging()) {
            laggards.remove(watch);
            leaveSweep(watch);
            if (isIndexed) {
                lagging.remove(watch);
            }
        } else if (isIndexed) {
            current.remove(watch);
        }
    }

    private void leaveSweep(final Watch watch) {
        if (watch.isInSweep()) {
            watch.inSweep(false);
            sweepCount--;
        }
    }

    /** Ends every watch, in the order in which they were registered. */
    public void endAll() {
        while (oldest != null) {
            final long correlationId = oldest.correlationId;
            cancel(correlationId);
            sink.onWatchEnd(correlationId);
        }
    }

    /** What was committed since the last call is told to those that are up to date. */
    public void tell() {
        final long revision = store.revision();
        if (revision == toldRevision) {
            return;
        }
        sliceFirst = toldRevision + 1;
        toldRevision = revision;
        if (current.isEmpty()) {
            return;
        }
        earlyRevision = 0;
        batch.begin(false);
        history.open(sliceFirst).allow(Integer.MAX_VALUE);
        while (history.next(change) == Step.FOUND) {
            batch.add(current, change);
            if (batch.isFull()) {
                tellEarly(current, false, onHeldBack);
            }
        }
        batch.tell(revision, revision, EventBatch.WHOLE, onHeldBack);
    }

    /** The batch is full: tells what it has, be it the middle of a revision, and begins again. */
    private void tellEarly(
            final WatchIndex index, final boolean isOfSweep, final EventBatch.HoldBack holdBack) {
        final long last = change.modRevision();
        final boolean isWhole = history.isAtRevisionStart();
        final int lastSub = change.sub();
        if (!isWhole && earlyRevision != last) {
            foreseeRest(index, last, lastSub);
        }
        earlyRevision = last;
        batch.tell(store.revision(), last, isWhole ? EventBatch.WHOLE : lastSub, holdBack);
        sliceFirst = isWhole ? last + 1 : last;
        batch.begin(isOfSweep);
    }

    private void foreseeRest(final WatchIndex index, final long revision, final int lastSub) {
        ahead.open(revision).allow(Integer.MAX_VALUE);
        while (ahead.next(foreseen) == Step.FOUND && foreseen.modRevision() == revision) {
            if (foreseen.sub() > lastSub) {
                batch.foresee(index, foreseen);
            }
        }
    }

    /** The way to it is full: it will be told this later. */
    private void heldBack(final Watch watch) {
        if (byId.get(watch.correlationId) != watch) {
            return;
        }
        final WatchedRange range = watch.range;
        current.remove(watch);
        watch.next = Math.max(watch.next, sliceFirst);
        watch.lagging(true);
        laggards.add(watch);
        lagging.add(watch, range);
        joinSweep(watch);
    }

    private void heldBackInSweep(final Watch watch) {
        if (byId.get(watch.correlationId) != watch) {
            return;
        }
        watch.next = Math.max(watch.next, sliceFirst);
        leaveSweep(watch);
    }

    /** Whether {@link #work} has something to do. */
    public boolean hasWork() {
        return sweepCount > 0 || laggards.canTell(sink);
    }

    /**
     * Tells those that lag a piece of what they lack.
     *
     * @param maxSteps changes to look at, about.
     * @return how much was done; 0: there is nothing to do now.
     */
    public int work(final int maxSteps) {
        if (laggards.isEmpty() || sweepCount == 0 && !beginSweep()) {
            return 0;
        }
        sliceFirst = sweepNext;
        earlyRevision = 0;
        batch.begin(true);
        history.open(sweepNext).allow(Integer.MAX_VALUE);
        int steps = 0;
        boolean isAtEnd = false;
        while (!isAtEnd && !(isEnough(steps, maxSteps) && history.isAtRevisionStart())) {
            isAtEnd = history.next(change) != Step.FOUND;
            if (!isAtEnd) {
                batch.add(lagging, change);
                steps++;
                if (batch.isFull()) {
                    tellEarly(lagging, true, onSweepHeldBack);
                }
            }
        }
        final long revision = store.revision();
        final long last = isAtEnd ? revision : history.nextRevision() - 1;
        sweepNext = last + 1;
        batch.tell(revision, last, EventBatch.WHOLE, onSweepHeldBack);
        if (sweepNext > revision) {
            endSweep();
        }
        return steps + 1;
    }

    private boolean isEnough(final int steps, final int maxSteps) {
        return steps >= maxSteps || earlyRevision != 0 || batch.bytes() >= SLICE_BYTES;
    }

    /** Returns whether there is anybody to take along. */
    private boolean beginSweep() {
        swept.clear();
        sweepNext = Long.MAX_VALUE;
        laggards.forEachOpen(
                sink,
                watch -> {
                    takeAlong(watch);
                    sweepNext = Math.min(sweepNext, watch.next);
                });
        return sweepCount > 0;
    }

    /** Those that the sweep took along are up to date. */
    private void endSweep() {
        for (final Watch watch : swept) {
            if (!watch.isInSweep()) {
                continue;
            }
            final WatchedRange range = watch.range;
            leave(watch);
            watch.lagging(false);
            watch.begun();
            watch.next = sweepNext;
            if (range != null) {
                current.add(watch, range);
            }
        }
        swept.clear();
    }

    /** The history was compacted: who needs what is gone is told so, and ended. */
    public void compacted() {
        final long compacted = store.compactedRevision();
        final List<Watch> late = new ArrayList<>();
        laggards.forEach(
                watch -> {
                    final long needed =
                            watch.isInSweep() ? Math.max(watch.next, sweepNext) : watch.next;
                    if (needed < compacted) {
                        late.add(watch);
                    }
                });
        late.forEach(this::endCompacted);
        if (sweepCount > 0) {
            sweepNext = Math.max(sweepNext, compacted);
        }
    }

    private void endCompacted(final Watch watch) {
        final int end = KvEvents.encodeCompacted(notice, 0, store.compactedRevision());
        oneId[0] = watch.correlationId;
        sink.onEvents(oneId, 1, notice, 0, end);
        if (byId.get(watch.correlationId) == watch) {
            cancel(watch.correlationId);
            sink.onWatchEnd(watch.correlationId);
        }
    }

    /**
     * Whether watches have been told all that there is, and have reached the revisions that they
     * were to begin with.
     *
     * @param ids longs, little endian.
     */
    public boolean areProgressed(final DirectBuffer ids, final int offset, final int length) {
        for (int i = 0; i + Long.BYTES <= length; i += Long.BYTES) {
            final Watch watch = byId.get(ids.getLong(offset + i, ORDER));
            if (watch == null
                    || watch.isLagging()
                    || !watch.hasBegun() && watch.next > store.revision()) {
                return false;
            }
        }
        return true;
    }
}
