package io.larch.engine;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
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
    private abstract static class CountingEdge implements ReplyHandler {
        final UnsafeBuffer command = new UnsafeBuffer(new byte[256]);
        private RequestPort port;
        private long sequence;
        private long results;
        private long errors;

        abstract void write();

        abstract void read();

        final long nextId() {
            return ((long) port.id() << RequestPort.ID_SHIFT) + ++sequence;
        }

        final void offer(final int length) {
            port.offer(command, 0, length);
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

    private static final class KeysEdge extends CountingEdge {
        private final byte[] path = "/key".getBytes(StandardCharsets.US_ASCII);

        @Override
        void write() {
            send(CommandType.SET, 0, 100);
        }

        @Override
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
                            nextId(),
                            1,
                            CommandEnvelope.PERMANENT,
                            0,
                            path.length,
                            valueLength,
                            0);
            command.putBytes(at, path);
            offer(at + path.length + valueLength);
        }
    }

    private static final class KvEdge extends CountingEdge {
        private final byte[] put =
                message().text(1, "key").text(2, "v".repeat(100)).number(3, 0).bytes();
        private final byte[] range = message().text(1, "key").bytes();

        @Override
        void write() {
            send(KvCommand.PUT, 0, put);
        }

        @Override
        void read() {
            send(KvCommand.RANGE, CommandEnvelope.QUORUM, range);
        }

        private void send(final byte type, final int flags, final byte[] body) {
            final int at = KvCommand.encode(command, 0, type, flags, nextId(), 1, body.length);
            command.putBytes(at, body);
            offer(at + body.length);
        }
    }

    @Test
    void shouldAllocateNothingForWritesAndQuorumReadsOnAnyMember() {
        shouldAllocateNothing(KeysEdge::new);
    }

    @Test
    void shouldAllocateNothingForPutsAndLinearizableRangesOnAnyMember() {
        shouldAllocateNothing(KvEdge::new);
    }

    private void shouldAllocateNothing(final Supplier<CountingEdge> kind) {
        try (TestCluster cluster =
                new TestCluster(
                        directory,
                        3,
                        context ->
                                context.snapshotCount(1L << 40)
                                        .walSegmentBytes(8 << 20)
                                        .applications(List.of(KvApplication.of(new KvContext())))
                                        .featureLevel(FeatureLevel.BOUNDED_SYNCS))) {
            cluster.leader();
            cluster.run(1000);
            final TestCluster.Node[] nodes = cluster.up().toArray(TestCluster.Node[]::new);
            final CountingEdge[] edges = new CountingEdge[nodes.length];
            for (int i = 0; i < nodes.length; i++) {
                edges[i] = kind.get();
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
