package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.http.keys.KeysCodec;
import io.larch.http.output.EventFrames;
import io.larch.http.output.LongEvent;
import io.larch.http.wire.ReplyWriter;

/**
 * Gives one event to all who watch for it, printed once.
 *
 * <p>One event loop's.
 */
final class WatchEvents {
    private final EdgeLoop loop;
    private final Correlations correlations;
    private final KeysCodec keys;
    private final ReplyWriter replies;
    private final EventFrames frames = new EventFrames();

    WatchEvents(
            final EdgeLoop loop,
            final Correlations correlations,
            final KeysCodec keys,
            final ReplyWriter replies) {
        this.loop = loop;
        this.correlations = correlations;
        this.keys = keys;
        this.replies = replies;
    }

    /**
     * @param watches their correlation ids, the first {@code count} of them.
     */
    void deliver(final long[] watches, final int count, final Reply event) {
        if (LongReply.isLong(event.length())) {
            deliverLong(watches, count, event);
            return;
        }
        try {
            for (int i = 0; i < count; i++) {
                final EngineExchange exchange = find(watches[i]);
                if (exchange != null) {
                    if (!frames.isStarted()) {
                        replies.body();
                        keys.print(event.bytes(), event.offset());
                        frames.start(replies.printed());
                    }
                    exchange.onEvent(frames);
                }
            }
        } finally {
            frames.release();
        }
    }

    private void deliverLong(final long[] watches, final int count, final Reply event) {
        LongEvent kept = null;
        boolean isLost = false;
        for (int i = 0; i < count; i++) {
            final EngineExchange exchange = find(watches[i]);
            if (exchange == null) {
                continue;
            }
            if (kept == null && !isLost) {
                kept = loop.keep(event);
                isLost = kept == null;
            }
            if (isLost) {
                exchange.onEventLost();
            } else {
                exchange.onLongEvent(kept);
            }
        }
        if (kept != null) {
            kept.release();
        }
    }

    /** Who takes events; null when nobody does. */
    private EngineExchange find(final long correlationId) {
        return correlations.find(correlationId) instanceof EngineExchange exchange
                        && exchange.isWatching()
                ? exchange
                : null;
    }
}
