package io.larch.tools.faults;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Linearizable reads that wait in the sockets of a paused member: sent now, read when it goes on.
 * Owned by the test's thread.
 */
final class QueuedReads implements AutoCloseable {
    private static final int COUNT = 8;
    private static final int ANSWER_LIMIT_MS = 25_000;

    private final List<HttpConnection> connections = new ArrayList<>();
    private final ClusterMember member;
    private final Journal journal;
    private final String key;
    private final long calledNs;

    /** Asks a paused member for a key that was written while it was paused. */
    QueuedReads(final ClusterMember member, final Journal journal) throws IOException {
        this.member = member;
        this.journal = journal;
        key = journal.lastKey();
        calledNs = System.nanoTime();
        for (int i = 0; i < COUNT; i++) {
            final HttpConnection connection = new HttpConnection(member.url(), ANSWER_LIMIT_MS);
            connections.add(connection);
            connection.sendRequest("GET", "/v2/keys" + key + "?quorum=true", null, Map.of());
        }
    }

    /** Notes what the member answered. */
    void finish() throws IOException {
        for (final HttpConnection connection : connections) {
            final HttpReply reply = connection.readReply(false);
            if (reply.status() != 200) {
                journal.anomaly("queued read of " + key + " at " + member + ": " + reply);
                continue;
            }
            journal.add(
                    new Read(
                            member.name(),
                            true,
                            key,
                            (String) JsonTree.at(JsonTree.parse(reply.text()), "node", "value"),
                            calledNs,
                            System.nanoTime(),
                            reply.longHeader("X-Etcd-Index")));
        }
    }

    @Override
    public void close() throws IOException {
        for (final HttpConnection connection : connections) {
            connection.close();
        }
    }
}
