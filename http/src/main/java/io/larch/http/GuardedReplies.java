package io.larch.http;

import io.larch.engine.port.ReplyHandler;
import org.agrona.DirectBuffer;

/**
 * The engine's way to an event loop. What goes wrong while an answer is printed is that
 * connection's end, and nobody else's: neither the engine's, which may be on the same thread, nor
 * that of the answers behind it.
 *
 * <p>On the event loop's thread.
 */
final class GuardedReplies implements ReplyHandler {
    private final EdgeLoop loop;

    GuardedReplies(final EdgeLoop loop) {
        this.loop = loop;
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
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onResult(
                    correlationId, created, storeIndex, raftIndex, raftTerm, event, offset, length);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
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
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onError(correlationId, errorCode, storeIndex, cause, offset, length);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
        }
    }

    @Override
    public void onReadOpened(final long correlationId) {
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onReadOpened(correlationId);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
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
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onReadPart(
                    correlationId, storeIndex, raftIndex, raftTerm, part, offset, length, isLast);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
        }
    }

    @Override
    public void onReadCut(final long correlationId) {
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onReadCut(correlationId);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
        }
    }

    @Override
    public void onWatchStart(
            final long correlationId,
            final long storeIndex,
            final long raftIndex,
            final long raftTerm) {
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onWatchStart(correlationId, storeIndex, raftIndex, raftTerm);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
        }
    }

    /** Who of many watchers has got the event is not known then: all watch again. */
    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        try {
            loop.onEvents(correlationIds, count, event, offset, length);
        } catch (final RuntimeException | Error e) {
            for (int i = 0; i < count; i++) {
                loop.failed(loop.waitingFor(correlationIds[i]), e);
            }
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        final HttpConnection connection = loop.waitingFor(correlationId);
        try {
            loop.onWatchEnd(correlationId);
        } catch (final RuntimeException | Error e) {
            loop.failed(connection, e);
        }
    }

    @Override
    public void onBatchEnd() {
        loop.onBatchEnd();
    }
}
