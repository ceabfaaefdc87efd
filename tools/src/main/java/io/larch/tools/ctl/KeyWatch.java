package io.larch.tools.ctl;

import io.larch.tools.client.HttpReply;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Events of a key, one after the other and none left out. Not threadsafe. */
final class KeyWatch {
    private final Cluster cluster;
    private final String key;
    private final boolean isRecursive;
    private long waitIndex;

    KeyWatch(
            final Cluster cluster,
            final String key,
            final boolean isRecursive,
            final long afterIndex) {
        this.cluster = cluster;
        this.key = key;
        this.isRecursive = isRecursive;
        this.waitIndex = afterIndex == 0 ? 0 : afterIndex + 1;
    }

    /** The next event. Blocks until there is one. */
    KeyReply next() throws IOException {
        final SortedMap<String, String> query = new TreeMap<>();
        query.put("recursive", String.valueOf(isRecursive));
        query.put("wait", "true");
        query.put("waitIndex", Long.toUnsignedString(waitIndex));
        final Call call = new Call("GET", Keys.path(key, query), "", null, true);
        HttpReply reply = cluster.ask(call, Deadline.NEVER);
        // A member that ends, or is tired of waiting, closes a watch without an event.
        while (reply.isSuccess() && reply.body().isEmpty()) {
            reply = cluster.ask(call, Deadline.NEVER);
        }
        final KeyReply event = KeyReply.of(reply);
        waitIndex = event.node().modifiedIndex() + 1;
        return event;
    }
}
