package io.larch.http;

import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.keys.KeysCodec;
import io.larch.http.keys.KeysPage;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.EventFrames;
import io.larch.http.output.LongBody;
import io.larch.http.output.LongEvent;
import io.larch.http.output.ReaderLag;
import io.larch.http.route.Exchange;
import io.larch.http.route.Page;
import io.larch.http.route.PageTable;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.HttpDecoder;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;

/**
 * One client's connection: takes its requests one by one, in order, and writes their replies. The
 * next request is looked at when the one before is answered.
 *
 * <p>All methods run on the event loop's thread. An answer may arrive while the request is still
 * being handed over; nothing is assumed about the state afterwards.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Exchange {
    private enum State {
        /** Decoding a request, or between two. */
        READING,
        /** The engine has the request. */
        AWAITING,
        /** The reply's head is out, events follow. */
        WATCHING,
        /** The reply's head is out, the rest is printed as the client takes it. */
        SENDING,
        /** Nothing more is read; the last bytes are on their way. */
        CLOSING,
        CLOSED
    }

    private static final ByteBuf CONTINUE =
            Unpooled.unreleasableBuffer(
                    Unpooled.directBuffer()
                            .writeBytes(
                                    "HTTP/1.1 100 Continue\r\n\r\n"
                                            .getBytes(StandardCharsets.US_ASCII))
                            .asReadOnly());

    /** What a client may send ahead while it waits; then it is not read from. */
    private static final int MAX_AHEAD_BYTES = 64 * 1024;

    private static final String TIMED_OUT = "etcdserver: request timed out";
    private static final String ENGINE_FULL = "etcdserver: too many requests";
    private static final String STOPPED = "etcdserver: server stopped";

    // Links of the DeadlineList this connection is in.
    DeadlineList deadlines;
    HttpConnection previous;
    HttpConnection next;
    long deadlineNanos;

    private final EdgeLoop loop;
    private final PageTable pages;
    private final ReplyWriter replies;
    private final HttpDecoder decoder;
    private final HttpRequest request;
    private ChannelHandlerContext ctx;
    private State state = State.READING;
    private ByteBuf input;
    private Page page;
    private boolean isPumping;
    private boolean isDirty;
    private boolean isInputEnded;

    /** When the newest bytes came, on the clock of the commands' time stamps. */
    private long readNanos;

    // Of the request that waits.
    private long correlationId;
    private long askSequence;
    private Runnable onNoAnswer;
    private Consumer<String> keyReader;
    private boolean isNoValueOnSuccess;

    /** What it is counted as; null while nothing that is counted waits. */
    private EdgeCounters.Method method;

    private boolean isWatch;
    private boolean isStream;
    private int unflushedEvents;

    // Of an answer that is printed piece by piece.
    private LongBody longBody;
    private boolean isSending;
    private boolean isReadOpened;
    private boolean hasOutput;
    private boolean hasAllParts;
    private boolean isWaitingToPrint;
    private ReaderLag lag;

    HttpConnection(final EdgeLoop loop, final PageTable pages) {
        this.loop = loop;
        this.pages = pages;
        this.replies = pages.isForPeers() ? loop.peerReplies() : loop.replies();
        this.decoder =
                new HttpDecoder(
                        loop.context().maxHeadBytes(),
                        loop.context().maxFormBytes(),
                        loop.inputBudget());
        this.request = decoder.request();
    }

    // --- the channel's side ---

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        this.ctx = ctx;
        lag = new ReaderLag(ctx.channel());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        if (state == State.CLOSING || state == State.CLOSED) {
            bytes.release();
            return;
        }
        loop.startReading();
        readNanos = loop.epochNanos();
        take(bytes);
        pump();
        endUnheardWatch();
        watchSender(true);
        limitReadAhead();
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        loop.endReading();
        if (isDirty) {
            flush();
        }
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            sendOn();
            pump();
            watchSender(false);
            loop.flushUnlessReading();
        }
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            isInputEnded = true;
            switch (state) {
                case READING -> {
                    pump();
                    loop.flushUnlessReading();
                }
                case WATCHING -> {
                    endUnheardWatch();
                    loop.flushUnlessReading();
                }
                case CLOSING -> closeNow();
                case AWAITING -> {
                    // It may have said all and wait for its reply, or be gone.
                    if (correlationId != 0 && !isWatch) {
                        loop.doNotHandOn(correlationId);
                    }
                }
                default -> {
                    // Its answer is on its way, or it is gone already.
                }
            }
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        if (state == State.AWAITING) {
            stopAwaiting();
        } else if (state == State.WATCHING) {
            stopWatching();
        }
        endLongRead(true);
        state = State.CLOSED;
        DeadlineList.remove(this);
        releaseLongBody();
        loop.closed(lag);
        releaseInput();
        decoder.release();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        if (cause instanceof IOException || cause.getCause() instanceof IOException) {
            // The client or the way to it.
            ctx.close();
        } else {
            loop.failed(this, cause);
        }
    }

    /** Ends the connection as it is. */
    void abort() {
        ctx.close();
    }

    private void take(final ByteBuf bytes) {
        if (input == null) {
            input = bytes;
            return;
        }
        final ByteBuf joined = ctx.alloc().buffer(input.readableBytes() + bytes.readableBytes());
        joined.writeBytes(input).writeBytes(bytes);
        input.release();
        bytes.release();
        input = joined;
    }

    private boolean isAheadFull() {
        return input != null && input.readableBytes() > MAX_AHEAD_BYTES;
    }

    private void limitReadAhead() {
        final boolean isFull = isAheadFull();
        if (ctx.channel().config().isAutoRead() == isFull) {
            ctx.channel().config().setAutoRead(!isFull);
        }
    }

    private void releaseInput() {
        if (input != null) {
            input.release();
            input = null;
        }
    }

    // --- requests ---

    /** Decodes and hands over requests while there are any and none waits. */
    private void pump() {
        if (isPumping) {
            return;
        }
        isPumping = true;
        try {
            while (state == State.READING && input != null && ctx.channel().isWritable()) {
                if (!step()) {
                    break;
                }
            }
            if (input != null && !input.isReadable()) {
                releaseInput();
            }
        } finally {
            isPumping = false;
        }
        if (state == State.READING && input == null && isInputEnded) {
            closeWhenWritten(false);
        }
        if (state != State.CLOSING && state != State.CLOSED) {
            limitReadAhead();
        }
    }

    private boolean step() {
        switch (decoder.decode(input)) {
            case HEAD:
                onHead();
                return true;
            case REQUEST:
                dispatch();
                return true;
            case BAD:
                write(replies.refusal(ctx.alloc(), decoder.error()));
                closeWhenWritten(true);
                return false;
            default:
                return false;
        }
    }

    private void onHead() {
        page = pages.find(request);
        if (!request.hasBody()) {
            decoder.discardBody();
        } else if (page.wantsBody(request)) {
            if (request.expectsContinue() && !input.isReadable()) {
                write(CONTINUE.duplicate());
            }
            decoder.keepBody();
        } else if (request.expectsContinue() && !input.isReadable()) {
            // As it was not asked for, the body may or may not come.
            decoder.leaveBody();
        } else {
            decoder.discardBody();
        }
    }

    private void dispatch() {
        state = State.AWAITING;
        DeadlineList.remove(this);
        if (KeysPage.isKeys(page, request.method())) {
            keys();
        } else {
            page.handle(this);
        }
    }

    private void keys() {
        final KeysCodec keys = loop.keys();
        final ErrorCode error = keys.parse(request);
        if (error != null) {
            replyError(error, keys.cause());
            return;
        }
        isWatch = keys.type() == CommandType.WATCH;
        isStream = keys.isStream();
        isNoValueOnSuccess = keys.isNoValueOnSuccess();
        if (isWatch) {
            loop.counters().watchReceived();
        } else {
            method = EdgeCounters.Method.of(request.method(), keys.isQuorum());
            loop.counters().received(method);
        }
        final long id = loop.await(this);
        correlationId = id;
        final long nowNanos = loop.epochNanos();
        keys.encode(request, id, nowNanos);
        if (loop.outputBudget().isScarce()) {
            keys.beSparing();
        }
        keys.noteEdgeTime(nowNanos - readNanos);
        loop.deadlineForReply(this);
        if (!loop.offerCommand() && isAwaiting(id)) {
            loop.forget(id);
            replyError(ErrorCode.RAFT_INTERNAL, ENGINE_FULL);
        }
    }

    private boolean isAwaiting(final long id) {
        return state == State.AWAITING && correlationId == id;
    }

    // --- the engine's side ---

    void onResult(
            final boolean created,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer event,
            final int offset,
            final int length) {
        if (keyReader != null) {
            onKey(KeysCodec.valueOf(event, offset));
            return;
        }
        if (EdgeLoop.isLong(length)
                && !(isNoValueOnSuccess && KeysCodec.isNodeOmitted(event, offset))) {
            startSending(created ? 201 : 200, storeIndex, raftIndex, raftTerm);
            loop.counters().succeeded(method, replies.printedNanos() - readNanos);
            longBody().event(loop.keep(event, offset, length));
            hasAllParts = true;
            sendOn();
            return;
        }
        body();
        if (isNoValueOnSuccess) {
            loop.keys().printWithoutValue(event, offset);
        } else {
            loop.keys().print(event, offset);
        }
        final ByteBuf reply =
                replies.keys(
                        ctx.alloc(), request, created ? 201 : 200, storeIndex, raftIndex, raftTerm);
        loop.counters().succeeded(method, replies.printedNanos() - readNanos);
        finish(reply);
    }

    void onError(
            final ErrorCode code,
            final long storeIndex,
            final DirectBuffer cause,
            final int offset,
            final int length) {
        if (state == State.WATCHING) {
            endWatch();
            return;
        }
        endLongRead(false);
        if (keyReader != null) {
            if (code == ErrorCode.KEY_NOT_FOUND) {
                onKey(null);
            } else {
                giveUpAsking();
            }
            return;
        }
        if (EdgeLoop.isLong(length)) {
            startSending(code.status(), storeIndex, ReplyWriter.NO_INDEX, ReplyWriter.NO_INDEX);
            countFailed(code);
            longBody().error(code, loop.keep(cause, offset, length), storeIndex);
            hasAllParts = true;
            sendOn();
            return;
        }
        body();
        loop.keys().printError(code, cause, offset, length, storeIndex);
        finishError(code, storeIndex);
    }

    private void countFailed(final ErrorCode code) {
        if (method != null) {
            loop.counters().failed(method, code.status());
        }
    }

    private void replyError(final ErrorCode code, final String cause) {
        body();
        loop.keys().printError(code, cause, 0);
        finishError(code, 0);
    }

    private void finishError(final ErrorCode code, final long storeIndex) {
        countFailed(code);
        finish(
                replies.keys(
                        ctx.alloc(),
                        request,
                        code.status(),
                        storeIndex,
                        ReplyWriter.NO_INDEX,
                        ReplyWriter.NO_INDEX));
    }

    // --- watches ---

    boolean isWatching() {
        return state == State.WATCHING;
    }

    void onWatchStart(final long storeIndex, final long raftIndex, final long raftTerm) {
        if (state != State.AWAITING) {
            return;
        }
        DeadlineList.remove(this);
        state = State.WATCHING;
        write(replies.streamHead(ctx.alloc(), request, 200, storeIndex, raftIndex, raftTerm));
    }

    void onEvent(final EventFrames frames) {
        final boolean isFinal = !isStream;
        final ByteBuf frame = frames.frame(ctx.alloc(), !request.isHttp10(), isFinal);
        if (hasLongBody()) {
            longBody.printed(frame);
            endIfBodyIsTooLong();
            return;
        }
        write(frame);
        if (isFinal) {
            loop.forget(correlationId);
            endExchange(request.isHttp10());
        } else if (isTooSlow()) {
            loop.cancel(correlationId);
            endWatch();
            closeWhenWritten(false);
        }
    }

    /** An event that is printed piece by piece, and shared with others. */
    void onLongEvent(final LongEvent event) {
        longBody().event(event.retain());
        if (!isStream) {
            loop.forget(correlationId);
            correlationId = 0;
            state = State.SENDING;
            hasAllParts = true;
        }
        sendOn();
        endIfBodyIsTooLong();
    }

    /** A watch whose client is so far behind that it had better watch again. */
    private void endIfBodyIsTooLong() {
        if (state == State.WATCHING
                && longBody.size() > 1
                && (longBody.bytes() > 8L * loop.context().watchBufferBytes()
                        || longBody.size() > 8L * loop.context().watchBufferEvents())) {
            loop.cut(lag);
        }
    }

    /** A client that does not read shall not fill our memory. */
    private boolean isTooSlow() {
        unflushedEvents++;
        final ChannelOutboundBuffer outbound = ctx.channel().unsafe().outboundBuffer();
        return outbound != null
                && outbound.totalPendingWriteBytes() > loop.context().watchBufferBytes()
                && outbound.size() + unflushedEvents > loop.context().watchBufferEvents();
    }

    void onWatchEnd() {
        if (state == State.WATCHING) {
            endWatch();
        } else if (state == State.AWAITING) {
            replyError(ErrorCode.RAFT_INTERNAL, STOPPED);
        }
    }

    /** Ends the body as it is; the client sees that it has to watch again. */
    private void endWatch() {
        if (hasLongBody()) {
            correlationId = 0;
            state = State.SENDING;
            hasAllParts = true;
            return;
        }
        if (!request.isHttp10()) {
            write(Unpooled.wrappedBuffer(EventFrames.lastChunk()));
        }
        endExchange(request.isHttp10());
    }

    /**
     * A watch has no other end than its event, so it ends when its client has said its last word,
     * as in etcd; and when that word could not be heard, since the client has sent so much behind
     * the watch that no more is read. What was sent behind it is answered then.
     */
    private void endUnheardWatch() {
        if (state == State.WATCHING && (isInputEnded || isAheadFull())) {
            stopWatching();
            endWatch();
        }
    }

    private void stopWatching() {
        loop.cancel(correlationId);
    }

    private void stopAwaiting() {
        askSequence++;
        onNoAnswer = null;
        keyReader = null;
        if (isReadOpened) {
            endLongRead(true);
            correlationId = 0;
        }
        if (correlationId != 0) {
            loop.cancel(correlationId);
            correlationId = 0;
        }
    }

    // --- long answers ---

    /** The engine has an answer too long for one message: its parts are asked for. */
    void onReadOpened() {
        if (keyReader != null) {
            loop.cancel(correlationId);
            giveUpAsking();
            return;
        }
        isReadOpened = true;
        if (loop.takeOutput(this)) {
            onOutputGranted();
        }
    }

    void onOutputGranted() {
        hasOutput = true;
        loop.more(correlationId);
    }

    void onReadPart(
            final long storeIndex,
            final long raftIndex,
            final long raftTerm,
            final DirectBuffer part,
            final int offset,
            final int length,
            final boolean isLast) {
        final boolean isFirst = state == State.AWAITING;
        if (isFirst) {
            startSending(200, storeIndex, raftIndex, raftTerm);
            loop.counters().succeeded(method, replies.printedNanos() - readNanos);
        }
        hasAllParts = isLast;
        if (request.method() == HttpMethod.HEAD) {
            endLongRead(!isLast);
            endSending();
            return;
        }
        if (length > 0) {
            longBody().part(ctx.alloc(), loop.outputBudget(), part, offset, length, isFirst);
        }
        if (isLast) {
            endLongRead(false);
        } else if (longBody.size() < 2) {
            loop.more(correlationId);
        }
        sendOn();
    }

    /** The engine cannot go on with a read. */
    void onReadCut() {
        endLongRead(false);
        if (state == State.AWAITING) {
            replyError(ErrorCode.RAFT_INTERNAL, ENGINE_FULL);
        } else {
            closeNow();
        }
    }

    /**
     * No more parts are wanted, or none will come.
     *
     * @param isToCancel whether the engine has to be told.
     */
    private void endLongRead(final boolean isToCancel) {
        if (!isReadOpened) {
            return;
        }
        isReadOpened = false;
        if (isToCancel && correlationId != 0) {
            loop.cancel(correlationId);
        }
        if (hasOutput) {
            hasOutput = false;
            loop.giveOutput();
        } else {
            loop.stopWaitingForOutput(this);
        }
    }

    private void startSending(
            final int status, final long storeIndex, final long raftIndex, final long raftTerm) {
        DeadlineList.remove(this);
        state = State.SENDING;
        hasAllParts = false;
        write(replies.streamHead(ctx.alloc(), request, status, storeIndex, raftIndex, raftTerm));
    }

    private LongBody longBody() {
        if (longBody == null) {
            longBody = new LongBody(!request.isHttp10());
        }
        return longBody;
    }

    private boolean hasLongBody() {
        return longBody != null && !longBody.isEmpty();
    }

    private void releaseLongBody() {
        if (longBody != null) {
            longBody.release();
            longBody = null;
        }
    }

    /** Prints as much of a long answer as the client takes, within the loop's share. */
    private void sendOn() {
        if (isSending || isWaitingToPrint) {
            return;
        }
        isSending = true;
        while (hasLongBody() && ctx.channel().isWritable() && mayPrint()) {
            final int size = longBody.size();
            final ByteBuf piece = longBody.next(ctx.alloc(), replies.body());
            loop.printed(piece.readableBytes());
            write(piece);
            if (longBody.size() < size && size == 2 && isReadOpened) {
                loop.more(correlationId);
            }
        }
        isSending = false;
        if (state == State.SENDING && hasAllParts && !hasLongBody()) {
            endSending();
        }
    }

    private boolean mayPrint() {
        isWaitingToPrint = !loop.mayPrint(this);
        return !isWaitingToPrint;
    }

    /** The loop has looked at everything else. */
    void onMayPrint() {
        isWaitingToPrint = false;
        if (state != State.CLOSED) {
            sendOn();
        }
    }

    private void endSending() {
        final boolean hasBody = request.method() != HttpMethod.HEAD;
        if (hasBody && !request.isHttp10()) {
            write(Unpooled.wrappedBuffer(EventFrames.lastChunk()));
        }
        endExchange(hasBody && request.isHttp10());
    }

    // --- other endpoints ---

    @Override
    public HttpRequest request() {
        return request;
    }

    @Override
    public JsonWriter body() {
        return replies.body();
    }

    @Override
    public void reply(final int status, final byte[] headers, final boolean hasClusterId) {
        finish(
                replies.reply(
                        ctx.alloc(),
                        request,
                        status,
                        headers,
                        hasClusterId,
                        ReplyWriter.NO_INDEX,
                        ReplyWriter.NO_INDEX,
                        ReplyWriter.NO_INDEX));
    }

    @Override
    public <R> void ask(
            final Query.Kind kind, final Consumer<R> onAnswer, final Runnable onNoAnswer) {
        ask(kind, null, onAnswer, onNoAnswer);
    }

    @Override
    public void change(
            final Query.MemberChange change,
            final Consumer<QueryViews.MemberChanged> onAnswer,
            final Runnable onNoAnswer) {
        ask(Query.Kind.CHANGE_MEMBERS, change, onAnswer, onNoAnswer);
    }

    private <R> void ask(
            final Query.Kind kind,
            final Query.MemberChange change,
            final Consumer<R> onAnswer,
            final Runnable onNoAnswer) {
        final long mine = ++askSequence;
        this.onNoAnswer = onNoAnswer;
        if (kind.isProbe()) {
            loop.deadlineForProbe(this);
        } else {
            loop.deadlineForReply(this);
        }
        final Query<R> query =
                new Query<>() {
                    @Override
                    public Kind kind() {
                        return kind;
                    }

                    @Override
                    public Query.MemberChange change() {
                        return change;
                    }

                    @Override
                    public void answer(final R result) {
                        if (mine == askSequence && state == State.AWAITING) {
                            HttpConnection.this.onNoAnswer = null;
                            take(result, onAnswer);
                            loop.flushUnlessReading();
                        }
                    }
                };
        if (!loop.ask(query) && mine == askSequence && state == State.AWAITING) {
            giveUpAsking();
        }
    }

    private <R> void take(final R answer, final Consumer<R> onAnswer) {
        try {
            onAnswer.accept(answer);
        } catch (final RuntimeException | Error e) {
            loop.failed(this, e);
        }
    }

    private void giveUpAsking() {
        askSequence++;
        if (keyReader != null) {
            keyReader = null;
            loop.forget(correlationId);
            correlationId = 0;
        }
        final Runnable reply = onNoAnswer;
        onNoAnswer = null;
        reply.run();
    }

    @Override
    public void readKey(
            final String path, final Consumer<String> onValue, final Runnable onFailure) {
        keyReader = onValue;
        onNoAnswer = onFailure;
        final long id = awaitKey();
        loop.keys().encodeGet(path, id, loop.epochNanos());
        offerKey(id);
    }

    @Override
    public void writeKey(
            final String path,
            final String value,
            final Runnable onDone,
            final Runnable onFailure) {
        keyReader = written -> onDone.run();
        onNoAnswer = onFailure;
        final long id = awaitKey();
        loop.keys().encodeSet(path, value, id, loop.epochNanos());
        offerKey(id);
    }

    private long awaitKey() {
        askSequence++;
        isWatch = false;
        correlationId = loop.await(this);
        loop.deadlineForReply(this);
        return correlationId;
    }

    private void offerKey(final long id) {
        if (!loop.offerCommand() && isAwaiting(id)) {
            loop.forget(id);
            giveUpAsking();
        }
    }

    /** The key that a page asked for: its value, or null. */
    private void onKey(final String value) {
        final Consumer<String> reader = keyReader;
        keyReader = null;
        onNoAnswer = null;
        correlationId = 0;
        reader.accept(value);
    }

    // --- replies ---

    private void finish(final ByteBuf reply) {
        write(reply);
        endExchange(false);
    }

    /** The reply is written: on to the next request, or to the end. */
    private void endExchange(final boolean isEndOfBody) {
        DeadlineList.remove(this);
        releaseLongBody();
        correlationId = 0;
        unflushedEvents = 0;
        method = null;
        final boolean isLast = isEndOfBody || !request.isKeepAlive();
        final boolean isInputUnread = decoder.isInputUnread();
        decoder.reset();
        if (isLast) {
            closeWhenWritten(isInputUnread);
            return;
        }
        state = State.READING;
        pump();
        watchSender(false);
    }

    private void write(final ByteBuf bytes) {
        lag.wrote(bytes.readableBytes());
        ctx.write(bytes, ctx.voidPromise());
        if (!isDirty) {
            isDirty = true;
            loop.markDirty(this);
        }
    }

    void flush() {
        isDirty = false;
        unflushedEvents = 0;
        // Only now: what the watch found in the past is written by the end of a batch.
        endUnheardWatch();
        ctx.flush();
        loop.flushed(lag);
    }

    // --- ends ---

    /** An unfinished request must go on within the time given; a head as a whole. */
    private void watchSender(final boolean hasProgress) {
        if (state != State.READING) {
            return;
        }
        if (!decoder.isMidRequest()) {
            DeadlineList.remove(this);
        } else if (deadlines == null || hasProgress && !decoder.isInHead()) {
            loop.deadlineForSender(this);
        }
    }

    void onDeadline() {
        switch (state) {
            case READING -> {
                write(replies.refusal(ctx.alloc(), "408 Request Timeout"));
                closeWhenWritten(false);
            }
            case AWAITING -> {
                if (onNoAnswer != null) {
                    giveUpAsking();
                } else {
                    stopAwaiting();
                    replyError(ErrorCode.RAFT_INTERNAL, TIMED_OUT);
                }
            }
            default -> closeNow();
        }
    }

    /**
     * Closes behind what was written. If the client is still sending, its bytes are taken for a
     * moment, since closing at once could cost it the reply.
     */
    private void closeWhenWritten(final boolean isInputUnread) {
        if (state == State.CLOSING || state == State.CLOSED) {
            return;
        }
        state = State.CLOSING;
        releaseInput();
        if (!ctx.channel().config().isAutoRead()) {
            ctx.channel().config().setAutoRead(true);
        }
        loop.deadlineForSender(this);
        final ChannelFuture written = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
        if (isInputUnread && !isInputEnded && ctx.channel() instanceof DuplexChannel duplex) {
            written.addListener(
                    future -> {
                        duplex.shutdownOutput();
                        loop.deadlineForLingering(this);
                    });
        } else {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void closeNow() {
        ctx.close();
    }
}
