package io.larch.engine.kv.watch;

import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.mvcc.MvccStore;
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
 *   <li><b>Atomic.</b> A message has whole revisions, but for one that is long: then it tells what
 *       it is complete up to ({@link KvEvents}), and the rest follows before anything else. The
 *       last part is known as such.
 *   <li><b>A cursor, no queue.</b> Nothing is kept for a watch. One that is up to date is told
 *       within the call that makes a revision, as far as that goes in one go, and the rest between
 *       other work. One that lags is a number, and is told from the store's history between other
 *       work: it began in the past, or the way to it was full.
 *   <li><b>Only a compaction ends a watch that lags</b>, and it is told so. One that was up to date
 *       is told the rest of what is being told, whatever is compacted meanwhile; only what was
 *       before may be left out then.
 *   <li><b>Nothing early.</b> One that begins in the future hears nothing before.
 *   <li><b>No lie about progress.</b> A watch has it as long as nothing that there is has still to
 *       be told ({@link #areProgressed}).
 *   <li><b>Short.</b> A call looks at a bounded number of changes, and tells about so many, however
 *       long a revision is and however much waits to be told.
 * </ol>
 *
 * <p>Those that lag are swept along together: a sweep goes through the history once, from the first
 * revision that one of them needs, and tells each what it wants; at the end they are up to date.
 * Who comes meanwhile and needs what the sweep has passed waits for the next. Of a sweep and of
 * those that are up to date, it is a {@link Telling} that knows how far it is.
 *
 * <p>When a snapshot takes the place of the state, all watches are ended ({@link #endAll}) without
 * the flag {@link KvEvents#COMPACTED}: the edge registers each again from the last revision that it
 * was told, and its client does not notice.
 */
public final class WatchHub {
    /** As many that have left a sweep are kept whatever else there is. */
    private static final int FEW = 64;

    /** While there is a rest to tell, so many changes at least are told at once. */
    private static final int LEAST_STEPS = 64;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Packed closely: of what happens to a key it is not asked. */
    private final Long2ObjectHashMap<Watch> byId = new Long2ObjectHashMap<>(8, 0.85f);

    private final Laggards laggards = new Laggards();
    private final WatchIndex current;
    private final WatchIndex lagging;
    private final ExpandableArrayBuffer notice = new ExpandableArrayBuffer(KvEvents.HEAD_LENGTH);
    private final long[] oneId = new long[1];
    private final MvccStore store;
    private final WatchSink sink;
    private final WatchLimits limits;

    /** For those that are up to date, but for what it has not told yet. */
    private final Telling live;

    private final Telling sweep;
    private final boolean[] broken = new boolean[Rule.values().length];
    private Watch oldest;
    private Watch newest;

    /** Up to here the live telling knows of what was committed. */
    private long knownRevision;

    /** Changes to tell for those that have come while the live telling was behind. */
    private long owedSteps;

    /** Watches in the sweep; 0: there is none. */
    private int sweepCount;

    /**
     * All that came along with the sweep; some may have left it, but not many more than have not.
     */
    private final List<Watch> swept = new ArrayList<>();

    /**
     * @param seed that clients do not know; what watches are told does not depend on it.
     * @param limits of what is told in one go; events and their order do not depend on them.
     */
    public WatchHub(
            final MvccStore store,
            final WatchSink sink,
            final long seed,
            final WatchLimits limits) {
        this.store = store;
        this.sink = sink;
        this.limits = limits;
        current = new WatchIndex(seed);
        lagging = new WatchIndex(seed);
        final EventBatch batch = new EventBatch(store, sink, limits.sliceBytes());
        live = new Telling(store, current, batch, limits, false, this::heldBack);
        sweep = new Telling(store, lagging, batch, limits, true, this::heldBackInSweep);
        knownRevision = store.revision();
    }

    /** Whether a rule is kept; all are, but in tests of the tests. */
    private boolean keeps(final Rule rule) {
        return !Rule.CAN_BE_BROKEN || !broken[rule.ordinal()];
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
        final boolean canJoin =
                keeps(Rule.NOBODY_JOINS_IN_THE_MIDDLE)
                        ? sweep.canJoin(watch.next)
                        : watch.next >= sweep.next();
        if (sweepCount > 0 && canJoin) {
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

    /**
     * What was committed since the last call is told to those that are up to date, or as much of it
     * as may be told in one go: {@link #work} tells the rest. While there is a rest, twice as many
     * changes are told as have come, if that is no more than goes in one go: so short revisions
     * make it less, however fast they come.
     */
    public void tell() {
        final long revision = store.revision();
        if (revision == knownRevision) {
            return;
        }
        final boolean wasBehind = live.next() <= knownRevision;
        knownRevision = revision;
        if (current.isEmpty()) {
            live.moveTo(revision + 1);
            return;
        }
        if (!wasBehind) {
            live.run(limits.sliceChanges());
            return;
        }
        owedSteps += 2L * store.lastChangeCount();
        if (owedSteps >= LEAST_STEPS) {
            live.run((int) Math.min(owedSteps, limits.sliceChanges()));
            owedSteps = 0;
        }
    }

    /** Whether those that are up to date have not been told all yet. */
    private boolean isLiveBehind() {
        return live.isBehind() && !current.isEmpty();
    }

    /**
     * Whether history that is compacted is still needed. Nothing of it may be freed as long as it
     * is so, which is not long.
     */
    public boolean needsCompacted() {
        return isLiveBehind() && store.isCompacted(live.next());
    }

    /** The way to it is full: it will be told this later. */
    private void heldBack(final Watch watch) {
        if (byId.get(watch.correlationId) != watch) {
            return;
        }
        final WatchedRange range = watch.range;
        watch.next =
                keeps(Rule.HELD_BACK_IS_TOLD_LATER)
                        ? Math.max(watch.next, live.first())
                        : live.next();
        if (store.isCompacted(watch.next)) {
            endCompacted(watch);
            return;
        }
        current.remove(watch);
        watch.lagging(true);
        laggards.add(watch);
        lagging.add(watch, range);
        joinSweep(watch);
    }

    private void heldBackInSweep(final Watch watch) {
        if (byId.get(watch.correlationId) != watch) {
            return;
        }
        watch.next = Math.max(watch.next, sweep.first());
        leaveSweep(watch);
    }

    /** Whether {@link #work} has something to do. */
    public boolean hasWork() {
        return isLiveBehind() || sweepCount > 0 || laggards.canTell(sink);
    }

    /**
     * Tells a piece of what is to be told still: first to those that are up to date but for that,
     * then to those that lag.
     *
     * @param maxSteps changes to look at, about.
     * @return how much was done; 0: there is nothing to do now.
     */
    public int work(final int maxSteps) {
        int steps = 0;
        if (isLiveBehind()) {
            steps = live.run(maxSteps);
        }
        if (steps < maxSteps && !laggards.isEmpty() && (sweepCount > 0 || beginSweep())) {
            steps += sweep.run(maxSteps - steps) + 1;
            if (!sweep.isBehind()) {
                endSweep();
            }
        }
        return steps;
    }

    /** Returns whether there is anybody to take along. */
    private boolean beginSweep() {
        swept.clear();
        sweep.moveTo(Long.MAX_VALUE);
        laggards.forEachOpen(
                sink,
                watch -> {
                    takeAlong(watch);
                    sweep.moveTo(Math.min(sweep.next(), watch.next));
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
            watch.next = sweep.next();
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
                            watch.isInSweep() ? Math.max(watch.next, sweep.next()) : watch.next;
                    if (needed < compacted && keeps(Rule.COMPACTION_ENDS_THE_LATE)) {
                        late.add(watch);
                    }
                });
        late.forEach(this::endCompacted);
        if (sweepCount > 0 && sweep.next() < compacted) {
            sweep.moveTo(compacted);
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
                    || isLiveBehind()
                    || !watch.hasBegun() && watch.next > store.revision()) {
                return false;
            }
        }
        return true;
    }
}
