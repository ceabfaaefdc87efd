package io.larch.engine.request;

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

    private static final int RESULT = 1;
    private static final int ERROR = 2;
    private static final int WATCH_START = 3;
    private static final int EVENTS = 4;
    private static final int WATCH_END = 5;

    /** The message is too long for the ring and lies in {@link #longMessages}. */
    private static final int LONG = 6;

    private static final int READ_OPENED = 7;
    private static final int READ_PART = 8;
    private static final int READ_CUT = 9;

    private static final int FIXED_LENGTH = 5 * Long.BYTES;

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
    private long[] ids = new long[64];
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
    public void onResult(
            final long correlationId,
            final boolean created,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer event,
            final int offset,
            final int length) {
        put(correlationId, created ? 1 : 0, storeIndex, raftIndex, raftTerm);
        send(RESULT, FIXED_LENGTH, event, offset, length);
    }

    @Override
    public void onError(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
        put(correlationId, errorCode, storeIndex, 0, 0);
        send(ERROR, FIXED_LENGTH, cause, offset, length);
    }

    @Override
    public void onReadOpened(final long correlationId) {
        put(correlationId, 0, 0, 0, 0);
        send(READ_OPENED);
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
        put(correlationId, isLast ? 1 : 0, storeIndex, raftIndex, raftTerm);
        send(READ_PART, FIXED_LENGTH, part, offset, length);
    }

    @Override
    public void onReadCut(final long correlationId) {
        put(correlationId, 0, 0, 0, 0);
        send(READ_CUT);
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        put(correlationId, 0, storeIndex, raftIndex, raftTerm);
        send(WATCH_START);
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (waitingBytes > WAITING_LIMIT_BYTES) {
            endWatches(correlationIds, count);
            return;
        }
        scratch.putLong(0, count);
        int position = Long.BYTES;
        for (int i = 0; i < count; i++) {
            scratch.putLong(position, correlationIds[i]);
            position += Long.BYTES;
        }
        send(EVENTS, position, event, offset, length);
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        put(correlationId, 0, 0, 0, 0);
        send(WATCH_END);
    }

    /**
     * The event loop is so far behind that its watches cannot be told everything: then they are
     * told that.
     */
    private void endWatches(final long[] correlationIds, final int count) {
        for (int i = 0; i < count; i++) {
            watchCanceller.accept(correlationIds[i]);
            onWatchEnd(correlationIds[i]);
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
        final long first = buffer.getLong(index);
        switch (type) {
            case RESULT ->
                    handler.onResult(
                            first,
                            buffer.getLong(index + 8) != 0,
                            buffer.getLong(index + 16),
                            buffer.getLong(index + 24),
                            buffer.getLong(index + 32),
                            buffer,
                            index + FIXED_LENGTH,
                            length - FIXED_LENGTH);
            case ERROR ->
                    handler.onError(
                            first,
                            (int) buffer.getLong(index + 8),
                            buffer.getLong(index + 16),
                            buffer,
                            index + FIXED_LENGTH,
                            length - FIXED_LENGTH);
            case READ_OPENED -> handler.onReadOpened(first);
            case READ_PART ->
                    handler.onReadPart(
                            first,
                            buffer.getLong(index + 16),
                            buffer.getLong(index + 24),
                            buffer.getLong(index + 32),
                            buffer,
                            index + FIXED_LENGTH,
                            length - FIXED_LENGTH,
                            buffer.getLong(index + 8) != 0);
            case READ_CUT -> handler.onReadCut(first);
            case WATCH_START ->
                    handler.onWatchStart(
                            first,
                            buffer.getLong(index + 16),
                            buffer.getLong(index + 24),
                            buffer.getLong(index + 32));
            case EVENTS ->
                    dispatchEvents((int) first, buffer, index + Long.BYTES, length - Long.BYTES);
            case WATCH_END -> handler.onWatchEnd(first);
            default -> throw new IllegalStateException("unknown reply: " + type);
        }
    }

    private void dispatchEvents(
            final int count, final DirectBuffer buffer, final int index, final int length) {
        if (ids.length < count) {
            ids = new long[Math.max(count, 2 * ids.length)];
        }
        for (int i = 0; i < count; i++) {
            ids[i] = buffer.getLong(index + i * Long.BYTES);
        }
        final int header = count * Long.BYTES;
        handler.onEvents(ids, count, buffer, index + header, length - header);
    }

    private void put(final long a, final long b, final long c, final long d, final long e) {
        scratch.putLong(0, a);
        scratch.putLong(8, b);
        scratch.putLong(16, c);
        scratch.putLong(24, d);
        scratch.putLong(32, e);
    }

    private void send(final int type) {
        send(type, FIXED_LENGTH, scratch, 0, 0);
    }

    /** Sends what is in the scratch buffer, and behind it a body. */
    private void send(
            final int type,
            final int headLength,
            final DirectBuffer body,
            final int offset,
            final int bodyLength) {
        isDirty = true;
        final int length = headLength + bodyLength;
        if (waiting.isEmpty() && length <= LONG_BYTES) {
            scratch.putBytes(headLength, body, offset, bodyLength);
            if (ring.write(type, scratch, 0, length)) {
                return;
            }
        }
        final Message kept = Message.allocate(type, length);
        kept.bytes.putBytes(0, scratch, 0, headLength);
        kept.bytes.putBytes(headLength, body, offset, bodyLength);
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
