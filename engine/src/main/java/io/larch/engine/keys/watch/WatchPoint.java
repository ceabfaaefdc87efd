package io.larch.engine.keys.watch;

import org.agrona.DirectBuffer;

/** A path that is watched, or on the way to one; a node of {@link WatcherHub}'s tree of names. */
final class WatchPoint {
    WatchPoint parent;
    WatchPoint firstChild;
    WatchPoint lastChild;
    WatchPoint previousSibling;
    WatchPoint nextSibling;
    WatchPoint nextInBucket;
    Watcher firstWatcher;
    Watcher lastWatcher;
    byte[] name = new byte[32];
    int nameLength;
    int hash;

    void name(final DirectBuffer path, final int offset, final int length) {
        if (name.length < length) {
            name = new byte[length];
        }
        path.getBytes(offset, name, 0, length);
        nameLength = length;
    }

    boolean isNamed(final DirectBuffer path, final int offset, final int length) {
        if (nameLength != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != path.getByte(offset + i)) {
                return false;
            }
        }
        return true;
    }

    boolean isUseless() {
        return firstChild == null && firstWatcher == null && parent != null;
    }

    void addChild(final WatchPoint child) {
        child.parent = this;
        child.previousSibling = lastChild;
        child.nextSibling = null;
        if (lastChild == null) {
            firstChild = child;
        } else {
            lastChild.nextSibling = child;
        }
        lastChild = child;
    }

    void removeChild(final WatchPoint child) {
        if (child.previousSibling == null) {
            firstChild = child.nextSibling;
        } else {
            child.previousSibling.nextSibling = child.nextSibling;
        }
        if (child.nextSibling == null) {
            lastChild = child.previousSibling;
        } else {
            child.nextSibling.previousSibling = child.previousSibling;
        }
    }

    void addWatcher(final Watcher watcher) {
        watcher.point = this;
        watcher.nextAtPoint = null;
        watcher.previousAtPoint = lastWatcher;
        if (lastWatcher == null) {
            firstWatcher = watcher;
        } else {
            lastWatcher.nextAtPoint = watcher;
        }
        lastWatcher = watcher;
    }

    void removeWatcher(final Watcher watcher) {
        if (watcher.previousAtPoint == null) {
            firstWatcher = watcher.nextAtPoint;
        } else {
            watcher.previousAtPoint.nextAtPoint = watcher.nextAtPoint;
        }
        if (watcher.nextAtPoint == null) {
            lastWatcher = watcher.previousAtPoint;
        } else {
            watcher.nextAtPoint.previousAtPoint = watcher.previousAtPoint;
        }
    }
}
