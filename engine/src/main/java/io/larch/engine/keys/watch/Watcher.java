package io.larch.engine.keys.watch;

/** One registered watch. Linked into the list of its path and into the list of all. */
final class Watcher {
    long correlationId;
    WatchPoint point;
    boolean isRecursive;
    boolean isStream;

    /** The first index it wants, unsigned. */
    long sinceIndex;

    Watcher previousAtPoint;
    Watcher nextAtPoint;
    Watcher previous;
    Watcher next;
}
