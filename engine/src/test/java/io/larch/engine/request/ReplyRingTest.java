package io.larch.engine.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.port.ReplyHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.LongStream;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ReplyRingTest {
    private final Queue<Runnable> eventLoop = new ArrayDeque<>();
    private final Received received = new Received();
    private final ReplyRing ring =
            new ReplyRing(received, eventLoop::add, () -> {}, correlationId -> {});

    private void runEventLoop() {
        while (!eventLoop.isEmpty()) {
            eventLoop.remove().run();
        }
    }

    private void reply(final long correlationId, final int length) {
        final UnsafeBuffer event = new UnsafeBuffer(new byte[length]);
        ring.onResult(correlationId, true, 1, 1, 1, event, 0, length);
    }

    @Test
    void shouldBringALoneReplyWhereverTheRingStands() {
        // Several times round a ring of 8 MiB, in steps that do not divide it.
        for (int i = 0; i < 2_000; i++) {
            reply(i, 20_011);
            ring.onBatchEnd();
            runEventLoop();

            assertEquals(i + 1, received.ids.size());
        }
    }

    @Test
    void shouldBringAllRepliesInOrderWhenTheyExceedTheRing() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 1_000; i++) {
                reply(round * 1_000L + i, 15_000 + i);
            }
            ring.onBatchEnd();
            while (received.ids.size() < (round + 1) * 1_000) {
                final int before = received.ids.size();
                runEventLoop();
                // The engine is woken for another turn.
                ring.onBatchEnd();
                assertEquals(true, received.ids.size() > before, "stuck at " + before);
            }
        }
        assertEquals(LongStream.range(0, 3_000).boxed().toList(), received.ids);
    }

    @Test
    void shouldBringRepliesThatAreLongerThanTheRingAllows() {
        reply(1, 5 << 20);
        reply(2, 10);
        reply(3, 9 << 20);
        ring.onBatchEnd();
        runEventLoop();

        assertEquals(List.of(1L, 2L, 3L), received.ids);
    }

    private static final class Received implements ReplyHandler {
        private final List<Long> ids = new ArrayList<>();

        @Override
        public void onResult(
                final long correlationId,
                final boolean created,
                final long storeIndex,
                final long raftIndex,
                final long raftTerm,
                final DirectBuffer event,
                final int offset,
                final int length) {
            ids.add(correlationId);
        }

        @Override
        public void onError(
                final long correlationId,
                final int errorCode,
                final long storeIndex,
                final DirectBuffer cause,
                final int offset,
                final int length) {
            throw new AssertionError("error " + errorCode);
        }

        @Override
        public void onReadOpened(final long correlationId) {
            throw new AssertionError("a long read");
        }

        @Override
        public void onReadPart(
                final long correlationId,
                final long storeIndex,
                final long raftIndex,
                final long raftTerm,
                final DirectBuffer part,
                final int offset,
                final int length,
                final boolean isLast) {
            throw new AssertionError("a part of a read");
        }

        @Override
        public void onReadCut(final long correlationId) {
            throw new AssertionError("end of a read");
        }

        @Override
        public void onWatchStart(
                final long correlationId,
                final long storeIndex,
                final long raftIndex,
                final long raftTerm) {
            throw new AssertionError("watch");
        }

        @Override
        public void onEvents(
                final long[] correlationIds,
                final int count,
                final DirectBuffer event,
                final int offset,
                final int length) {
            throw new AssertionError("events");
        }

        @Override
        public void onWatchEnd(final long correlationId) {
            throw new AssertionError("end of a watch");
        }

        @Override
        public void onBatchEnd() {}
    }
}
