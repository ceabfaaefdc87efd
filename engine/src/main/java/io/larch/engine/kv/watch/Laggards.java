package io.larch.engine.kv.watch;

import io.larch.engine.application.WatchSink;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Watches that have to be told of the past still, by the way that they go: so those whose way is
 * full cost nothing, however many they are.
 */
final class Laggards {
    /** Few. */
    private final List<Way> ways = new ArrayList<>();

    private int size;

    /** All that go one way, in no order that counts. */
    private static final class Way {
        private final long id;
        private Watch first;

        Way(final long id) {
            this.id = id;
        }
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(final Watch watch) {
        final Way way = way(watch);
        watch.previousLaggard = null;
        watch.nextLaggard = way.first;
        if (way.first != null) {
            way.first.previousLaggard = watch;
        }
        way.first = watch;
        size++;
    }

    /** It is among them. */
    void remove(final Watch watch) {
        if (watch.previousLaggard == null) {
            way(watch).first = watch.nextLaggard;
        } else {
            watch.previousLaggard.nextLaggard = watch.nextLaggard;
        }
        if (watch.nextLaggard != null) {
            watch.nextLaggard.previousLaggard = watch.previousLaggard;
        }
        watch.previousLaggard = null;
        watch.nextLaggard = null;
        size--;
    }

    private Way way(final Watch watch) {
        final long id = watch.correlationId >>> WatchSink.WAY_SHIFT;
        for (int i = 0; i < ways.size(); i++) {
            if (ways.get(i).id == id) {
                return ways.get(i);
            }
        }
        final Way way = new Way(id);
        ways.add(way);
        return way;
    }

    /** Whether one of them can be told something. */
    boolean canTell(final WatchSink sink) {
        for (int i = 0; i < ways.size(); i++) {
            if (isOpen(ways.get(i), sink)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOpen(final Way way, final WatchSink sink) {
        return way.first != null && !sink.isBehind(way.first.correlationId);
    }

    /** Passes all that can be told something. None may come or go meanwhile. */
    void forEachOpen(final WatchSink sink, final Consumer<Watch> consumer) {
        for (final Way way : ways) {
            if (isOpen(way, sink)) {
                forEach(way, consumer);
            }
        }
    }

    /** Passes all. None may come or go meanwhile. */
    void forEach(final Consumer<Watch> consumer) {
        for (final Way way : ways) {
            forEach(way, consumer);
        }
    }

    private static void forEach(final Way way, final Consumer<Watch> consumer) {
        for (Watch each = way.first; each != null; each = each.nextLaggard) {
            consumer.accept(each);
        }
    }
}
