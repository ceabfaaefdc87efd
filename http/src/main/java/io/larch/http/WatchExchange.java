package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.larch.http.keys.KeysCodec;
import io.larch.http.output.EventFrames;
import io.larch.http.output.LongEvent;
import io.netty.buffer.ByteBuf;

/**
 * A watch: a head, then one event, or events until somebody ends it. A connection has one, used
 * again for each of its watches.
 *
 * <p>On the event loop's thread.
 */
final class WatchExchange implements EngineExchange, LongReply.Exchange {
    private enum State {
        /** The engine has the request. */
        AWAITING,
        /** The head is out, events follow. */
        WATCHING,
        /** No more events; what is there is printed as the client takes it. */
        DRAINING,
        OVER
    }

    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final EngineRequests requests;
    private final KeysReplies replies;
    private State state = State.OVER;
    private long correlationId;
    private boolean isStream;
    private int unflushedEvents;

    /** What is printed piece by piece, and what came behind it; null when nothing is. */
    private LongReply reply;

    WatchExchange(final ClientConnection connection, final EdgeLoop loop) {
        this.connection = connection;
        this.loop = loop;
        this.requests = loop.requests();
        this.replies = loop.keysReplies();
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    /** As {@link KeysExchange#start}. */
    void start(final KeysCodec keys, final long readNanos) {
        isStream = keys.isStream();
        loop.counters().watchReceived();
        final long id = requests.register(this);
        correlationId = id;
        state = State.AWAITING;
        final long nowNanos = loop.epochNanos();
        keys.encode(connection.request(), id, nowNanos);
        keys.noteEdgeTime(nowNanos - readNanos);
        connection.timeout().awaitReply();
        if (!requests.offerCommand() && state == State.AWAITING && correlationId == id) {
            requests.forget(id);
            replyError(EdgeLoop.ENGINE_FULL);
        }
    }

    // --- its beginning ---

    @Override
    public void onWatchStart(final Reply start) {
        if (state == State.AWAITING) {
            connection.timeout().clear();
            state = State.WATCHING;
            connection.write(replies.head(connection.alloc(), connection.request(), 200, start));
        }
    }

    @Override
    public void onError(final Reply error) {
        if (state == State.WATCHING) {
            endBody();
        } else if (LongReply.isLong(error.length())) {
            onLongError(error);
        } else {
            finish(replies.error(connection.alloc(), connection.request(), error));
        }
    }

    /** Without memory its cause is left out. */
    private void onLongError(final Reply error) {
        final LongEvent cause = loop.keep(error);
        if (cause == null) {
            finish(replies.error(connection.alloc(), connection.request(), error.error(), ""));
        } else {
            connection.timeout().clear();
            state = State.DRAINING;
            connection.write(
                    replies.head(
                            connection.alloc(),
                            connection.request(),
                            error.error().status(),
                            error));
            reply().error(error, cause);
            reply.complete();
            reply.print();
        }
    }

    private void replyError(final String cause) {
        finish(
                replies.error(
                        connection.alloc(), connection.request(), ErrorCode.RAFT_INTERNAL, cause));
    }

    private void finish(final ByteBuf printed) {
        connection.write(printed);
        end(false);
    }

    // --- its events ---

    @Override
    public boolean isWatching() {
        return state == State.WATCHING;
    }

    @Override
    public void onEvent(final EventFrames frames) {
        final boolean isFinal = !isStream;
        final boolean isHttp10 = connection.request().isHttp10();
        final ByteBuf frame = frames.frame(connection.alloc(), !isHttp10, isFinal);
        if (hasLongReply()) {
            reply.printed(frame);
            cutIfTooLong();
            return;
        }
        connection.write(frame);
        if (isFinal) {
            requests.forget(correlationId);
            end(isHttp10);
        } else if (isTooSlow()) {
            requests.cancel(correlationId);
            connection.endStream();
            end(true);
        }
    }

    @Override
    public void onLongEvent(final LongEvent event) {
        reply().event(event.retain());
        if (!isStream) {
            requests.forget(correlationId);
            state = State.DRAINING;
            reply.complete();
        }
        reply.print();
        if (state == State.WATCHING) {
            cutIfTooLong();
        }
    }

    @Override
    public void onEventLost() {
        requests.cancel(correlationId);
        endBody();
    }

    /** A watch whose client is so far behind that it had better watch again. */
    private void cutIfTooLong() {
        if (reply.size() > 1
                && (reply.bytes() > 8L * loop.context().watchBufferBytes()
                        || reply.size() > 8L * loop.context().watchBufferEvents())) {
            loop.cut(connection.lag());
        }
    }

    /** A client that does not read shall not fill our memory. */
    private boolean isTooSlow() {
        unflushedEvents++;
        return connection.lag().pendingBytes() > loop.context().watchBufferBytes()
                && connection.lag().pendingWrites() + unflushedEvents
                        > loop.context().watchBufferEvents();
    }

    @Override
    public void onFlush() {
        unflushedEvents = 0;
        // Only now: what the watch found in the past is written by the end of a batch.
        endIfUnheard();
    }

    private LongReply reply() {
        if (reply == null) {
            reply = new LongReply(connection, loop, this);
        }
        return reply;
    }

    private boolean hasLongReply() {
        return reply != null && !reply.isEmpty();
    }

    @Override
    public void onPrinted(final int left) {
        // Events come by themselves.
    }

    @Override
    public void onAllPrinted() {
        connection.endStream();
        end(connection.request().isHttp10());
    }

    @Override
    public void onWritable() {
        if (reply != null) {
            reply.print();
        }
    }

    // --- its end ---

    @Override
    public void onWatchEnd() {
        if (state == State.WATCHING) {
            endBody();
        } else if (state == State.AWAITING) {
            replyError(EdgeLoop.STOPPED);
        }
    }

    /** Ends the body as it is; the client sees that it has to watch again. */
    private void endBody() {
        if (hasLongReply()) {
            state = State.DRAINING;
            reply.complete();
        } else {
            onAllPrinted();
        }
    }

    /**
     * A watch has no other end than its event, so it ends when its client has said its last word,
     * as in etcd; and when that word could not be heard, since the client has sent so much behind
     * the watch that no more is read. What was sent behind it is answered then.
     */
    private void endIfUnheard() {
        if (state == State.WATCHING && connection.isInputEndedOrFull()) {
            requests.cancel(correlationId);
            endBody();
        }
    }

    @Override
    public void onInput() {
        endIfUnheard();
    }

    @Override
    public void onInputEnd() {
        if (state == State.WATCHING) {
            endIfUnheard();
            loop.flushes().flushUnlessReading();
        }
    }

    @Override
    public void onTimeout() {
        requests.cancel(correlationId);
        replyError(EdgeLoop.TIMED_OUT);
    }

    @Override
    public void onClosed() {
        if (state == State.AWAITING || state == State.WATCHING) {
            requests.cancel(correlationId);
        }
        release();
    }

    private void end(final boolean isEndOfBody) {
        release();
        connection.end(isEndOfBody);
    }

    private void release() {
        state = State.OVER;
        correlationId = 0;
        unflushedEvents = 0;
        if (reply != null) {
            reply.release();
            reply = null;
        }
    }
}
