package io.larch.engine.keys.watch;

import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.keys.tree.KeyTree;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Who watches what, and which watches an event goes to. The watched paths form a tree of names, so
 * that an event costs its depth plus the watches it goes to, and the removal of a directory the
 * watched paths below it.
 *
 * <p>An event is matched first, while the tree still has what it removes, and delivered afterwards.
 */
public final class WatcherHub {
    private static final int MAX_SPARE = 1024;

    private final WatchPoint root = new WatchPoint();
    private final WatchPointIndex points = new WatchPointIndex();
    private final Long2ObjectHashMap<Watcher> watchers = new Long2ObjectHashMap<>();
    private final ExpandableArrayBuffer path = new ExpandableArrayBuffer(256);
    private Watcher oldest;
    private Watcher newest;
    private Watcher spareWatchers;
    private int spareWatcherCount;
    private WatchPoint sparePoints;
    private int sparePointCount;
    private Watcher[] matched = new Watcher[16];
    private int matchedCount;
    private long[] matchedIds = new long[16];
    private long replayingId;
    private boolean isReplayCancelled;

    public int count() {
        return watchers.size();
    }

    /** Registers a watch; a second one with the same id replaces the first. */
    public void add(
            final long correlationId,
            final DirectBuffer key,
            final int offset,
            final int length,
            final boolean isRecursive,
            final boolean isStream,
            final long sinceIndex) {
        cancel(correlationId);
        WatchPoint point = root;
        int start = 1;
        while (start <= length) {
            final int end = componentEnd(key, offset, start, length);
            final WatchPoint found = points.find(point, key, offset + start, end - start);
            point = found != null ? found : addPoint(point, key, offset + start, end - start);
            start = end + 1;
        }
        final Watcher watcher = newWatcher();
        watcher.correlationId = correlationId;
        watcher.isRecursive = isRecursive;
        watcher.isStream = isStream;
        watcher.sinceIndex = sinceIndex;
        point.addWatcher(watcher);
        linkNewest(watcher);
        watchers.put(correlationId, watcher);
    }

    /**
     * @return whether it was registered.
     */
    public boolean cancel(final long correlationId) {
        isReplayCancelled |= correlationId == replayingId;
        final Watcher watcher = watchers.remove(correlationId);
        if (watcher == null) {
            return false;
        }
        release(watcher);
        return true;
    }

    /** Ends every watch, oldest first. */
    public void endAll(final WatchSink sink) {
        while (oldest != null) {
            final long correlationId = oldest.correlationId;
            cancel(correlationId);
            sink.onWatchEnd(correlationId);
        }
    }

