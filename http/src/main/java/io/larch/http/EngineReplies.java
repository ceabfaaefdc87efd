package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;

/**
 * The engine's way to an event loop: finds who waits for an answer. What goes wrong while an answer
 * is printed is that connection's end, and nobody else's: neither the engine's, which may be on the
 * same thread, nor that of the answers behind it.
 *
 * <p>On the event loop's thread.
 */
final class EngineReplies implements ReplyHandler {
    private final EdgeLoop loop;
    private final Correlations correlations;

    EngineReplies(final EdgeLoop loop, final Correlations correlations) {
        this.loop = loop;
        this.correlations = correlations;
    }

    @Override
    public void onReply(final Reply reply) {
        if (reply.kind() == Reply.Kind.EVENT) {
            onEvent(reply);
            return;
        }
        final long correlationId = reply.correlationId();
        final EngineExchange exchange =
                reply.isLast()
                        ? correlations.remove(correlationId)
                        : correlations.find(correlationId);
        try {
            if (exchange != null) {
                give(exchange, reply);
            } else if (reply.kind() == Reply.Kind.READ_OPENED) {
                loop.requests().cancel(correlationId);
            }
        } catch (final RuntimeException | Error e) {
            fail(exchange, e);
        }
        loop.flushes().flushIfMuch();
    }

    private static void give(final EngineExchange exchange, final Reply reply) {
        switch (reply.kind()) {
            case RESULT -> exchange.onResult(reply);
            case ERROR -> exchange.onError(reply);
            case READ_OPENED -> exchange.onReadOpened();
            case READ_PART -> exchange.onReadPart(reply);
            case READ_CUT -> exchange.onReadCut();
            case WATCH_START -> exchange.onWatchStart(reply);
            case WATCH_END -> exchange.onWatchEnd();
            default -> throw new IllegalArgumentException("not for one exchange: " + reply.kind());
        }
    }

    /** Who of many watchers has got the event when one fails is not known: all watch again. */
    private void onEvent(final Reply event) {
        final long[] watches = event.watches();
        final int count = event.watchCount();
        try {
            loop.events().deliver(watches, count, event);
        } catch (final RuntimeException | Error e) {
            for (int i = 0; i < count; i++) {
                fail(correlations.find(watches[i]), e);
            }
        }
    }

    @Override
    public void onBatchEnd() {
        loop.flushes().onBatchEnd();
    }

    private void fail(final EngineExchange exchange, final Throwable fault) {
        loop.faults().end(exchange == null ? null : exchange.connection(), fault);
    }
}
