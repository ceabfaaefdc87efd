package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.http.auth.Attempts;
import io.larch.http.auth.Guard;
import io.larch.http.keys.KeysCodec;
import io.larch.http.listen.Rings;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.LongEvent;
import io.larch.http.output.OutputBudget;
import io.larch.http.output.ReaderLag;
import io.larch.http.output.SlowReaders;
import io.larch.http.route.PageTable;
import io.larch.http.tls.RejectionLog;
import io.larch.http.v3.grpc.GrpcLoop;
import io.larch.http.v3.grpc.GrpcStream;
import io.larch.http.v3.http2.Http2Session;
import io.larch.http.v3.http2.PrefaceDetector;
import io.larch.http.v3.http2.StreamRouter;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcMethod;
import io.larch.http.v3.service.Services;
import io.larch.http.wire.InputBudget;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Everything the connections of one event loop share: the way into the engine and back, the buffers
 * to encode and print in, what waits for time. Each is a class of its own; this puts them together
 * and has them look at the clock as long as anything waits for it.
 *
 * <p>All methods run on the event loop's thread. Answers may arrive while a command is being
 * offered.
 */
final class EdgeLoop {
    static final String TIMED_OUT = "etcdserver: request timed out";
    static final String ENGINE_FULL = "etcdserver: too many requests";
    static final String STOPPED = "etcdserver: server stopped";
    static final String INSUFFICIENT_CREDENTIALS = "Insufficient credentials";

    private final HttpContext context;
    private final EventLoop eventLoop;
    private final InputBudget inputBudget;
    private final OutputBudget outputBudget;
    private final EdgeCounters counters;
    private final EdgeFaults faults;
    private final RejectionLog rejections;
    private final ReplyWriter replies;
    private final ReplyWriter peerReplies;
    private final KeysCodec keys;
    private final KeysReplies keysReplies;
    private final Correlations correlations = new Correlations();
    private final WatchEvents events;
    private final EngineRequests requests;
    private final Flushes flushes;
    private final Deadlines deadlines;
    private final SlowReaders slowReaders;
    private final OutputQueue outputQueue;
    private final PrintShare share;
    private final Guard guard;
    private final Http2Access http2 = new Http2Access(this);
    private final CallTimers timers;

    /** The services of v3; null without. */
    private final GrpcLoop grpc;

    private final Runnable tick = this::onTick;
    private boolean isTickScheduled;

    /**
     * @param counters written by this event loop alone.
     */
    EdgeLoop(
            final HttpContext context,
            final EventLoop eventLoop,
            final RequestPorts ports,
            final EdgeCounters counters,
            final InputBudget inputBudget,
            final OutputBudget outputBudget,
            final Guard.Member guards) {
        this.counters = counters;
        this.faults = new EdgeFaults(counters);
        this.timers = new CallTimers(this::tickLater, fault -> faults.end(null, fault));
        this.rejections = new RejectionLog(counters, context.monotonicNanos());
        this.context = context;
        this.eventLoop = eventLoop;
        this.inputBudget = inputBudget;
        this.outputBudget = outputBudget;
        this.replies =
                new ReplyWriter(context.clusterId(), context.corsOrigins(), context.epochNanos());
        this.peerReplies = new ReplyWriter(context.clusterId(), Set.of(), context.epochNanos());
        this.keys = new KeysCodec(replies.body());
        this.keysReplies = new KeysReplies(keys, replies);
        this.events = new WatchEvents(this, correlations, keys, replies);
        this.requests =
                new EngineRequests(
                        ports.open(new EngineReplies(this, correlations), eventLoop),
                        correlations,
                        keys,
                        context.epochNanos(),
                        faults,
                        this::tickLater);
        this.flushes = new Flushes(eventLoop, requests, faults);
        this.deadlines = new Deadlines(context, this::tickLater);
        this.slowReaders =
                new SlowReaders(
                        outputBudget,
                        TimeUnit.MILLISECONDS.toNanos(context.slowReaderTimeoutMs()),
                        Rings.areOf(eventLoop));
        this.outputQueue =
                new OutputQueue(outputBudget, faults, eventLoop, this::tickLater, flushes::flush);
        this.share = new PrintShare(eventLoop, faults, flushes::flush);
        this.guard = new Guard(guards, eventLoop, new Attempts(counters, context.monotonicNanos()));
        this.grpc = context.v3() == null ? null : grpc(context);
    }

    private GrpcLoop grpc(final HttpContext context) {
        final ServiceAccess engine = new ServiceAccess(this);
        final Services services =
                new Services(context.v3Settings(), engine, timers, context.hasPeerTls());
        return new GrpcLoop(
                services.methods(),
                context.v3Settings().maxMessageBytes(),
                inputBudget,
                timers,
                context.monotonicNanos(),
                TimeUnit.MILLISECONDS.toNanos(context.slowSenderTimeoutMs()));
    }

    HttpContext context() {
        return context;
    }

