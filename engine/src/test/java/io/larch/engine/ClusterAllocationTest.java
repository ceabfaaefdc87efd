package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterAllocationTest {
    /** Enough for the index of the log, which grows by doubling until the log is cut. */
    private static final int WARM_UP = 4_500;

    private static final int WRITES = 3_000;
    private static final int WINDOWS = 5;

    @TempDir Path directory;

    /** A client that counts, and allocates nothing. */
    private static final class CountingEdge implements ReplyHandler {
        private final UnsafeBuffer command = new UnsafeBuffer(new byte[256]);
        private final byte[] path = "/key".getBytes(StandardCharsets.US_ASCII);
        private RequestPort port;
        private long sequence;
        private long results;
        private long errors;

        void write() {
            send(CommandType.SET, 0, 100);
        }

        void read() {
            send(CommandType.GET, CommandEnvelope.QUORUM, 0);
        }

        private void send(final CommandType type, final int flags, final int valueLength) {
            final int at =
                    KeysCommand.encodeHeader(
                            command,
                            0,
                            type,
                            flags,
                            ((long) port.id() << 48) + ++sequence,
                            1,
                            CommandEnvelope.PERMANENT,
                            0,
                            path.length,
                            valueLength,
                            0);
            command.putBytes(at, path);
            port.offer(command, 0, at + path.length + valueLength);
        }

        @Override
        public void onReply(final Reply reply) {
            switch (reply.kind()) {
                case RESULT -> results++;
                case ERROR -> errors++;
                default -> throw new AssertionError(reply.kind());
            }
        }
    }

    @Test
    void shouldAllocateNothingForWritesAndQuorumReadsOnAnyMember() {
        try (TestCluster cluster =
                new TestCluster(
                        directory,
                        3,
                        context -> context.snapshotCount(1L << 40).walSegmentBytes(8 << 20))) {
            cluster.leader();
            cluster.run(1000);
            final TestCluster.Node[] nodes = cluster.up().toArray(TestCluster.Node[]::new);
            final CountingEdge[] edges = new CountingEdge[nodes.length];
            for (int i = 0; i < nodes.length; i++) {
                edges[i] = new CountingEdge();
                edges[i].port = nodes[i].member.openPort(edges[i]);
            }
            final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long thread = Thread.currentThread().getId();
            write(cluster, nodes, edges, WARM_UP);

            // What the JVM allocates once for itself falls into some of the windows, not into all.
            long least = Long.MAX_VALUE;
            for (int i = 0; i < WINDOWS; i++) {
                final long before = threads.getThreadAllocatedBytes(thread);
                write(cluster, nodes, edges, WRITES / WINDOWS);
                least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
            }

            for (final CountingEdge edge : edges) {
                assertEquals(0, edge.errors);
                assertEquals(edge.sequence, edge.results);
            }
            assertEquals(0, least / (WRITES / WINDOWS));
        }
    }

    private static void write(
            final TestCluster cluster,
            final TestCluster.Node[] nodes,
            final CountingEdge[] edges,
            final int count) {
        for (int i = 0; i < count; i++) {
            final CountingEdge edge = edges[i % edges.length];
            edge.write();
            edge.read();
            for (int round = 0; round < 4; round++) {
                for (final TestCluster.Node node : nodes) {
                    node.turn();
                }
            }
            if (i % 16 == 0) {
                cluster.clock.pass(10 * TestCluster.MILLISECOND);
            }
        }
    }
}
