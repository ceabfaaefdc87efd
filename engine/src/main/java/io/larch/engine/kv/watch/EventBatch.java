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
 * Events of some whole revisions, and who is to be told which of them. All watches that want the
 * same events in the same form are one group and are told once: as events come in order, each watch
 * moves from its group to the one of those that want the next event, too. An event is printed when
 * the first watch wants it, and copied after that.
 *
 * <p>To be used again and again; allocates nothing in steady state.
 */
final class EventBatch {
    /** A message is not longer, unless a single event is. */
    static final int MAX_MESSAGE_BYTES = 1 << 20;

    private static final int MAX_KEPT_BYTES = 4 << 20;
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
    private final KeyVersion previous = new KeyVersion();
    private final MvccStore store;
    private final WatchSink sink;
    private ExpandableArrayBuffer events = new ExpandableArrayBuffer(INITIAL_BYTES);
    private ExpandableArrayBuffer message = new ExpandableArrayBuffer(INITIAL_BYTES);
    private int eventsEnd;

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
    private long[] ids = new long[INITIAL_COUNT];
    private long[] told = new long[INITIAL_COUNT];
    private int[] path = new int[INITIAL_COUNT];

    private KeyVersion change;
    private boolean isSweep;
    private boolean isEventTaken;

    EventBatch(final MvccStore store, final WatchSink sink) {
        this.store = store;
        this.sink = sink;
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
        touchedCount = 0;
        groupCount = 0;
        newGroup(NONE, NONE, 0);
        newGroup(NONE, NONE, 0);
    }

    /** Bytes that were printed. */
    int bytes() {
        return eventsEnd;
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
            if (watch.wants(isDelete)
                    && revision >= watch.next
                    && (!isSweep || watch.isInSweep())) {
                take(watch);
            }
        }
    }

    private void take(final Watch watch) {
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
        } else {
            members[group]--;
        }
        final int child = newestChildren[group];
        if (child != NONE && lastEvents[child] == eventCount) {
            group = child;
        } else {
            newestChildren[group] = groupCount;
            group = newGroup(group, eventCount, depths[group] + 1);
        }
        members[group]++;
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
     * Tells everybody who wants something of it.
     *
     * @param revision that the store has now.
     * @param lastRevision of the batch.
     * @param holdBack told first of the watches that had better be told later: these are told
     *     nothing of it.
     */
    void tell(final long revision, final long lastRevision, final HoldBack holdBack) {
        if (touchedCount == 0) {
            return;
        }
        holdBack(holdBack);
        int end = 0;
        for (int group = ROOTS; group < groupCount; group++) {
            final int count = members[group];
            members[group] = end;
            end += count;
        }
        if (ids.length < end) {
            ids = new long[Math.max(end, ids.length * 2)];
        }
        for (int i = 0; i < touchedCount; i++) {
            final Watch watch = touched[i];
            touched[i] = null;
            if (watch != null) {
                ids[members[watch.group]++] = watch.correlationId;
                watch.group = Watch.NO_GROUP;
            }
        }
        int start = 0;
        for (int group = ROOTS; group < groupCount; group++) {
            if (members[group] > start) {
                tellGroup(group, start, members[group], revision, lastRevision);
                start = members[group];
            }
        }
    }

    private void holdBack(final HoldBack holdBack) {
        long way = -1;
        boolean isBehind = false;
        for (int i = 0; i < touchedCount; i++) {
            final Watch watch = touched[i];
            final long newWay = watch.correlationId >>> WatchSink.WAY_SHIFT;
            if (newWay != way) {
                way = newWay;
                isBehind = sink.isBehind(watch.correlationId);
            }
            if (isBehind) {
                members[watch.group]--;
                watch.group = Watch.NO_GROUP;
                touched[i] = null;
                holdBack.hold(watch);
            }
        }
    }

    private void tellGroup(
            final int group,
            final int from,
            final int to,
            final long revision,
            final long lastRevision) {
        final boolean hasPrevious = fillPath(group) == PREVIOUS_ROOT;
        final int count = to - from;
        if (told.length < count) {
            told = new long[Math.max(count, told.length * 2)];
        }
        System.arraycopy(ids, from, told, 0, count);
        int end = KvEvents.HEAD_LENGTH;
        int eventsIn = 0;
        for (int i = 0; i < depths[group]; i++) {
            final int event = path[i];
            final int offset = hasPrevious ? previousOffsets[event] : plainOffsets[event];
            final int length = (hasPrevious ? previousEnds[event] : plainEnds[event]) - offset;
            if (eventsIn > 0 && end + length > MAX_MESSAGE_BYTES) {
                send(count, eventsIn, revision, revisions[event] - 1, end);
                end = KvEvents.HEAD_LENGTH;
                eventsIn = 0;
            }
            message.putBytes(end, events, offset, length);
            end += length;
            eventsIn++;
        }
        send(count, eventsIn, revision, lastRevision, end);
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

    private void send(
            final int count,
            final int eventsIn,
            final long revision,
            final long lastRevision,
            final int end) {
        KvEvents.encodeHead(message, 0, eventsIn, revision, lastRevision);
        sink.onEvents(told, count, message, 0, end);
    }
}
