package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.larch.http.keys.KeysCodec;
import io.larch.http.metrics.EdgeCounters;
import io.larch.http.output.LongEvent;
import io.larch.http.wire.HttpMethod;
import io.netty.buffer.ByteBuf;

/**
 * A request that reads or writes keys: one answer, however long. While memory for answers is short,
 * it is held back before the engine gets it. A connection has one, used again for each of its
 * requests.
 *
 * <p>On the event loop's thread.
 */
final class KeysExchange implements EngineExchange, LongReply.Exchange, OutputQueue.Waiting {
    /** Of an answer that is not long, while memory is short. */
    private static final int HELD_BYTES = 64 << 10;

    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final EngineRequests requests;
    private final KeysReplies replies;

    /** Waits for memory; the engine has not got it. */
    private boolean isHeld;

    /** Holds memory of the {@link OutputQueue}. */
    private boolean isGranted;

    /** The engine has it, and has not begun to answer. */
    private boolean isAwaiting;

    private long correlationId;
    private long readNanos;
    private boolean isNoValueOnSuccess;

    /** What it is counted as. */
    private EdgeCounters.Method method;

    /** What the engine tells in parts; null when it does not. */
    private LongRead read;

    /** What is printed piece by piece; null when nothing is. */
    private LongReply reply;

