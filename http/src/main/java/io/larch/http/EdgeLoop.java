package io.larch.http;

import io.larch.engine.port.Query;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.keys.KeysCodec;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.EventFrames;
import io.larch.http.output.LongEvent;
import io.larch.http.output.OutputBudget;
import io.larch.http.output.ReaderLag;
import io.larch.http.output.SlowReaders;
import io.larch.http.wire.InputBudget;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
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

    /** A probe is answered within a second even by an engine that hangs. */
    private static final long PROBE_MS = 850;

    private static final long PROBE_TICK_MS = 100;

    /** Longer answers are printed piece by piece. */
    private static final int LONG_BYTES = 128 << 10;

    /** What is printed of long answers between two looks at everything else. */
    private static final int SHARE_BYTES = 256 << 10;

    private static final long CONTINUE_DELAY_MICROS = 50;

    /** Of a long read, beside the parts themselves. */
    private static final int READ_BYTES = 64 << 10;

    private final HttpContext context;
    private final InputBudget inputBudget;
    private final OutputBudget outputBudget;
    private final SlowReaders slowReaders;

    /** Connections that wait for memory to take a long read's parts. */
    private final ArrayDeque<HttpConnection> waitingForOutput = new ArrayDeque<>();

    /** Connections that could print more, but have had their share. */
    private final ArrayDeque<HttpConnection> toContinue = new ArrayDeque<>();

    private final EventLoop eventLoop;
    private final RequestPort port;
    private final ReplyWriter replies;
    private final ReplyWriter peerReplies;
    private final KeysCodec keys;
    private final EdgeCounters counters = new EdgeCounters();
    private final EdgeFaults faults = new EdgeFaults(counters);
    private final EventFrames frames = new EventFrames();
    private final Long2ObjectHashMap<HttpConnection> waiting = new Long2ObjectHashMap<>();
    private final LongArrayList cancelsToRetry = new LongArrayList();
    private final LongArrayList moreToRetry = new LongArrayList();
    private final List<HttpConnection> dirty = new ArrayList<>();
    private final DeadlineList replyDeadlines;
    private final DeadlineList probeDeadlines =
            new DeadlineList(TimeUnit.MILLISECONDS.toNanos(PROBE_MS));
    private final DeadlineList senderDeadlines;
    private final DeadlineList lingerDeadlines =
            new DeadlineList(TimeUnit.MILLISECONDS.toNanos(LINGER_MS));
    private final Runnable tick = this::onTick;
    private final Runnable flush = this::onFlushTask;
    private final Runnable goOn = this::onContinue;
    private long printedBytes;
    private boolean isContinueScheduled;
    private final long tickMs;
    private long sequence;
    private boolean isTickScheduled;
    private boolean isFlushScheduled;
    private boolean isReading;
    private boolean isFlushing;
    private boolean hasOffered;
    private boolean doesEngineEndBatches;

    EdgeLoop(
            final HttpContext context,
            final EventLoop eventLoop,
            final RequestPorts ports,
            final InputBudget inputBudget,
            final OutputBudget outputBudget) {
        this.inputBudget = inputBudget;
        this.outputBudget = outputBudget;
        this.slowReaders =
                new SlowReaders(
                        outputBudget, TimeUnit.MILLISECONDS.toNanos(context.slowReaderTimeoutMs()));
        this.context = context;
        this.eventLoop = eventLoop;
        this.replies =
                new ReplyWriter(context.clusterId(), context.corsOrigins(), context.epochNanos());
        this.peerReplies = new ReplyWriter(context.clusterId(), Set.of(), context.epochNanos());
        this.keys = new KeysCodec(replies.body());
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

    EdgeCounters counters() {
        return counters;
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

    boolean ask(final Query<?> query) {
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

    /** Asks the engine for the next part of a long read. */
    void more(final long correlationId) {
        if (!offerMore(correlationId)) {
            moreToRetry.addLong(correlationId);
            scheduleTick();
        } else if (!isReading) {
            flushPort();
        }
    }

    private boolean offerMore(final long correlationId) {
        keys.encodeMore(correlationId, epochNanos());
        hasOffered = true;
        return port.offer(keys.command(), 0, keys.commandLength());
    }

    // --- memory for answers ---

    OutputBudget outputBudget() {
        return outputBudget;
    }

    /** Whether an answer is to be printed piece by piece. */
    static boolean isLong(final int length) {
        return length > LONG_BYTES;
    }

    /**
     * A long read wants memory.
     *
     * @return false: it has to wait, and will be told ({@link HttpConnection#onOutputGranted}).
     */
    boolean takeOutput(final HttpConnection connection) {
        if (waitingForOutput.isEmpty() && outputBudget.tryTake(READ_BYTES)) {
            return true;
        }
        waitingForOutput.addLast(connection);
        scheduleTick();
        return false;
    }

    /** A long read is over. */
    void giveOutput() {
        outputBudget.give(READ_BYTES);
        grantOutput();
    }

    /** It wants no memory any more. */
    void stopWaitingForOutput(final HttpConnection connection) {
        waitingForOutput.remove(connection);
    }

    private void grantOutput() {
        while (!waitingForOutput.isEmpty() && outputBudget.tryTake(READ_BYTES)) {
            final HttpConnection connection = waitingForOutput.removeFirst();
            try {
                connection.onOutputGranted();
            } catch (final RuntimeException | Error e) {
                failed(connection, e);
            }
        }
    }

    /** Keeps bytes that an answer needs, and counts them; clients that do not read make room. */
    LongEvent keep(final DirectBuffer bytes, final int offset, final int length) {
        final LongEvent event =
                LongEvent.copy(PooledByteBufAllocator.DEFAULT, outputBudget, bytes, offset, length);
        slowReaders.relieve(context.monotonicNanos().getAsLong());
        return event;
    }

    /** A connection was flushed; perhaps its client did not take all. */
    void flushed(final ReaderLag lag) {
        if (lag.isSlow() || lag.pendingBytes() > 0) {
            slowReaders.flushed(lag, context.monotonicNanos().getAsLong());
            scheduleTick();
        }
    }

    void closed(final ReaderLag lag) {
        slowReaders.closed(lag);
    }

    void cut(final ReaderLag lag) {
        slowReaders.cut(lag, context.monotonicNanos().getAsLong());
    }

    /** Whether a long answer may be printed on now; else the connection is told when. */
    boolean mayPrint(final HttpConnection connection) {
        if (printedBytes < SHARE_BYTES) {
            return true;
        }
        toContinue.addLast(connection);
        if (!isContinueScheduled) {
            isContinueScheduled = true;
            eventLoop.schedule(goOn, CONTINUE_DELAY_MICROS, TimeUnit.MICROSECONDS);
        }
        return false;
    }

    void printed(final int bytes) {
        printedBytes += bytes;
        if (!isContinueScheduled) {
            isContinueScheduled = true;
            eventLoop.schedule(goOn, CONTINUE_DELAY_MICROS, TimeUnit.MICROSECONDS);
        }
    }

    private void onContinue() {
        isContinueScheduled = false;
        printedBytes = 0;
        for (int i = toContinue.size(); i > 0; i--) {
            final HttpConnection connection = toContinue.removeFirst();
            try {
                connection.onMayPrint();
            } catch (final RuntimeException | Error e) {
                failed(connection, e);
            }
        }
        flushDirty();
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

    void deadlineForProbe(final HttpConnection connection) {
        add(probeDeadlines, connection);
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
            final long delayMs =
                    probeDeadlines.isEmpty() ? tickMs : Math.min(tickMs, PROBE_TICK_MS);
            eventLoop.schedule(tick, delayMs, TimeUnit.MILLISECONDS);
        }
    }

    void onTick() {
        isTickScheduled = false;
        final long nowNanos = context.monotonicNanos().getAsLong();
        expire(replyDeadlines, nowNanos);
        expire(probeDeadlines, nowNanos);
        expire(senderDeadlines, nowNanos);
        expire(lingerDeadlines, nowNanos);
        retryCancels();
        retryMore();
        slowReaders.check(!waitingForOutput.isEmpty(), nowNanos);
        grantOutput();
        flushDirty();
        if (isTimeAwaited()) {
            scheduleTick();
        }
    }

    private boolean isTimeAwaited() {
        return !replyDeadlines.isEmpty()
                || !probeDeadlines.isEmpty()
                || !senderDeadlines.isEmpty()
                || !lingerDeadlines.isEmpty()
                || !cancelsToRetry.isEmpty()
                || !moreToRetry.isEmpty()
                || !slowReaders.isEmpty()
                || !waitingForOutput.isEmpty();
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

    private void retryMore() {
        boolean isTaken = true;
        while (isTaken && !moreToRetry.isEmpty()) {
            final int last = moreToRetry.size() - 1;
            isTaken = offerMore(moreToRetry.getLong(last));
            if (isTaken) {
                moreToRetry.removeAt(last);
            }
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
            connection.onResult(created, storeIndex, raftIndex, raftTerm, event, offset, length);
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
    public void onReadOpened(final long correlationId) {
        final HttpConnection connection = waiting.get(correlationId);
        if (connection != null) {
            connection.onReadOpened();
        } else {
            cancel(correlationId);
        }
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
        final HttpConnection connection =
                isLast ? waiting.remove(correlationId) : waiting.get(correlationId);
        if (connection != null) {
            connection.onReadPart(storeIndex, raftIndex, raftTerm, part, offset, length, isLast);
        }
    }

    @Override
    public void onReadCut(final long correlationId) {
        final HttpConnection connection = waiting.remove(correlationId);
        if (connection != null) {
            connection.onReadCut();
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
        if (isLong(length)) {
            onLongEvent(correlationIds, count, event, offset, length);
            return;
        }
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

    private void onLongEvent(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        LongEvent kept = null;
        for (int i = 0; i < count; i++) {
            final HttpConnection connection = waiting.get(correlationIds[i]);
            if (connection != null && connection.isWatching()) {
                kept = kept == null ? keep(event, offset, length) : kept;
                connection.onLongEvent(kept);
            }
        }
        if (kept != null) {
            kept.release();
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
