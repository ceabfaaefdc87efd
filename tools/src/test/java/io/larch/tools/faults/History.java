package io.larch.tools.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What happened to the keys of a run, by the store's index: all that any watcher has seen. Watchers
 * that disagree about an event, and parts that nobody watched, are told as errors.
 */
final class History {
    private final TreeMap<Long, Event> events = new TreeMap<>();
    private final Map<String, TreeMap<Long, Event>> eventsByKey = new HashMap<>();
    private final Map<String, List<Event>> eventsByValue = new HashMap<>();

    History(
            final List<Watcher.Seen> watchers,
            final long firstIndex,
            final long endIndex,
            final Errors errors) {
        final List<Watcher.Span> spans = new ArrayList<>();
        for (final Watcher.Seen watcher : watchers) {
            for (final Watcher.Span span : watcher.spans()) {
                spans.add(span);
                span.events().forEach(event -> add(event, watcher.watcher(), errors));
            }
        }
        for (final Event event : events.values()) {
            eventsByKey
                    .computeIfAbsent(event.key(), key -> new TreeMap<>())
                    .put(event.index(), event);
            eventsByValue.computeIfAbsent(event.value(), value -> new ArrayList<>()).add(event);
        }
        checkCovered(spans, firstIndex, endIndex, errors);
    }

    private void add(final Event event, final String watcher, final Errors errors) {
        final Event known = events.putIfAbsent(event.index(), event);
        if (known != null && !known.text().equals(event.text())) {
            errors.add(watcher + " saw " + event.text() + ", another " + known.text());
        }
    }

    /** Each index must be in some watcher's span, or a lost event could go unnoticed. */
    private static void checkCovered(
            final List<Watcher.Span> spans,
            final long firstIndex,
            final long endIndex,
            final Errors errors) {
        final List<Watcher.Span> sorted = new ArrayList<>(spans);
        sorted.sort((a, b) -> Long.compare(a.firstIndex(), b.firstIndex()));
        long covered = firstIndex - 1;
        for (final Watcher.Span span : sorted) {
            if (span.firstIndex() <= covered + 1) {
                covered = Math.max(covered, span.lastIndex());
            }
        }
        if (covered < endIndex) {
            errors.add("nobody watched from " + (covered + 1) + " to " + endIndex);
        }
    }

    /** Events by index. */
    SortedMap<Long, Event> events() {
        return events;
    }

    /** Events whose index lies between these two, which are included. */
    SortedMap<Long, Event> between(final long first, final long last) {
        return first > last ? new TreeMap<>() : events.subMap(first, true, last, true);
    }

    /** Keys that ever were. */
    Map<String, TreeMap<Long, Event>> eventsByKey() {
        return eventsByKey;
    }

    /** The last change of a key up to this index of the store; null when there was none. */
    Event lastChange(final String key, final long storeIndex) {
        final TreeMap<Long, Event> changes = eventsByKey.get(key);
        final Map.Entry<Long, Event> last = changes == null ? null : changes.floorEntry(storeIndex);
        return last == null ? null : last.getValue();
    }

    /** Where a value appeared. */
    List<Event> withValue(final String value) {
        return eventsByValue.getOrDefault(value, List.of());
    }

    /** Values that appeared, with their events. */
    Map<String, List<Event>> eventsByValue() {
        return eventsByValue;
    }
}
