package io.larch.tools.ctl;

import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/** Keys and directories of a cluster. Each method blocks, and throws what the store refuses. */
final class Keys {
    private final Cluster cluster;
    private final Duration totalTimeout;

    Keys(final Cluster cluster, final Duration totalTimeout) {
        this.cluster = cluster;
        this.totalTimeout = totalTimeout;
    }

    /**
     * Reads.
     *
     * @param isRecursive with all that is below.
     * @param isQuorum what a majority has, not what the member asked has.
     */
    KeyReply get(
            final String key,
            final boolean isRecursive,
            final boolean isSorted,
            final boolean isQuorum)
            throws IOException {
        final SortedMap<String, String> query = new TreeMap<>();
        query.put("quorum", String.valueOf(isQuorum));
        query.put("recursive", String.valueOf(isRecursive));
        query.put("sorted", String.valueOf(isSorted));
        return ask(Call.get(path(key, query)));
    }

    /**
     * Writes.
     *
     * @param conditions of the query: {@code prevValue}, {@code prevIndex}, {@code prevExist},
     *     {@code dir}.
     * @param ttlSeconds 0 or less: none.
     */
    KeyReply set(
            final String key,
            final String value,
            final SortedMap<String, String> conditions,
            final long ttlSeconds)
            throws IOException {
        final boolean isDirectory = conditions.containsKey("dir");
        return ask(form("PUT", path(key, conditions), isDirectory ? null : value, ttlSeconds));
    }

    /** Writes a new key below a directory, named so that it is the last. */
    KeyReply createInOrder(final String directory, final String value, final long ttlSeconds)
            throws IOException {
        return ask(form("POST", path(directory, new TreeMap<>()), value, ttlSeconds));
    }

    /**
     * Deletes.
     *
     * @param conditions of the query: {@code prevValue}, {@code prevIndex}, {@code dir}, {@code
     *     recursive}.
     */
    KeyReply delete(final String key, final SortedMap<String, String> conditions)
            throws IOException {
        return ask(new Call("DELETE", path(key, conditions), Call.FORM, null, false));
    }

    /** The events of a key, from the one after an index on; 0: from now on. */
    KeyWatch watch(final String key, final boolean isRecursive, final long afterIndex) {
        return new KeyWatch(cluster, key, isRecursive, afterIndex);
    }

    private KeyReply ask(final Call call) throws IOException {
        return KeyReply.of(cluster.ask(call, Deadline.in(totalTimeout)));
    }

    private static Call form(
            final String method, final String path, final String value, final long ttlSeconds) {
        final SortedMap<String, String> form = new TreeMap<>();
        if (value != null) {
            form.put("value", value);
        }
        if (ttlSeconds > 0) {
            form.put("ttl", String.valueOf(ttlSeconds));
        }
        return new Call(method, path, Call.FORM, GoText.query(form), false);
    }

    static String path(final String key, final SortedMap<String, String> query) {
        final String path = GoText.escapedPath(GoText.canonicalPath("/v2/keys/" + key));
        return query.isEmpty() ? path : path + "?" + GoText.query(query);
    }
}