    /** The first handler of a connection behind TLS, or without it. */
    ChannelHandler connection(final PageTable pages) {
        return pages.isForPeers()
                ? new HttpConnection(this, pages)
                : new PrefaceDetector(
                        () -> new HttpConnection(this, pages),
                        () -> Http2Session.create(http2, context.http2Limits(), router(pages)),
                        context.slowSenderTimeoutMs());
    }

    private StreamRouter router(final PageTable pages) {
        return (headers, stream) -> {
            if (grpc != null && GrpcStream.isGrpc(grpc, headers)) {
                return new GrpcStream(grpc, stream);
            }
            return new PageStream(this, pages, stream);
        };
    }

    /** A method of the v3 API; null when there is none. */
    RpcMethod rpc(final String path) {
        return grpc == null ? null : grpc.method(path);
    }

    /** What calls of the v3 API wait for time for. */
    CallTimers timers() {
        return timers;
    }

    InputBudget inputBudget() {
        return inputBudget;
    }

    OutputBudget outputBudget() {
        return outputBudget;
    }

    EdgeCounters counters() {
        return counters;
    }

    /** Who is turned away, by TLS or for the lack of it. */
    RejectionLog rejections() {
        return rejections;
    }

    EdgeFaults faults() {
        return faults;
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

    KeysReplies keysReplies() {
        return keysReplies;
    }

    WatchEvents events() {
        return events;
    }

    EngineRequests requests() {
        return requests;
    }

    Flushes flushes() {
        return flushes;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    OutputQueue outputQueue() {
        return outputQueue;
    }

    PrintShare share() {
        return share;
    }

    /** Says who may do what. */
    Guard guard() {
        return guard;
    }

    /** Goes on with a request that waited for something else than the engine. */
    void resume(final ClientConnection connection, final Runnable work) {
        try {
            work.run();
        } catch (final RuntimeException | Error e) {
            faults.end(connection, e);
        }
        flushes.flushUnlessReading();
    }

    /**
     * Goes on with a connection's request on the event loop; called by other threads.
     *
     * @throws java.util.concurrent.RejectedExecutionException when the loop has ended.
     */
    void execute(final ClientConnection connection, final Runnable work) {
        eventLoop.execute(() -> resume(connection, work));
    }

    long epochNanos() {
        return context.epochNanos().getAsLong();
    }

    private long nowNanos() {
        return context.monotonicNanos().getAsLong();
    }

    // --- memory for answers ---

    /**
     * Keeps bytes that an answer needs, and counts them; clients that do not read make room.
     *
     * @return null when there is no room all the same.
     */
    LongEvent keep(final Reply reply) {
        if (!takeBeyond(reply.length())) {
            outputBudget.countLost();
            return null;
        }
        final LongEvent event =
                LongEvent.copy(
                        PooledByteBufAllocator.DEFAULT,
                        outputBudget,
                        reply.bytes(),
                        reply.offset(),
                        reply.length());
        relieve();
        return event;
    }

    private boolean takeBeyond(final int bytes) {
        if (outputBudget.tryTakeBeyond(bytes)) {
            return true;
        }
        slowReaders.makeRoom(nowNanos());
        return outputBudget.tryTakeBeyond(bytes);
    }

    private void relieve() {
        slowReaders.relieve(nowNanos());
    }

    /** A connection was flushed; perhaps its client did not take all. */
    void flushed(final ReaderLag lag) {
        if (lag.isSlow() || lag.pendingBytes() > 0) {
            slowReaders.flushed(lag, nowNanos());
            relieve();
            tickLater();
        }
    }

    void closed(final ReaderLag lag) {
        slowReaders.closed(lag);
    }

    /** Cuts off a client that does not keep up. */
    void cut(final ReaderLag lag) {
        slowReaders.cut(lag, nowNanos());
    }

    // --- time ---

    void tickLater() {
        if (!isTickScheduled) {
            isTickScheduled = true;
            eventLoop.schedule(tick, deadlines.tickMs(), TimeUnit.MILLISECONDS);
        }
    }

    void onTick() {
        isTickScheduled = false;
        try {
            final long nowNanos = nowNanos();
            deadlines.expire(nowNanos, faults);
            timers.expire(nowNanos);
            requests.retry();
            slowReaders.check(!outputQueue.isEmpty(), nowNanos);
            outputQueue.grant();
            flushes.flush();
        } finally {
            if (isTimeAwaited()) {
                tickLater();
            }
        }
    }

    private boolean isTimeAwaited() {
        return !deadlines.isEmpty()
                || !timers.isEmpty()
                || !requests.isAllTaken()
                || !slowReaders.isEmpty()
                || !outputQueue.isEmpty();
    }

    /** Whether nothing is kept for any connection: no answer, no deadline, nothing to send. */
    boolean isIdle() {
        return correlations.isEmpty() && flushes.isEmpty() && !isTimeAwaited();
    }
}
