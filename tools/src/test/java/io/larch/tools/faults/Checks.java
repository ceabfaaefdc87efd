package io.larch.tools.faults;

import io.larch.tools.conformance.JsonTree;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must be true of a run, whatever broke: each acknowledged write happened once, where it was
 * acknowledged; refused ones did not happen, unknown ones at most once; every watcher saw
 * everything once and in order, or was told; the trees at the end are what the history leaves.
 */
final class Checks {
    private final Journal journal;
    private final History history;
    private final Errors errors;

    Checks(final Journal journal, final History history, final Errors errors) {
        this.journal = journal;
        this.history = history;
        this.errors = errors;
    }

    void checkWrites() {
        final Map<String, Write> byValue = new HashMap<>();
        for (final Write write : journal.writes()) {
            if (byValue.put(write.value(), write) != null) {
                throw new IllegalStateException("sent twice: " + write);
            }
            final List<Event> events = history.withValue(write.value());
            switch (write.outcome()) {
                case ACKNOWLEDGED -> checkAcknowledged(write, events);
                case REFUSED -> {
                    if (!events.isEmpty()) {
                        errors.add("refused, but done: " + write + ": " + events);
                    }
                }
                default -> {
                    if (events.size() > 1) {
                        errors.add("done more than once: " + write + ": " + events);
                    }
                }
            }
        }
        history.eventsByValue()
                .forEach(
                        (value, events) -> {
                            if (!byValue.containsKey(value)) {
                                errors.add("nobody sent: " + events);
                            }
                        });
    }

    private void checkAcknowledged(final Write write, final List<Event> events) {
        if (events.size() != 1) {
            errors.add(
                    (events.isEmpty() ? "lost: " : "done more than once: ")
                            + write
                            + ": "
                            + events);
            return;
        }
        final Event event = events.get(0);
        if (event.index() != write.index() || !event.key().equals(write.key())) {
            errors.add("done elsewhere: " + write + ": " + event);
        }
        if (write.expected() != null) {
            final Event before = history.lastChange(write.key(), write.index() - 1);
            if (before == null || !before.value().equals(write.expected())) {
                errors.add("swapped something else: " + write + ": " + before);
            }
        }
    }

    /** A read, local or not, shows the tree as it was at the index it tells. */
    void checkReads() {
        for (final Read read : journal.reads()) {
            final Event change = history.lastChange(read.key(), read.storeIndex());
            if (!Objects.equals(change == null ? null : change.value(), read.value())) {
                errors.add("read something else: " + read + ": " + change);
            }
        }
    }

    void checkWatchers(final List<Watcher.Seen> watchers) {
        for (final Watcher.Seen watcher : watchers) {
            for (final Watcher.Span span : watcher.spans()) {
                final Set<Long> seen = new HashSet<>();
                long last = span.firstIndex() - 1;
                for (final Event event : span.events()) {
                    if (event.index() <= last) {
                        errors.add(watcher.watcher() + " saw " + event + " after " + last);
                    }
                    last = event.index();
                    seen.add(last);
                }
                for (final Event event :
                        history.between(span.firstIndex(), span.lastIndex()).values()) {
                    if (!seen.contains(event.index())) {
                        errors.add(watcher.watcher() + " never saw " + event);
                    }
                }
            }
        }
    }

    /**
     * @param tree listing of the whole tree, the same on all members.
     */
    void checkTree(final Object tree) {
        final SortedMap<String, Object> found = new TreeMap<>();
        collect(JsonTree.at(((List<?>) tree).get(1), "node"), found);
        history.eventsByKey()
                .forEach(
                        (key, changes) -> {
                            final Event last = changes.lastEntry().getValue();
                            final Object node = found.remove(key);
                            if (node == null
                                    || !last.value().equals(JsonTree.at(node, "value"))
                                    || !equal(last.index(), node, "modifiedIndex")
                                    || !equal(last.createdIndex(), node, "createdIndex")) {
                                errors.add("in the tree: " + node + " after " + last);
                            }
                        });
        found.forEach((key, node) -> errors.add("in the tree, but no event: " + node));
    }

    private static boolean equal(final long expected, final Object node, final String field) {
        return Long.valueOf(expected).equals(JsonTree.at(node, field));
    }

    private static void collect(final Object node, final SortedMap<String, Object> found) {
        if (JsonTree.at(node, "nodes") instanceof List<?> children) {
            children.forEach(child -> collect(child, found));
        } else if (JsonTree.at(node, "key") instanceof String key
                && key.startsWith(Load.DIRECTORY + "/")) {
            found.put(key, node);
        }
    }
}
