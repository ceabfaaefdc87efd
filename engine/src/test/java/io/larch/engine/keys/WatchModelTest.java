package io.larch.engine.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random watches and writes against a plain reading of the matching rules. */
class WatchModelTest {
    private static final String[] NAMES = {"a", "b", "_h", "ab", "a_"};

    private final TreeSet<String> nodes = new TreeSet<>();
    private final TreeSet<String> dirs = new TreeSet<>();
    private final List<Watch> watches = new ArrayList<>();
    private final List<Event> history = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();

    private record Watch(long id, String key, boolean isRecursive, boolean isStream, long since) {}

    private record Event(String key, String action, long index, boolean isDirRemoved) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldTellThoseWhomTheRulesName(final long seed) {
        final Random random = new Random(seed);
        try (StoreFixture larch = new StoreFixture()) {
            for (int step = 0; step < 5000; step++) {
                expected.clear();
                final String key = key(random);
                switch (random.nextInt(6)) {
                    case 0:
                    case 1:
                        watch(random, larch, step + 1, key);
                        break;
                    case 2:
                        if (!watches.isEmpty()) {
                            final Watch gone = watches.remove(random.nextInt(watches.size()));
                            larch.store.cancelWatch(gone.id);
                        }
                        break;
                    case 3:
                        larch.delete(key).recursive().run();
                        if (nodes.contains(key)) {
                            removal(key, larch.store.index());
                        }
                        break;
                    default:
                        final boolean isDir = random.nextInt(3) == 0;
                        final String outcome =
                                (isDir ? larch.mkdir(key) : larch.set(key, "v")).run();
                        if (larch.result.isOk()) {
                            change(key, isDir, larch.store.index());
                        }
                        assertEquals(larch.result.isOk(), outcome.contains("set"));
                }
                final List<String> told = new ArrayList<>(larch.told());
                told.sort(null);
                expected.sort(null);
                assertEquals(expected, told, "step " + step);
                assertEquals(
                        watches.size(),
                        larch.store.stats().get(StoreStats.Counter.WATCHERS),
                        "step " + step);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6, 7, 8})
    @Tag("slow")
    void shouldTellThoseWhomTheRulesNameWithMoreSeeds(final long seed) {
        shouldTellThoseWhomTheRulesName(seed);
    }

    private void watch(
            final Random random, final StoreFixture larch, final long id, final String key) {
        final boolean isRecursive = random.nextBoolean();
        final boolean isStream = random.nextInt(4) == 0;
        final long index = larch.store.index();
        final long waitIndex =
                random.nextInt(3) > 0 ? 0 : Math.max(1, index - 20 + random.nextInt(30));
        larch.watch(id, key).index(waitIndex);
        if (isRecursive) {
            larch.recursive();
        }
        if (isStream) {
            larch.stream();
        }
        larch.run();
        expected.add(id + " start @" + index);
        if (waitIndex != 0) {
            for (final Event event : history) {
                if (event.index >= waitIndex && isShownLater(event, key, isRecursive)) {
                    expected.add(id + " " + event.action + " " + event.key + " @" + event.index);
                    if (!isStream) {
                        return;
                    }
                }
            }
        }
        watches.add(new Watch(id, key, isRecursive, isStream, Math.max(waitIndex, index + 1)));
    }

    private static boolean isShownLater(
            final Event event, final String key, final boolean isRecursive) {
        return event.key.equals(key)
                || isRecursive && event.key.startsWith(key.equals("/") ? "/" : key + "/")
                || event.isDirRemoved && key.startsWith(event.key + "/");
    }

    private void change(final String key, final boolean isDir, final long index) {
        for (int slash = key.indexOf('/', 1); slash > 0; slash = key.indexOf('/', slash + 1)) {
            nodes.add(key.substring(0, slash));
            dirs.add(key.substring(0, slash));
        }
        nodes.add(key);
        if (isDir) {
            dirs.add(key);
        }
        tell(new Event(key, "set", index, false), nodes);
    }

    private void removal(final String key, final long index) {
        tell(new Event(key, "delete", index, dirs.contains(key)), nodes);
        nodes.removeIf(node -> node.equals(key) || node.startsWith(key + "/"));
        dirs.removeIf(node -> node.equals(key) || node.startsWith(key + "/"));
    }

    private void tell(final Event event, final TreeSet<String> existing) {
        history.add(event);
        final Iterator<Watch> each = watches.iterator();
        while (each.hasNext()) {
            final Watch watch = each.next();
            if (event.index >= watch.since && isShownLive(event, watch, existing)) {
                expected.add(watch.id + " " + event.action + " " + event.key + " @" + event.index);
                if (!watch.isStream) {
                    each.remove();
                }
            }
        }
    }

    private static boolean isShownLive(
            final Event event, final Watch watch, final TreeSet<String> existing) {
        if (watch.key.equals(event.key)) {
            return true;
        }
        final String below = watch.key.equals("/") ? "/" : watch.key + "/";
        if (watch.isRecursive && event.key.startsWith(below)) {
            return !event.key.substring(below.length() - 1).contains("/_");
        }
        return event.isDirRemoved
                && watch.key.startsWith(event.key + "/")
                && existing.contains(watch.key);
    }

    private static String key(final Random random) {
        final StringBuilder key = new StringBuilder();
        for (int depth = random.nextInt(4); depth >= 0; depth--) {
            key.append('/').append(NAMES[random.nextInt(NAMES.length)]);
        }
        return random.nextInt(30) == 0 ? "/" : key.toString();
    }
}
