package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.ReplyHandler;
import io.larch.http.wire.ReplyWriter;
import org.agrona.DirectBuffer;

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
    private final Answer answer = new Answer();

    EngineReplies(final EdgeLoop loop, final Correlations correlations) {
        this.loop = loop;
        this.correlations = correlations;
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
        final EngineExchange exchange = correlations.remove(correlationId);
        if (exchange != null) {
            try {
                exchange.onResult(
                        answer.created(created)
                                .indexes(storeIndex, raftIndex, raftTerm)
                                .bytes(event, offset, length));
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
            }
            loop.flushes().flushIfMuch();
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
        final EngineExchange exchange = correlations.remove(correlationId);
        if (exchange != null) {
            try {
                exchange.onError(
                        answer.error(ErrorCode.of(errorCode))
                                .indexes(storeIndex, ReplyWriter.NO_INDEX, ReplyWriter.NO_INDEX)
                                .bytes(cause, offset, length));
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
            }
            loop.flushes().flushIfMuch();
        }
    }

    @Override
    public void onReadOpened(final long correlationId) {
        final EngineExchange exchange = correlations.find(correlationId);
        try {
            if (exchange != null) {
                exchange.onReadOpened();
            } else {
                loop.requests().cancel(correlationId);
            }
        } catch (final RuntimeException | Error e) {
            fail(exchange, e);
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
        final EngineExchange exchange =
                isLast ? correlations.remove(correlationId) : correlations.find(correlationId);
        if (exchange != null) {
            try {
                exchange.onReadPart(
                        answer.last(isLast)
                                .indexes(storeIndex, raftIndex, raftTerm)
                                .bytes(part, offset, length));
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
            }
            loop.flushes().flushIfMuch();
        }
    }

    @Override
    public void onReadCut(final long correlationId) {
        final EngineExchange exchange = correlations.remove(correlationId);
        if (exchange != null) {
            try {
                exchange.onReadCut();
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
            }
        }
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        final EngineExchange exchange = correlations.find(correlationId);
        if (exchange != null) {
            try {
                exchange.onWatchStart(answer.indexes(storeIndex, raftIndex, raftTerm));
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
            }
        }
    }

    /** Who of many watchers has got the event when one fails is not known: all watch again. */
    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        try {
            loop.events().deliver(correlationIds, count, answer.bytes(event, offset, length));
        } catch (final RuntimeException | Error e) {
            for (int i = 0; i < count; i++) {
                fail(correlations.find(correlationIds[i]), e);
            }
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        final EngineExchange exchange = correlations.remove(correlationId);
        if (exchange != null) {
            try {
                exchange.onWatchEnd();
            } catch (final RuntimeException | Error e) {
                fail(exchange, e);
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
