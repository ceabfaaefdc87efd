package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.engine.port.ReplyHandler;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.SharedBytes;
import java.util.function.Consumer;

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
    private final SharedBytes shared = new SharedBytes();
    private final HeldEvents held = new HeldEvents();
    private final Consumer<Reply> teller = this::tell;

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
        if (!held.isEmpty() && isOfWatch(correlationId)) {
            held.release(teller);
        }
        final EngineAnswers exchange =
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

    private boolean isOfWatch(final long correlationId) {
        final EngineAnswers exchange = correlations.find(correlationId);
        return exchange != null && exchange.isOfWatch();
    }

    private static void give(final EngineAnswers exchange, final Reply reply) {
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

    private void onEvent(final Reply event) {
        if (!held.hold(event)) {
            held.release(teller);
            tell(event);
        }
    }

    private void tell(final Reply event) {
        if (isOfKeys(event.watches(), event.watchCount())) {
            onKeysEvent(event);
        } else {
            onEvents(event);
        }
    }

    /** All watches of an event are those of one application. */
    private boolean isOfKeys(final long[] watches, final int count) {
        for (int i = 0; i < count; i++) {
            final EngineAnswers watch = correlations.find(watches[i]);
            if (watch != null) {
                return watch instanceof EngineExchange;
            }
        }
        return true;
    }

    /** Who of many watchers has got the event when one fails is not known: all watch again. */
    private void onKeysEvent(final Reply event) {
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

    private void onEvents(final Reply events) {
        final long[] watches = events.watches();
        final int count = events.watchCount();
        shared.start(events.bytes(), events.offset(), events.length());
        for (int i = 0; i < count; i++) {
            final EngineAnswers watch = correlations.find(watches[i]);
            if (watch != null) {
                try {
                    watch.onEvents(events, shared);
                } catch (final RuntimeException | Error e) {
                    fail(watch, e);
                }
            }
        }
        shared.release();
        loop.flushes().flushIfMuch();
    }

    @Override
    public void onBatchEnd() {
        loop.flushes().onBatchEnd();
        if (!held.isEmpty()) {
            held.release(teller);
            loop.flushes().onBatchEnd();
        }
    }

    private void fail(final EngineAnswers exchange, final Throwable fault) {
        loop.faults().end(exchange == null ? null : exchange.connection(), fault);
    }
}
