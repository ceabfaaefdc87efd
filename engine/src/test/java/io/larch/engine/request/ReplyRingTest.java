package io.larch.engine.request;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class ReplyRingTest {
    private static final UnsafeBuffer BYTES = new UnsafeBuffer(new byte[] {1, 2, 3, 4});

    private final Reply reply = new Reply();
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
        ring.onReply(
                reply.begin(Reply.Kind.RESULT, correlationId)
                        .created(true)
                        .indexes(1, 1, 1)
                        .bytes(event, 0, length));
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

    @Test
    void shouldBringAllThatAReplySays() {
        final List<Consumer<Reply>> said =
                List.of(
                        reply ->
                                reply.begin(Reply.Kind.RESULT, 1)
                                        .created(true)
                                        .indexes(2, 3, 4)
                                        .listing(15)
                                        .bytes(BYTES, 1, 3),
                        reply ->
                                reply.begin(Reply.Kind.ERROR, -1)
                                        .error(ErrorCode.TEST_FAILED)
                                        .indexes(5, 0, 0)
                                        .bytes(BYTES, 0, 2),
                        reply -> reply.begin(Reply.Kind.READ_OPENED, 6),
                        reply ->
                                reply.begin(Reply.Kind.READ_PART, 6)
                                        .indexes(7, 8, 9)
                                        .bytes(BYTES, 2, 2),
                        reply -> reply.begin(Reply.Kind.READ_PART, 6).indexes(7, 8, 9).last(true),
                        reply -> reply.begin(Reply.Kind.READ_CUT, 10),
                        reply -> reply.begin(Reply.Kind.WATCH_START, 11).indexes(12, 13, 14),
                        reply ->
                                reply.beginEvent(LongStream.range(0, 99).toArray(), 98)
                                        .bytes(BYTES, 0, 4),
                        reply -> reply.begin(Reply.Kind.WATCH_END, Long.MIN_VALUE));
        final List<String> sent = new ArrayList<>();
        for (final Consumer<Reply> each : said) {
            each.accept(reply);
            sent.add(text(reply));
            ring.onReply(reply);
        }
        ring.onBatchEnd();
        runEventLoop();

        assertEquals(sent, received.texts);
        assertEquals(
                EnumSet.allOf(Reply.Kind.class),
                EnumSet.copyOf(received.kinds),
                "a kind is not among those tried");
    }

    private static String text(final Reply reply) {
        final byte[] bytes = new byte[reply.length()];
        reply.bytes().getBytes(reply.offset(), bytes);
        return reply.kind()
                + " "
                + reply.correlationId()
                + Arrays.toString(Arrays.copyOf(reply.watches(), reply.watchCount()))
                + " "
                + reply.error()
                + " "
                + reply.isCreated()
                + " "
                + reply.isLast()
                + " "
                + reply.storeIndex()
                + " "
                + reply.raftIndex()
                + " "
                + reply.raftTerm()
                + " "
                + reply.listing()
                + Arrays.toString(bytes);
    }

    private static final class Received implements ReplyHandler {
        private final List<Long> ids = new ArrayList<>();
        private final List<Reply.Kind> kinds = new ArrayList<>();
        private final List<String> texts = new ArrayList<>();

        @Override
        public void onReply(final Reply reply) {
            ids.add(reply.correlationId());
            kinds.add(reply.kind());
            if (reply.length() < 100) {
                texts.add(text(reply));
            }
        }
    }
}