    KeysExchange(final ClientConnection connection, final EdgeLoop loop) {
        this.connection = connection;
        this.loop = loop;
        this.requests = loop.requests();
        this.replies = loop.keysReplies();
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    /**
     * Hands the request to the engine, as soon as there is memory for answers.
     *
     * @param keys has parsed it.
     * @param readNanos when its last bytes came, on the clock of the commands' time stamps.
     */
    void start(final KeysCodec keys, final long readNanos) {
        this.readNanos = readNanos;
        isNoValueOnSuccess = keys.isNoValueOnSuccess();
        method = EdgeCounters.Method.of(connection.request().method(), keys.isQuorum());
        loop.counters().received(method);
        connection.timeout().awaitReply();
        if (loop.outputBudget().isExceeded()) {
            isGranted = loop.outputQueue().take(this);
            isHeld = !isGranted;
        }
        if (!isHeld) {
            handOver(keys);
        }
    }

    @Override
    public int wantedBytes() {
        return HELD_BYTES;
    }

    @Override
    public void onGranted() {
        isHeld = false;
        isGranted = true;
        // Other requests have been parsed meanwhile.
        loop.keys().parse(connection.request());
        handOver(loop.keys());
    }

    private void handOver(final KeysCodec keys) {
        final long id = requests.register(this);
        correlationId = id;
        isAwaiting = true;
        final long nowNanos = loop.epochNanos();
        keys.encode(connection.request(), id, nowNanos);
        if (loop.outputBudget().isScarce()) {
            keys.beSparing();
        }
        keys.noteEdgeTime(nowNanos - readNanos);
        if (!requests.offerCommand() && isAwaiting && correlationId == id) {
            requests.forget(id);
            replyError(EdgeLoop.ENGINE_FULL);
        }
    }

    // --- one answer ---

    @Override
    public void onResult(final Reply result) {
        if (LongReply.isLong(result.length()) && !isNodeOmitted(result)) {
            onLongResult(result);
            return;
        }
        final ByteBuf printed =
                replies.result(
                        connection.alloc(), connection.request(), isNoValueOnSuccess, result);
        countSuccess();
        finish(printed);
    }

    /** It cannot be told without memory; then it is as if the engine had not answered. */
    private void onLongResult(final Reply result) {
        final LongEvent kept = isHead() ? null : loop.keep(result);
        if (kept == null && !isHead()) {
            replyError(EdgeLoop.TIMED_OUT);
            return;
        }
        startLong(KeysReplies.statusOf(result), result);
        countSuccess();
        if (kept != null) {
            reply.event(kept);
        }
        reply.complete();
        reply.print();
    }

    private boolean isNodeOmitted(final Reply result) {
        return isNoValueOnSuccess && KeysCodec.isNodeOmitted(result.bytes(), result.offset());
    }

    @Override
    public void onError(final Reply error) {
        if (!isAwaiting) {
            // The head is out: no other reply can follow.
            endRead();
            connection.abort();
            return;
        }
        loop.counters().failed(method, error.error());
        if (LongReply.isLong(error.length())) {
            onLongError(error);
            return;
        }
        finish(replies.error(connection.alloc(), connection.request(), error));
    }

    /** Without memory its cause is left out. */
    private void onLongError(final Reply error) {
        final LongEvent cause = isHead() ? null : loop.keep(error);
        if (cause == null && !isHead()) {
            finish(replies.error(connection.alloc(), connection.request(), error.error(), ""));
            return;
        }
        startLong(error.error().status(), error);
        if (cause != null) {
            reply.error(error, cause);
        }
        reply.complete();
        reply.print();
    }

    private void replyError(final String cause) {
        final ErrorCode code = ErrorCode.RAFT_INTERNAL;
        loop.counters().failed(method, code);
        finish(replies.error(connection.alloc(), connection.request(), code, cause));
    }

    private void countSuccess() {
        loop.counters().succeeded(method, connection.replies().printedNanos() - readNanos);
    }

    private void finish(final ByteBuf printed) {
        connection.write(printed);
        end(false);
    }

    private void end(final boolean isEndOfBody) {
        endRead();
        release();
        connection.end(isEndOfBody);
    }

    private void release() {
        isAwaiting = false;
        correlationId = 0;
        if (isGranted) {
            isGranted = false;
            loop.outputQueue().give(this);
        }
        if (reply != null) {
            reply.release();
            reply = null;
        }
        if (read != null) {
            final LongRead released = read;
            read = null;
            released.release();
        }
    }

    // --- a long one ---

    private void startLong(final int status, final Reply first) {
        isAwaiting = false;
        connection.timeout().clear();
        connection.write(replies.head(connection.alloc(), connection.request(), status, first));
        reply = new LongReply(connection, loop, this);
    }

    @Override
    public void onReadOpened() {
        read = new LongRead(connection, loop, correlationId);
        read.start();
    }

    @Override
    public void onReadPart(final Reply part) {
        final boolean isFirst = isAwaiting;
        final boolean isLast = part.isLast();
        if (isFirst) {
            startLong(200, part);
            countSuccess();
        }
        final LongReply printing = reply;
        if (isHead()) {
            stop();
            printing.complete();
        } else {
            if (part.length() > 0) {
                printing.part(part, isFirst);
            }
            if (isLast) {
                printing.complete();
                endRead();
            } else if (printing.size() < LongRead.PARTS) {
                read.more();
            }
        }
        printing.print();
    }

    @Override
    public void onReadCut() {
        endRead();
        if (isAwaiting) {
            replyError(EdgeLoop.ENGINE_FULL);
        } else {
            connection.abort();
        }
    }

    /** One part is printed while another one waits: there is room for the next. */
    @Override
    public void onPrinted(final int left) {
        if (left == 1 && read != null) {
            read.more();
        }
    }

    @Override
    public void onAllPrinted() {
        if (isHead()) {
            end(false);
        } else {
            connection.endStream();
            end(connection.request().isHttp10());
        }
    }

    private boolean isHead() {
        return connection.request().method() == HttpMethod.HEAD;
    }

    /** The engine has told all it will. */
    private void endRead() {
        if (read != null) {
            read.end();
        }
    }

    @Override
    public void onWritable() {
        if (reply != null) {
            reply.print();
        }
    }

    // --- ends before there is an answer ---

    @Override
    public void onInputEnd() {
        if (isAwaiting) {
            requests.doNotHandOn(correlationId);
        }
    }

    @Override
    public void onTimeout() {
        final boolean isUndone = isHeld;
        stop();
        replyError(isUndone ? EdgeLoop.ENGINE_FULL : EdgeLoop.TIMED_OUT);
    }

    @Override
    public void onClosed() {
        stop();
        release();
    }

    private void stop() {
        if (isHeld) {
            isHeld = false;
            loop.outputQueue().leave(this);
        } else if (read != null) {
            read.cancel();
        } else if (isAwaiting) {
            requests.cancel(correlationId);
        }
    }
}
