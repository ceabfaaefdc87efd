package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RaftAllocationTest {
    /** The log goes round once and more in so many. */
    private static final int CYCLES = 10_000;

    private static final int WINDOWS = 5;

    /** Until then Java compiles, and now and then allocates something for itself. */
    private static final int LONG_WARM_UP_CYCLES = 800_000;

    private static final int LONG_CYCLES = 4_000_000;

    /** A log that keeps terms and one body for all, and allocates nothing. */
    private static final class FlatLog implements LogStorage {
        private static final int CAPACITY = 1 << 13;

        private final UnsafeBuffer body = new UnsafeBuffer(new byte[128]);
        private final long[] terms = new long[CAPACITY];
        private long first = 1;
        private long last;
        private long baseTerm;
        private long position;

        @Override
        public long firstIndex() {
            return first;
        }

        @Override
        public long lastIndex() {
            return last;
        }

        @Override
        public long term(final long index) {
            if (index == first - 1) {
                return baseTerm;
            }
            return index < first || index > last ? -1 : terms[(int) index & CAPACITY - 1];
        }

        @Override
        public long append(
                final long term,
                final byte kind,
                final DirectBuffer source,
                final int offset,
                final int length) {
            terms[(int) ++last & CAPACITY - 1] = term;
            body.putBytes(0, source, offset, length);
            position += 32 + length;
            return last;
        }

        @Override
        public void truncateFrom(final long index) {
            throw new IllegalStateException();
        }

        @Override
        public void saveHardState(final long term, final long votedFor, final long commitIndex) {
            position += 32;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public int read(
                final long fromIndex,
                final long toIndex,
                final long maxBytes,
                final EntryConsumer consumer) {
            for (long index = fromIndex; index <= toIndex; index++) {
                if (!consumer.onEntry(index, term(index), EntryKind.COMMAND, body, 0, 100)) {
                    return (int) (index - fromIndex + 1);
                }
            }
            return (int) (toIndex - fromIndex + 1);
        }

        @Override
        public void compact(final long throughIndex) {
            baseTerm = term(throughIndex);
            first = throughIndex + 1;
        }

        @Override
        public void resetTo(final long snapshotIndex, final long snapshotTerm) {
            throw new IllegalStateException();
        }
    }

    /** Members that hand each other their messages directly. */
    private static final class Group {
        private final FlatLog[] logs;
        private final RaftCore[] cores;
        private final RaftMessage view = new RaftMessage();
        private final UnsafeBuffer body = new UnsafeBuffer(new byte[100]);
        private final Ready.MessageHandler carry = this::carry;
        private final Ready.ReadHandler onRead = this::onRead;
        private long reads;

        Group(final int size) {
            logs = new FlatLog[size];
            cores = new RaftCore[size];
            final long[] voters = new long[size];
            for (int i = 0; i < size; i++) {
                voters[i] = i + 1;
            }
            for (int i = 0; i < size; i++) {
                logs[i] = new FlatLog();
                final RaftConfig config = new RaftConfig().id(i + 1).seed(i);
                cores[i] =
                        new RaftCore(
                                config, logs[i], HardState.EMPTY, ConfState.ofVoters(voters), 0);
            }
            cores[0].campaign();
            settle();
        }

        private void carry(final RaftMessage message) {
            view.wrap(message.buffer(), 0, message.length());
            cores[(int) message.to() - 1].step(view);
        }

        private void onRead(final long requestId, final long index) {
            reads += index >= 0 ? 1 : 0;
        }

        private void settle() {
            boolean isBusy = true;
            while (isBusy) {
                isBusy = false;
                for (int i = 0; i < cores.length; i++) {
                    final RaftCore core = cores[i];
                    core.persisted(logs[i].position());
                    while (core.hasReady()) {
                        isBusy = true;
                        final Ready ready = core.ready();
                        ready.forEachMessage(carry);
                        ready.forEachRead(onRead);
                        if (ready.lastCommitted() >= ready.firstCommitted()) {
                            core.applied(ready.lastCommitted());
                        }
                        core.advance();
                        core.persisted(logs[i].position());
                    }
                }
            }
        }

        void run(final int cycles) {
            for (int i = 0; i < cycles; i++) {
                cores[0].propose(body, 0, 100);
                if ((i & 15) == 0) {
                    cores[cores.length - 1].propose(body, 0, 100);
                    cores[0].readIndex(i);
                    cores[cores.length - 1].readIndex(i);
                }
                if ((i & 63) == 0) {
                    for (final RaftCore core : cores) {
                        core.tick();
                    }
                }
                settle();
                if ((i & 1023) == 0) {
                    for (int k = 0; k < cores.length; k++) {
                        logs[k].compact(cores[k].appliedIndex());
                    }
                }
            }
        }
    }

    private static long allocatedBy(final Group group, final int cycles) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long id = Thread.currentThread().getId();
        final long before = threads.getThreadAllocatedBytes(id);
        group.run(cycles);
        return threads.getThreadAllocatedBytes(id) - before;
    }

    /** What the JVM allocates once for itself falls into some of the windows, not into all. */
    private static long leastAllocatedBy(final Group group) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < WINDOWS; i++) {
            least = Math.min(least, allocatedBy(group, CYCLES));
        }
        return least;
    }

    @Test
    void shouldAllocateNothingAlone() {
        final Group group = new Group(1);
        assertEquals(0, leastAllocatedBy(group));
        assertEquals(group.logs[0].lastIndex(), group.cores[0].appliedIndex());
    }

    @Test
    void shouldAllocateNothingAmongThree() {
        final Group group = new Group(3);
        assertEquals(0, leastAllocatedBy(group));
        assertEquals(group.logs[0].lastIndex(), group.cores[2].commitIndex());
    }

    @Test
    @Tag("slow")
    void shouldAllocateNothingInFourMillionCycles() {
        final Group group = new Group(3);
        group.run(LONG_WARM_UP_CYCLES);
        assertEquals(0, allocatedBy(group, LONG_CYCLES));
        assertEquals(group.logs[0].lastIndex(), group.cores[2].commitIndex());
    }
}
