package io.larch.http;

import io.larch.engine.AdminQuery;
import io.larch.engine.ReplyHandler;
import io.larch.engine.RequestPort;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.keys.KeysCodec;
import io.larch.http.misc.EdgeCounters;
import io.larch.http.wire.InputBudget;
import io.larch.http.wire.ReplyWriter;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;

/**
 * Everything the connections of one event loop share: the way into the engine, who waits for what,
 * and the buffers to encode and print in. The engine's answers arrive here.
 *
 * <p>All methods run on the event loop's thread. Answers may arrive while a command is being
 * offered.
 */
final class EdgeLoop implements ReplyHandler {
    private static final int PORT_ID_SHIFT = 48;
    private static final long SEQUENCE_MASK = (1L << PORT_ID_SHIFT) - 1;
    private static final long MAX_TICK_MS = 250;
    private static final long MIN_TICK_MS = 10;
    private static final long LINGER_MS = 1_000;

    private final HttpContext context;
    private final InputBudget inputBudget;
    private final EventLoop eventLoop;
    private final RequestPort port;
    private final ReplyWriter replies;
    private final ReplyWriter peerReplies;
    private final KeysCodec keys;
    private final Endpoints endpoints;
    private final EdgeCounters ownCounters = new EdgeCounters();
    private final EdgeFaults faults = new EdgeFaults(ownCounters);
    private final EventFrames frames = new EventFrames();
    private final Long2ObjectHashMap<HttpConnection> waiting = new Long2ObjectHashMap<>();
    private final LongArrayList cancelsToRetry = new LongArrayList();
    private final List<HttpConnection> dirty = new ArrayList<>();
    private final DeadlineList replyDeadlines;
    private final DeadlineList senderDeadlines;
    private final DeadlineList lingerDeadlines =
            new DeadlineList(TimeUnit.MILLISECONDS.toNanos(LINGER_MS));
    private final Runnable tick = this::onTick;
    private final Runnable flush = this::onFlushTask;
    private final long tickMs;
    private long sequence;
    private boolean isTickScheduled;
    private boolean isFlushScheduled;
    private boolean isReading;
    private boolean isFlushing;
    private boolean hasOffered;
    private boolean doesEngineEndBatches;

    /**
     * @param counters of all event loops; this one's are added.
     */
    EdgeLoop(
            final HttpContext context,
            final EventLoop eventLoop,
            final RequestPorts ports,
            final List<EdgeCounters> counters,
            final InputBudget inputBudget) {
        counters.add(ownCounters);
        this.inputBudget = inputBudget;
        this.context = context;
        this.eventLoop = eventLoop;
        this.replies =
                new ReplyWriter(context.clusterId(), context.corsOrigins(), context.epochNanos());
        this.peerReplies = new ReplyWriter(context.clusterId(), Set.of(), context.epochNanos());
        this.keys = new KeysCodec(replies.body());
        this.endpoints = new Endpoints(context, counters);
        this.replyDeadlines =
                new DeadlineList(TimeUnit.MILLISECONDS.toNanos(context.requestTimeoutMs()));
        this.senderDeadlines =
                new DeadlineList(TimeUnit.MILLISECONDS.toNanos(context.slowSenderTimeoutMs()));
        this.tickMs =
                Math.max(
                        MIN_TICK_MS,
                        Math.min(
                                MAX_TICK_MS,
                                Math.min(context.requestTimeoutMs(), context.slowSenderTimeoutMs())
                                        / 10));
        this.port = ports.open(new GuardedReplies(this), eventLoop);
    }

    HttpContext context() {
        return context;
    }

    InputBudget inputBudget() {
        return inputBudget;
    }

    ReplyWriter replies() {
        return replies;
    }

    /** For the peer port, which knows no CORS. */
    ReplyWriter peerReplies() {
        return peerReplies;
    }

