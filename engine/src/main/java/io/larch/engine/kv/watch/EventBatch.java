package io.larch.engine.kv.watch;

import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import java.util.Arrays;
import java.util.function.Consumer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Events, and who is to be told which of them. All watches that want the same events in the same
 * form are one group and are told once: as events come in order, each watch moves from its group to
 * the one of those that want the next event, too. An event is printed when the first watch wants
 * it, and copied after that.
 *
 * <p>What it takes is bounded however long a revision is: whoever adds asks {@link #isFull} after
 * each event, and tells then what there is. When that parts a revision, what each watch wants of it
 * has to be known before ({@link #foresee}), for only the last that one is told of a revision says
 * that it is whole.
 *
 * <p>To be used again and again; allocates nothing in steady state.
 */
final class EventBatch {
    /** A message is not longer, unless a single event is. */
    static final int MAX_MESSAGE_BYTES = 1 << 20;

    private static final int MAX_KEPT_BYTES = 4 << 20;

    /** Events times watches that want them: so much is told in one go. */
    private static final int FULL_DELIVERIES = 1 << 14;

    /** No revision goes on behind this. */
    static final int WHOLE = Integer.MAX_VALUE;

    private static final int INITIAL_BYTES = 4096;
    private static final int INITIAL_COUNT = 16;
    private static final int NONE = -1;

    /** Groups of watches that have not been told anything yet, without and with what was before. */
    private static final int PLAIN_ROOT = 0;

    private static final int PREVIOUS_ROOT = 1;
    private static final int ROOTS = 2;

    private static final int EVENT_FIELD = 11;
    private static final int TYPE = 1;
    private static final int KV = 2;
    private static final int PREV_KV = 3;

    private final Consumer<WatchedRange> onFound = this::found;
    private final Consumer<WatchedRange> onForeseen = this::foreseen;
    private final KeyVersion previous = new KeyVersion();
    private final MvccStore store;
    private final WatchSink sink;
    private final int fullBytes;
    private ExpandableArrayBuffer events = new ExpandableArrayBuffer(INITIAL_BYTES);
    private ExpandableArrayBuffer message = new ExpandableArrayBuffer(INITIAL_BYTES);
    private int eventsEnd;
    private int deliveries;

    // Of each event: where it is printed without and with what was before, and its revision.
    private int eventCount;
    private int[] plainOffsets = new int[INITIAL_COUNT];
    private int[] plainEnds = new int[INITIAL_COUNT];
    private int[] previousOffsets = new int[INITIAL_COUNT];
    private int[] previousEnds = new int[INITIAL_COUNT];
    private long[] revisions = new long[INITIAL_COUNT];

    // Of each group: the one that it comes from, the last event it wants, and who is in it.
    private int groupCount;
    private int[] parents = new int[INITIAL_COUNT];
    private int[] lastEvents = new int[INITIAL_COUNT];
    private int[] newestChildren = new int[INITIAL_COUNT];
    private int[] depths = new int[INITIAL_COUNT];
    private int[] members = new int[INITIAL_COUNT];

    private Watch[] touched = new Watch[INITIAL_COUNT];
    private int touchedCount;

    /** Those touched, by group. */
    private Watch[] grouped = new Watch[INITIAL_COUNT];

    // Of one group: who has all of the last revision with this, and who has not.
    private long[] complete = new long[INITIAL_COUNT];
    private int completeCount;
    private long[] parted = new long[INITIAL_COUNT];
    private int partedCount;
    private int[] path = new int[INITIAL_COUNT];

    private KeyVersion change;
    private boolean isSweep;
    private boolean isEventTaken;

    /**
     * @param fullBytes of printed events, about: with so many it is full.
     */
    EventBatch(final MvccStore store, final WatchSink sink, final int fullBytes) {
        this.store = store;
        this.sink = sink;
        this.fullBytes = fullBytes;
    }

    /** Told of a watch that had better be told later. */
    @FunctionalInterface
    interface HoldBack {
        void hold(Watch watch);
    }

    /**
     * Begins with nothing.
     *
     * @param isOfSweep whether only watches of the sweep are told.
     */
    void begin(final boolean isOfSweep) {
        if (events.capacity() > MAX_KEPT_BYTES) {
            events = new ExpandableArrayBuffer(INITIAL_BYTES);
        }
        if (message.capacity() > MAX_KEPT_BYTES) {
            message = new ExpandableArrayBuffer(INITIAL_BYTES);
        }
        isSweep = isOfSweep;
        eventCount = 0;
        eventsEnd = 0;
        deliveries = 0;
        touchedCount = 0;
        groupCount = 0;
        newGroup(NONE, NONE, 0);
        newGroup(NONE, NONE, 0);
    }

    /** Whether it had better be told before more is added. */
    boolean isFull() {
        return eventsEnd >= fullBytes || deliveries >= FULL_DELIVERIES;
    }

    /** Takes the next change, for the watches of an index that want it. */
    void add(final WatchIndex index, final KeyVersion version) {
        change = version;
        isEventTaken = false;
        index.match(version.buffer(), version.keyOffset(), version.keyLength(), onFound);
        if (isEventTaken) {
            eventCount++;
        }
    }

    private void found(final WatchedRange range) {
        final boolean isDelete = change.isTombstone();
        final long revision = change.modRevision();
        for (Watch watch = range.first; watch != null; watch = watch.nextInRange) {
            if (isWanted(watch, isDelete, revision)) {
                take(watch);
            }
        }
    }

    private boolean isWanted(final Watch watch, final boolean isDelete, final long revision) {
        return watch.wants(isDelete) && revision >= watch.next && (!isSweep || watch.isInSweep());
    }

    /**
     * Has the watches of an index that want a change know that it is to come. Of a revision that
     * may be told in parts, all is to be passed here, in order, before any of it is added.
     *
     * @param isOfSweep as for {@link #begin}.
     */
    void foresee(final WatchIndex index, final KeyVersion version, final boolean isOfSweep) {
        isSweep = isOfSweep;
        change = version;
        index.match(version.buffer(), version.keyOffset(), version.keyLength(), onForeseen);
    }

    private void foreseen(final WatchedRange range) {
        final boolean isDelete = change.isTombstone();
        final long revision = change.modRevision();
        for (Watch watch = range.first; watch != null; watch = watch.nextInRange) {
            if (isWanted(watch, isDelete, revision)) {
                watch.lastSub = change.sub();
            }
        }
    }

    private void take(final Watch watch) {
        deliveries++;
        takeEvent();
        if (watch.wantsPrevious()) {
            printWithPrevious();
        } else {
            printPlain();
        }
        int group = watch.group;
        if (group == Watch.NO_GROUP) {
            group = watch.wantsPrevious() ? PREVIOUS_ROOT : PLAIN_ROOT;
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, touchedCount * 2);
            }
            touched[touchedCount++] = watch;
        }
        final int child = newestChildren[group];
        if (child != NONE && lastEvents[child] == eventCount) {
            group = child;
        } else {
            newestChildren[group] = groupCount;
            group = newGroup(group, eventCount, depths[group] + 1);
        }
        watch.group = group;
    }

    private int newGroup(final int parent, final int event, final int depth) {
        if (groupCount == parents.length) {
            final int capacity = groupCount * 2;
            parents = Arrays.copyOf(parents, capacity);
            lastEvents = Arrays.copyOf(lastEvents, capacity);
            newestChildren = Arrays.copyOf(newestChildren, capacity);
            depths = Arrays.copyOf(depths, capacity);
            members = Arrays.copyOf(members, capacity);
        }
        parents[groupCount] = parent;
        lastEvents[groupCount] = event;
        newestChildren[groupCount] = NONE;
        depths[groupCount] = depth;
        members[groupCount] = 0;
        return groupCount++;
    }

    /** Somebody wants the change. */
    private void takeEvent() {
        if (isEventTaken) {
            return;
        }
        isEventTaken = true;
        if (eventCount == revisions.length) {
            final int capacity = eventCount * 2;
            plainOffsets = Arrays.copyOf(plainOffsets, capacity);
            plainEnds = Arrays.copyOf(plainEnds, capacity);
            previousOffsets = Arrays.copyOf(previousOffsets, capacity);
            previousEnds = Arrays.copyOf(previousEnds, capacity);
            revisions = Arrays.copyOf(revisions, capacity);
        }
        revisions[eventCount] = change.modRevision();
        plainOffsets[eventCount] = NONE;
        previousOffsets[eventCount] = NONE;
    }

    private void printPlain() {
        if (plainOffsets[eventCount] == NONE) {
            plainOffsets[eventCount] = eventsEnd;
            eventsEnd = print(change, previous.unset());
            plainEnds[eventCount] = eventsEnd;
        }
    }

    /** What was before is left out where there was nothing, or where it is compacted. */
    private void printWithPrevious() {
        if (previousOffsets[eventCount] != NONE) {
            return;
        }
        if (store.previous(change, previous)) {
            previousOffsets[eventCount] = eventsEnd;
            eventsEnd = print(change, previous);
            previousEnds[eventCount] = eventsEnd;
        } else {
            printPlain();
            previousOffsets[eventCount] = plainOffsets[eventCount];
            previousEnds[eventCount] = plainEnds[eventCount];
        }
    }

    private int print(final KeyVersion kv, final KeyVersion before) {
        final int length =
                ProtoWriter.numberLength(TYPE, kv.isTombstone() ? 1 : 0)
                        + ProtoWriter.elementLength(KV, kv.bytesLength())
                        + (before.isSet()
                                ? ProtoWriter.elementLength(PREV_KV, before.bytesLength())
                                : 0);
        int at = ProtoWriter.head(events, eventsEnd, EVENT_FIELD, length);
        at = ProtoWriter.flag(events, at, TYPE, kv.isTombstone());
        at = put(at, KV, kv);
        return before.isSet() ? put(at, PREV_KV, before) : at;
    }

    private int put(final int offset, final int field, final KeyVersion version) {
        return ProtoWriter.element(
                events,
                offset,
                field,
                version.buffer(),
                version.bytesOffset(),
                version.bytesLength());
    }

    /**
     * Tells everybody who wants something of it. To be begun again after that.
     *
     * @param revision that the store has now.
     * @param lastRevision of the batch.
     * @param lastSub of the change added last, when more of its revision follow; else {@link
     *     #WHOLE}.
     * @param holdBack told of the watches that had better be told later: these are told nothing of
     *     it. Whoever has been told a part of a revision is told the rest, too.
     */
    void tell(
            final long revision,
            final long lastRevision,
            final int lastSub,
            final HoldBack holdBack) {
        if (touchedCount == 0) {
            return;
        }
        sort();
        int start = 0;
        for (int group = ROOTS; group < groupCount; group++) {
            final int end = members[group];
            if (end > start) {
                divide(start, end, lastRevision, lastSub, holdBack);
                tellGroup(group, revision, lastRevision);
                start = end;
            }
        }
        Arrays.fill(grouped, 0, touchedCount, null);
        touchedCount = 0;
    }

    /** By group; of each of these the end is in {@link #members}. */
    private void sort() {
        for (int i = 0; i < touchedCount; i++) {
            members[touched[i].group]++;
        }
        int end = 0;
        for (int group = ROOTS; group < groupCount; group++) {
            final int count = members[group];
            members[group] = end;
            end += count;
        }
        if (grouped.length < touchedCount) {
            grouped = new Watch[touched.length];
        }
        for (int i = 0; i < touchedCount; i++) {
            final Watch watch = touched[i];
            touched[i] = null;
            grouped[members[watch.group]++] = watch;
            watch.group = Watch.NO_GROUP;
        }
    }

    /** Who of a group is told now, and whether it has its last revision as a whole with that. */
    private void divide(
            final int from,
            final int to,
            final long lastRevision,
            final int lastSub,
            final HoldBack holdBack) {
        if (complete.length < to - from) {
            complete = new long[Math.max(to - from, complete.length * 2)];
            parted = new long[complete.length];
        }
        completeCount = 0;
        partedCount = 0;
        long way = -1;
        boolean isBehind = false;
        for (int i = from; i < to; i++) {
            final Watch watch = grouped[i];
            final long newWay = watch.correlationId >>> WatchSink.WAY_SHIFT;
            if (newWay != way) {
                way = newWay;
                isBehind = sink.isBehind(watch.correlationId);
            }
            if (isBehind && !watch.isParted()) {
                watch.lastSub = 0;
                holdBack.hold(watch);
            } else if (watch.lastSub > lastSub) {
                watch.parted(true);
                parted[partedCount++] = watch.correlationId;
            } else {
                watch.lastSub = 0;
                watch.parted(false);
                watch.next = lastRevision + 1;
                watch.begun();
                complete[completeCount++] = watch.correlationId;
            }
        }
    }

    private void tellGroup(final int group, final long revision, final long lastRevision) {
        final boolean hasPrevious = fillPath(group) == PREVIOUS_ROOT;
        if (completeCount > 0) {
            tell(complete, completeCount, depths[group], hasPrevious, revision, lastRevision);
        }
        if (partedCount > 0) {
            tell(parted, partedCount, depths[group], hasPrevious, revision, lastRevision - 1);
        }
    }

    private void tell(
            final long[] ids,
            final int count,
            final int depth,
            final boolean hasPrevious,
            final long revision,
            final long lastRevision) {
        int end = KvEvents.HEAD_LENGTH;
        int eventsIn = 0;
        for (int i = 0; i < depth; i++) {
            final int event = path[i];
            final int offset = hasPrevious ? previousOffsets[event] : plainOffsets[event];
            final int length = (hasPrevious ? previousEnds[event] : plainEnds[event]) - offset;
            if (eventsIn > 0 && end + length > MAX_MESSAGE_BYTES) {
                KvEvents.encodeHead(message, 0, eventsIn, revision, revisions[event] - 1);
                sink.onEvents(ids, count, message, 0, end);
                end = KvEvents.HEAD_LENGTH;
                eventsIn = 0;
            }
            message.putBytes(end, events, offset, length);
            end += length;
            eventsIn++;
        }
        KvEvents.encodeHead(message, 0, eventsIn, revision, lastRevision);
        sink.onEvents(ids, count, message, 0, end);
    }

    /** Collects the events that a group wants. Returns the root that it comes from. */
    private int fillPath(final int group) {
        final int depth = depths[group];
        if (path.length < depth) {
            path = new int[Math.max(depth, path.length * 2)];
        }
        int each = group;
        for (int i = depth - 1; i >= 0; i--) {
            path[i] = lastEvents[each];
            each = parents[each];
        }
        return each;
    }
}
