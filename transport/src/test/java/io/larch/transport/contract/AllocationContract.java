package io.larch.transport.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.raft.MessageType;
import io.larch.engine.raft.RaftMessage;
import io.larch.engine.sockets.FreePort;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A message allocates nothing. */
@Isolated(
        "who does not run for a second is silent to its peer, which then sends from a new port, too")
public abstract class AllocationContract {
    private static final int WARM_UP = 20_000;
    private static final int COUNTED = 10_000;

    @TempDir Path directory;
    private final AtomicLong seen = new AtomicLong();
    private final PeerHandler handler =
            new PeerHandler() {
                @Override
                public void onMessage(final RaftMessage message) {
                    seen.lazySet(seen.getPlain() + 1);
                }

                @Override
                public void onStranger(final long peerId, final List<String> urls) {}

                @Override
                public void onUnreachable(final long peerId) {}

                @Override
                public void onSnapshotProgress(final long peerId) {}

                @Override
                public void onSnapshotFailed(final long peerId) {}
            };

    @Test
    void shouldAllocateNothingPerMessage() {
        try (Cluster cluster = newCluster(directory)) {
            final TestMember one = unwatched(cluster, 1);
            final TestMember two = unwatched(cluster, 2);
            cluster.connectAll();
            final RaftMessage small =
                    one.message(TestMember.CLUSTER, 2, 0, MessageType.HEARTBEAT, 1, new byte[0]);
            final TestMember twin =
                    new TestMember(cluster, 1, "127.0.0.1", FreePort.next(), 1, new Wishes());
            twin.close();
            final RaftMessage entries =
                    twin.message(TestMember.CLUSTER, 2, 0, MessageType.APPEND, 1, new byte[10_000]);
            exchange(one, two, small, entries, WARM_UP);

            final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            final long self = Thread.currentThread().getId();
            threads.getThreadAllocatedBytes(self);
            final long before = threads.getThreadAllocatedBytes(self);
            final long overhead = threads.getThreadAllocatedBytes(self) - before;
            exchange(one, two, small, entries, COUNTED);
            final long allocated = threads.getThreadAllocatedBytes(self) - before - 2 * overhead;

            assertEquals(2L * (WARM_UP + COUNTED), seen.get());
            assertTrue(allocated < COUNTED * (1L + 2 * allowedBytes()), () -> allocated + " bytes");
        }
    }

    protected abstract Cluster newCluster(Path where);

    /** Bytes that a message may allocate all the same. */
    protected int allowedBytes() {
        return 0;
    }

    /** Looks into its sockets at every poll. */
    private static TestMember unwatched(final Cluster cluster, final long id) {
        final Wishes wishes = new Wishes();
        wishes.isUnwatched = true;
        return cluster.add(id, "127.0.0.1", FreePort.next(), 1, wishes);
    }

    private void exchange(
            final TestMember one,
            final TestMember two,
            final RaftMessage small,
            final RaftMessage large,
            final int count) {
        final long end = seen.get() + 2L * count;
        int sent = 0;
        while (seen.get() < end) {
            if (sent < count && seen.get() + 2L * count >= end + 2L * (sent - 4)) {
                one.transport.send(small);
                one.transport.send(large);
                sent++;
            }
            one.transport.flush();
            two.transport.poll(handler, 100);
            two.transport.flush();
            one.transport.poll(handler, 100);
        }
    }
}
