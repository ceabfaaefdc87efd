package io.larch.engine.request;

import io.larch.engine.port.Query;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * What event loops hand to an engine on another thread. Any thread writes; the engine thread reads.
 * Bounded: a full ring refuses.
 *
 * <p>A command too long for the ring goes beside it as an object; since a connection has one
 * command in flight, nobody can tell.
 */
public final class RequestRing implements RequestSource, MessageHandler {
    private static final int CAPACITY_BYTES = 8 << 20;
    private static final int COMMAND = 1;

    /** Commands taken between two looks at the clock. */
    private static final int READ_LIMIT = 64;

    private static final int LONG_READ_LIMIT = 8;
    private static final int LONG_COMMANDS = 1024;
    private static final long LONG_COMMAND_BYTES = 256L << 20;
    private static final int QUESTIONS = 4096;

    private final ManyToOneRingBuffer ring =
            new ManyToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    CAPACITY_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final ManyToOneConcurrentArrayQueue<byte[]> longCommands =
            new ManyToOneConcurrentArrayQueue<>(LONG_COMMANDS);
    private final ManyToOneConcurrentArrayQueue<Query<?>> questions =
            new ManyToOneConcurrentArrayQueue<>(QUESTIONS);
    private final AtomicLong longBytes = new AtomicLong();
    private final RequestSink engine;

    public RequestRing(final RequestSink engine) {
        this.engine = engine;
    }

    boolean offer(final DirectBuffer command, final int offset, final int length) {
        return length <= ring.maxMsgLength()
                ? ring.write(COMMAND, command, offset, length)
                : offerLong(command, offset, length);
    }

    boolean ask(final Query<?> question) {
        return questions.offer(question);
    }

    @Override
    public int drain() {
        int messages = 0;
        int count;
        do {
            count = ring.read(this, READ_LIMIT);
            messages += count;
        } while (count > 0 && !engine.isLate());
        return messages
                + longCommands.drain(this::onLongCommand, LONG_READ_LIMIT)
                + questions.drain(engine::onQuestion, READ_LIMIT);
    }

    /** Whoever offers wakes the engine, which does not sleep after a turn with work. */
    @Override
    public boolean hasMore() {
        return false;
    }

    @Override
    public void onMessage(
            final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        engine.work(buffer, index, length);
    }

    private boolean offerLong(final DirectBuffer command, final int offset, final int length) {
        if (longBytes.get() + length > LONG_COMMAND_BYTES) {
            return false;
        }
        final byte[] copy = new byte[length];
        command.getBytes(offset, copy);
        longBytes.addAndGet(length);
        if (!longCommands.offer(copy)) {
            longBytes.addAndGet(-length);
            return false;
        }
        return true;
    }

    private void onLongCommand(final byte[] command) {
        longBytes.addAndGet(-command.length);
        engine.work(new UnsafeBuffer(command), 0, command.length);
    }
}