    /**
     * Tells a watch what the history has for it from an index on: the first match, or for a stream
     * all. Unlike live matching it shows hidden nodes, and any watch what removed a directory above
     * its key.
     *
     * @return whether the watch goes on.
     */
    public boolean replay(
            final EventHistory history,
            final long fromIndex,
            final KeysCommand command,
            final int keyLength,
            final WatchSink sink) {
        final boolean isRecursive = command.has(KeysCommand.RECURSIVE);
        final boolean isStream = command.has(KeysCommand.STREAM);
        final DirectBuffer key = command.buffer();
        final int keyOffset = command.pathOffset();
        replayingId = command.correlationId();
        isReplayCancelled = false;
        final long wanted = KeySignature.ofPath(key, keyOffset, keyLength);
        for (long index = history.nextCandidate(fromIndex, wanted);
                index < history.nextIndex();
                index = history.nextCandidate(index + 1, wanted)) {
            final DirectBuffer event = history.event(index);
            if (isShownLater(event, key, keyOffset, keyLength, isRecursive)) {
                matchedIds[0] = replayingId;
                sink.onEvents(matchedIds, 1, event, 0, history.length(index));
                if (!isStream || isReplayCancelled) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean isShownLater(
            final DirectBuffer event,
            final DirectBuffer key,
            final int keyOffset,
            final int keyLength,
            final boolean isRecursive) {
        final int flags = EventFlyweight.flags(event, 0);
        if ((flags & EventFlyweight.REFRESH) != 0) {
            return false;
        }
        final int node = EventFlyweight.HEADER_LENGTH;
        final int eventKeyOffset = EventFlyweight.keyOffset(node);
        final int eventKeyLength = EventFlyweight.keyLength(event, node);
        if (eventKeyLength == keyLength) {
            return isSame(event, eventKeyOffset, key, keyOffset, keyLength);
        }
        if (eventKeyLength > keyLength) {
            return isRecursive
                    && event.getByte(eventKeyOffset + keyLength) == '/'
                    && isSame(event, eventKeyOffset, key, keyOffset, keyLength);
        }
        return (flags & EventFlyweight.DIR_REMOVED) != 0
                && key.getByte(keyOffset + eventKeyLength) == '/'
                && isSame(event, eventKeyOffset, key, keyOffset, eventKeyLength);
    }

    private static boolean isSame(
            final DirectBuffer left,
            final int leftOffset,
            final DirectBuffer right,
            final int rightOffset,
            final int length) {
        for (int i = length - 1; i >= 0; i--) {
            if (left.getByte(leftOffset + i) != right.getByte(rightOffset + i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Collects the watches of a change at a key: ancestors' first, from the root down, then the
     * key's own.
     */
    public void match(
            final DirectBuffer key, final int offset, final int length, final long index) {
        if (watchers.isEmpty()) {
            return;
        }
        matchAncestors(key, offset, length, index);
        final WatchPoint own = findPoint(key, offset, length);
        if (own != null) {
            matchAll(own, index);
        }
    }

    /**
     * Collects the watches of a removal: first those of the nodes removed with the key, then its
     * own, then the ancestors'. To be called while the tree still has the nodes.
     */
    public void matchRemoval(
            final DirectBuffer key,
            final int offset,
            final int length,
            final long index,
            final KeyTree tree) {
        if (watchers.isEmpty()) {
            return;
        }
        final WatchPoint own = findPoint(key, offset, length);
        if (own != null) {
            matchBelow(own, key, offset, length, index, tree);
            matchAll(own, index);
        }
        matchAncestors(key, offset, length, index);
    }

    /** Tells what was collected of an event; long polls are over with it. */
    public void deliver(
            final WatchSink sink, final DirectBuffer event, final int offset, final int length) {
        final int count = matchedCount;
        if (count == 0) {
            return;
        }
        matchedCount = 0;
        if (matchedIds.length < count) {
            matchedIds = new long[matched.length];
        }
        for (int i = 0; i < count; i++) {
            final Watcher watcher = matched[i];
            matched[i] = null;
            matchedIds[i] = watcher.correlationId;
            if (!watcher.isStream) {
                cancel(watcher.correlationId);
            }
        }
        sink.onEvents(matchedIds, count, event, offset, length);
    }

    private void matchAncestors(
            final DirectBuffer key, final int offset, final int length, final long index) {
        final int lastHidden = lastHiddenComponent(key, offset, length);
        WatchPoint point = root;
        int start = 1;
        while (true) {
            if (start - 1 > lastHidden) {
                matchRecursive(point, index);
            }
            final int end = componentEnd(key, offset, start, length);
            if (end == length) {
                return;
            }
            point = points.find(point, key, offset + start, end - start);
            if (point == null) {
                return;
            }
            start = end + 1;
        }
    }

    /** Children before their parents; skips what the tree does not have. */
    private void matchBelow(
            final WatchPoint own,
            final DirectBuffer key,
            final int offset,
            final int length,
            final long index,
            final KeyTree tree) {
        if (own.firstChild == null) {
            return;
        }
        path.putBytes(0, key, offset, length);
        int pathLength = length;
        WatchPoint point = own;
        WatchPoint next = own.firstChild;
        while (true) {
            if (next == null) {
                if (point == own) {
                    return;
                }
                matchAll(point, index);
                pathLength -= point.nameLength + 1;
                next = point.nextSibling;
                point = point.parent;
                continue;
            }
            path.putByte(pathLength, (byte) '/');
            path.putBytes(pathLength + 1, next.name, 0, next.nameLength);
            final int nextLength = pathLength + 1 + next.nameLength;
            if (tree.find(path, 0, nextLength) == 0) {
                next = next.nextSibling;
                continue;
            }
            pathLength = nextLength;
            point = next;
            next = next.firstChild;
        }
    }

    private void matchAll(final WatchPoint point, final long index) {
        for (Watcher watcher = point.firstWatcher; watcher != null; watcher = watcher.nextAtPoint) {
            collect(watcher, index);
        }
    }

    private void matchRecursive(final WatchPoint point, final long index) {
        for (Watcher watcher = point.firstWatcher; watcher != null; watcher = watcher.nextAtPoint) {
            if (watcher.isRecursive) {
                collect(watcher, index);
            }
        }
    }

    private void collect(final Watcher watcher, final long index) {
        if (Long.compareUnsigned(index, watcher.sinceIndex) < 0) {
            return;
        }
        if (matchedCount == matched.length) {
            matched = Arrays.copyOf(matched, matchedCount * 2);
        }
        matched[matchedCount++] = watcher;
    }

    private WatchPoint findPoint(final DirectBuffer key, final int offset, final int length) {
        WatchPoint point = root;
        int start = 1;
        while (start <= length && point != null) {
            final int end = componentEnd(key, offset, start, length);
            point = points.find(point, key, offset + start, end - start);
            start = end + 1;
        }
        return point;
    }

    private static int componentEnd(
            final DirectBuffer key, final int offset, final int start, final int length) {
        int end = start;
        while (end < length && key.getByte(offset + end) != '/') {
            end++;
        }
        return end;
    }

    /**
     * @return where the last component that starts with an underscore has its slash, -1 if none.
     */
    private static int lastHiddenComponent(
            final DirectBuffer key, final int offset, final int length) {
        for (int i = length - 2; i >= 0; i--) {
            if (key.getByte(offset + i) == '/' && key.getByte(offset + i + 1) == '_') {
                return i;
            }
        }
        return -1;
    }

    private WatchPoint addPoint(
            final WatchPoint parent, final DirectBuffer key, final int offset, final int length) {
        WatchPoint point = sparePoints;
        if (point == null) {
            point = new WatchPoint();
        } else {
            sparePoints = point.nextSibling;
            sparePointCount--;
        }
        point.name(key, offset, length);
        points.add(parent, point, key, offset);
        return point;
    }

    private void prune(final WatchPoint from) {
        WatchPoint point = from;
        while (point.isUseless()) {
            final WatchPoint parent = point.parent;
            points.remove(point);
            point.parent = null;
            point.nextInBucket = null;
            point.previousSibling = null;
            point.nextSibling = null;
            if (sparePointCount < MAX_SPARE && point.name.length <= 256) {
                point.nextSibling = sparePoints;
                sparePoints = point;
                sparePointCount++;
            }
            point = parent;
        }
    }

    private Watcher newWatcher() {
        final Watcher watcher = spareWatchers;
        if (watcher == null) {
            return new Watcher();
        }
        spareWatchers = watcher.next;
        spareWatcherCount--;
        return watcher;
    }

    private void release(final Watcher watcher) {
        final WatchPoint point = watcher.point;
        point.removeWatcher(watcher);
        unlink(watcher);
        watcher.point = null;
        watcher.previousAtPoint = null;
        watcher.nextAtPoint = null;
        if (spareWatcherCount < MAX_SPARE) {
            watcher.next = spareWatchers;
            spareWatchers = watcher;
            spareWatcherCount++;
        }
        prune(point);
    }

    private void linkNewest(final Watcher watcher) {
        watcher.next = null;
        watcher.previous = newest;
        if (newest == null) {
            oldest = watcher;
        } else {
            newest.next = watcher;
        }
        newest = watcher;
    }

    private void unlink(final Watcher watcher) {
        if (watcher.previous == null) {
            oldest = watcher.next;
        } else {
            watcher.previous.next = watcher.next;
        }
        if (watcher.next == null) {
            newest = watcher.previous;
        } else {
            watcher.next.previous = watcher.previous;
        }
        watcher.previous = null;
        watcher.next = null;
    }
}
