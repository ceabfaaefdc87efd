package io.larch.tools.faults;

import io.larch.tools.conformance.JsonTree;

/**
 * One event as a watcher got it.
 *
 * @param index the store's index of the change.
 * @param text the line as it came.
 */
record Event(long index, long createdIndex, String key, String value, String text) {
    static Event parse(final String text) {
        final Object document = JsonTree.parse(text);
        return new Event(
                (long) JsonTree.at(document, "node", "modifiedIndex"),
                (long) JsonTree.at(document, "node", "createdIndex"),
                (String) JsonTree.at(document, "node", "key"),
                (String) JsonTree.at(document, "node", "value"),
                text);
    }
}
