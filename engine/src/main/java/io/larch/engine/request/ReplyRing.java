package io.larch.engine.request;

import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The way of replies from the engine's thread to one event loop. As a {@link ReplyHandler} it
 * belongs to the engine thread; {@link #drain} to the event loop, where the edge's own handler is
 * called. Order is kept.
 *
 * <p>When the ring is full, replies wait in a queue of the engine, in order, and the engine makes
 * no results of reads that are not small until there is room again ({@link #isBehind}). What waits
 * is bounded so: by the answers to writes under way, whose requests the edge bounds, and by small
 * ones, one for each request. Watch events are not, so beyond a bound the watches concerned are
 * ended, and their clients watch again.
 *
 * <p>What waits, and what is too long for the ring, lies outside the heap.
 */
public final class ReplyRing implements ReplyHandler, MessageHandler {
    private static final int CAPACITY_BYTES = 8 << 20;
    private static final long WAITING_LIMIT_BYTES = 64L << 20;
    private static final int BEHIND_BYTES = CAPACITY_BYTES / 2;
    private static final int READ_LIMIT = 256;

    /** The message is too long for the ring and lies in {@link #longMessages}. */
    private static final int LONG = ReplyFrame.TYPES + 1;

    /** Longer messages are not copied through the ring. */
    private static final int LONG_BYTES = 256 << 10;

    private final OneToOneRingBuffer ring =
            new OneToOneRingBuffer(
                    new UnsafeBuffer(
                            ByteBuffer.allocateDirect(
                                    CAPACITY_BYTES + RingBufferDescriptor.TRAILER_LENGTH)));
    private final ConcurrentLinkedQueue<Message> longMessages = new ConcurrentLinkedQueue<>();
    private final ArrayDeque<Message> waiting = new ArrayDeque<>();
    private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer(4096);
    private final UnsafeBuffer longReference = new UnsafeBuffer(new byte[Long.BYTES]);
    private final AtomicLong longBytes = new AtomicLong();
    private final AtomicBoolean isDrainScheduled = new AtomicBoolean();
    private final ReplyHandler handler;
    private final Executor eventLoop;
    private final Runnable wake;
    private final LongConsumer watchCanceller;
    private final Runnable drainTask = this::drain;

    /** The engine thread's. */
    private final Reply watchEnd = new Reply();

    /** The event loop's, as the frame is. */
    private final Reply received = new Reply();

    private final ReplyFrame frame = new ReplyFrame();
    private long waitingBytes;
    private boolean isDirty;
    private volatile boolean isRingShort;

    /**
     * @param handler the edge's, called on the event loop.
     * @param wake has the engine take another turn, now that there is room; called on the event
     *     loop.
     * @param watchCanceller makes the store forget a watch; called on the engine thread.
     */
    public ReplyRing(
            final ReplyHandler handler,
            final Executor eventLoop,
            final Runnable wake,
            final LongConsumer watchCanceller) {
        this.handler = handler;
        this.eventLoop = eventLoop;
        this.wake = wake;
        this.watchCanceller = watchCanceller;
    }

    @Override
    public void onReply(final Reply reply) {
        if (reply.kind() == Reply.Kind.EVENT && waitingBytes > WAITING_LIMIT_BYTES) {
            endWatches(reply);
        } else {
            send(reply);
        }
    }

    /**
     * The event loop is so far behind that its watches cannot be told everything: then they are
     * told that.
     */
    private void endWatches(final Reply event) {
        for (int i = 0; i < event.watchCount(); i++) {
            final long correlationId = event.watches()[i];
            watchCanceller.accept(correlationId);
            send(watchEnd.begin(Reply.Kind.WATCH_END, correlationId));
        }
    }

    /** Ends a turn of the engine: moves on what waited, and has the event loop look. */
    @Override
    public void onBatchEnd() {
        while (!waiting.isEmpty() && write(waiting.peekFirst())) {
            waitingBytes -= waiting.removeFirst().length();
            isDirty = true;
        }
        isRingShort = !waiting.isEmpty();
        if (isDirty) {
            isDirty = false;
            schedule();
        }
    }

    private void schedule() {
        if (isDrainScheduled.compareAndSet(false, true)) {
            eventLoop.execute(drainTask);
        }
    }

    /** Hands replies to the edge. Event loop. */
    private void drain() {
        isDrainScheduled.set(false);
        int messages = ring.read(this, READ_LIMIT);
        if (messages < READ_LIMIT) {
            // A read ends where the ring's memory does; what follows lies at its beginning.
            messages += ring.read(this, READ_LIMIT - messages);
        }
        if (messages == READ_LIMIT) {
            schedule();
        }
        handler.onBatchEnd();
        if (isRingShort) {
            wake.run();
        }
    }

    @Override
    public void onMessage(
            final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        if (type == LONG) {
            final Message message = longMessages.poll();
            longBytes.addAndGet(-message.length());
            try {
                dispatch(message.type, message.bytes, 0, message.length());
            } finally {
                message.free();
            }
        } else {
            dispatch(type, buffer, index, length);
        }
    }

    private void dispatch(
            final int type, final DirectBuffer buffer, final int index, final int length) {
        frame.decode(received, type, buffer, index, length);
        handler.onReply(received);
    }

    private void send(final Reply reply) {
        isDirty = true;
        final int type = ReplyFrame.type(reply.kind());
        final int headLength = ReplyFrame.encodeHead(reply, scratch);
        final int length = headLength + reply.length();
        if (waiting.isEmpty() && length <= LONG_BYTES) {
            scratch.putBytes(headLength, reply.bytes(), reply.offset(), reply.length());
            if (ring.write(type, scratch, 0, length)) {
                return;
            }
        }
        final Message kept = Message.allocate(type, length);
        kept.bytes.putBytes(0, scratch, 0, headLength);
        kept.bytes.putBytes(headLength, reply.bytes(), reply.offset(), reply.length());
        if (!waiting.isEmpty() || !write(kept)) {
            waiting.addLast(kept);
            waitingBytes += length;
        }
    }

    /** Once it is written, the message is the event loop's, or is freed. */
    private boolean write(final Message kept) {
        if (kept.length() <= LONG_BYTES) {
            final boolean isWritten = ring.write(kept.type, kept.bytes, 0, kept.length());
            if (isWritten) {
                kept.free();
            }
            return isWritten;
        }
        // In the queue before its reference is in the ring, so that whoever sees the reference
        // finds it.
        longBytes.addAndGet(kept.length());
        longMessages.add(kept);
        if (ring.write(LONG, longReference, 0, Long.BYTES)) {
            return true;
        }
        longMessages.remove(kept);
        longBytes.addAndGet(-kept.length());
        return false;
    }

    @Override
    public boolean isBehind() {
        return !waiting.isEmpty() || ring.size() > BEHIND_BYTES || longBytes.get() > BEHIND_BYTES;
    }

    /** A message beside the ring; to be freed by who has it last. */
    private static final class Message {
        private final int type;
        private final UnsafeBuffer bytes;

        private Message(final int type, final UnsafeBuffer bytes) {
            this.type = type;
            this.bytes = bytes;
        }

        static Message allocate(final int type, final int length) {
            return new Message(type, new UnsafeBuffer(UnsafeApi.allocateMemory(length), length));
        }

        int length() {
            return bytes.capacity();
        }

        void free() {
            UnsafeApi.freeMemory(bytes.addressOffset());
        }
    }
}