    KeysCodec keys() {
        return keys;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    EdgeCounters counters() {
        return ownCounters;
    }

    // --- faults ---

    /** Who waits under a correlation id; null when nobody does. */
    HttpConnection waitingFor(final long correlationId) {
        return waiting.get(correlationId);
    }

    /**
     * Something went wrong that must not: one connection ends, everybody else goes on.
     *
     * @param connection null when there is none.
     */
    void failed(final HttpConnection connection, final Throwable fault) {
        faults.report(fault);
        if (connection != null) {
            connection.abort();
        }
    }

    // --- what connections ask ---

    /** A new correlation id, under which the connection's answer will be found. */
    long await(final HttpConnection connection) {
        sequence = sequence + 1 & SEQUENCE_MASK;
        if (sequence == 0) {
            sequence = 1;
        }
        final long correlationId = (long) port.id() << PORT_ID_SHIFT | sequence;
        waiting.put(correlationId, connection);
        return correlationId;
    }

    /** No answer is wanted any more. */
    void forget(final long correlationId) {
        waiting.remove(correlationId);
    }

    /** Hands over the command in {@link #keys()}. */
    boolean offerCommand() {
        hasOffered = true;
        final boolean isTaken = port.offer(keys.command(), 0, keys.commandLength());
        keys.release();
        return isTaken;
    }

    boolean ask(final AdminQuery<?> query) {
        hasOffered = true;
        return port.ask(query);
    }

    /** Takes back a watch, and a request as far as it was not handed on; no answer is wanted. */
    void cancel(final long correlationId) {
        forget(correlationId);
        doNotHandOn(correlationId);
    }

    /** Takes back a request as far as it was not handed on; who asked may still read the answer. */
    void doNotHandOn(final long correlationId) {
        if (!offerCancel(correlationId)) {
            cancelsToRetry.addLong(correlationId);
            scheduleTick();
        } else if (!isReading) {
            flushPort();
        }
    }

    private boolean offerCancel(final long correlationId) {
        keys.encodeCancel(correlationId, epochNanos());
        hasOffered = true;
        return port.offer(keys.command(), 0, keys.commandLength());
    }

    long epochNanos() {
        return context.epochNanos().getAsLong();
    }

    // --- flushing ---

    void startReading() {
        isReading = true;
    }

    /** The read batch of a connection is over: the engine may work, what was written may go. */
    void endReading() {
        flushPort();
        isReading = false;
        flushDirty();
    }

    private void flushPort() {
        if (hasOffered) {
            hasOffered = false;
            port.flush();
        }
    }

    void markDirty(final HttpConnection connection) {
        dirty.add(connection);
        // Without a word from the engine when its batch is over, the loop's next turn flushes.
        if (!isReading && !doesEngineEndBatches && !isFlushScheduled) {
            isFlushScheduled = true;
            eventLoop.execute(flush);
        }
    }

    private void onFlushTask() {
        isFlushScheduled = false;
        flushDirty();
    }

    void flushUnlessReading() {
        if (!isReading) {
            flushDirty();
        }
    }

    void flushDirty() {
        if (isFlushing) {
            return;
        }
        isFlushing = true;
        flushPort();
        // A flush may make more connections dirty, and let them hand over more.
        for (int i = 0; i < dirty.size(); i++) {
            flush(dirty.get(i));
        }
        dirty.clear();
        isFlushing = false;
        flushPort();
    }

    private void flush(final HttpConnection connection) {
        try {
            connection.flush();
        } catch (final RuntimeException | Error e) {
            failed(connection, e);
        }
    }

    // --- time ---

    void deadlineForReply(final HttpConnection connection) {
        add(replyDeadlines, connection);
    }

    void deadlineForSender(final HttpConnection connection) {
        add(senderDeadlines, connection);
    }

    void deadlineForLingering(final HttpConnection connection) {
        add(lingerDeadlines, connection);
    }

    private void add(final DeadlineList list, final HttpConnection connection) {
        list.add(connection, context.monotonicNanos().getAsLong());
        scheduleTick();
    }

    private void scheduleTick() {
        if (!isTickScheduled) {
            isTickScheduled = true;
            eventLoop.schedule(tick, tickMs, TimeUnit.MILLISECONDS);
        }
    }

    void onTick() {
        isTickScheduled = false;
        final long nowNanos = context.monotonicNanos().getAsLong();
        expire(replyDeadlines, nowNanos);
        expire(senderDeadlines, nowNanos);
        expire(lingerDeadlines, nowNanos);
        retryCancels();
        flushDirty();
        if (isTimeAwaited()) {
            scheduleTick();
        }
    }

    private boolean isTimeAwaited() {
        return !replyDeadlines.isEmpty()
                || !senderDeadlines.isEmpty()
                || !lingerDeadlines.isEmpty()
                || !cancelsToRetry.isEmpty();
    }

    /** Whether nothing is kept for any connection: no answer, no deadline, nothing to send. */
    boolean isIdle() {
        return waiting.isEmpty() && dirty.isEmpty() && !isTimeAwaited();
    }

    private void expire(final DeadlineList list, final long nowNanos) {
        HttpConnection connection = list.pollExpired(nowNanos);
        while (connection != null) {
            try {
                connection.onDeadline();
            } catch (final RuntimeException | Error e) {
                failed(connection, e);
            }
            connection = list.pollExpired(nowNanos);
        }
    }

    private void retryCancels() {
        boolean isTaken = true;
        while (isTaken && !cancelsToRetry.isEmpty()) {
            final int last = cancelsToRetry.size() - 1;
            isTaken = offerCancel(cancelsToRetry.getLong(last));
            if (isTaken) {
                cancelsToRetry.removeAt(last);
            }
        }
    }

    // --- what the engine answers ---

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
        final HttpConnection connection = waiting.remove(correlationId);
        if (connection != null) {
            connection.onResult(created, storeIndex, raftIndex, raftTerm, event, offset);
        }
    }

    @Override
    public void onError(
            final long correlationId,
            final int errorCode,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
        final HttpConnection connection = waiting.remove(correlationId);
        if (connection != null) {
            connection.onError(ErrorCode.of(errorCode), storeIndex, cause, offset, length);
        }
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        final HttpConnection connection = waiting.get(correlationId);
        if (connection != null) {
            connection.onWatchStart(storeIndex, raftIndex, raftTerm);
        }
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        try {
            for (int i = 0; i < count; i++) {
                final HttpConnection connection = waiting.get(correlationIds[i]);
                if (connection != null && connection.isWatching()) {
                    if (!frames.isStarted()) {
                        replies.body();
                        keys.print(event, offset);
                        frames.start(replies.printed());
                    }
                    connection.onEvent(frames);
                }
            }
        } finally {
            frames.release();
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        final HttpConnection connection = waiting.remove(correlationId);
        if (connection != null) {
            connection.onWatchEnd();
        }
    }

    @Override
    public void onBatchEnd() {
        doesEngineEndBatches = true;
        if (!isReading) {
            flushDirty();
        }
    }
}
