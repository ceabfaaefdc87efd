package io.larch.http;

import io.larch.engine.port.RequestPort;
import io.larch.http.engine.EngineAnswers;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Who waits for the engine, by correlation id: the way back from an answer to its request.
 *
 * <p>One event loop's.
 */
final class Correlations {
    private static final long SEQUENCE_MASK = (1L << RequestPort.ID_SHIFT) - 1;

    private final Long2ObjectHashMap<EngineAnswers> waiting = new Long2ObjectHashMap<>();
    private long sequence;

    /**
     * A new correlation id, under which the exchange will be found.
     *
     * @param portId of {@link RequestPort#id}.
     */
    long add(final int portId, final EngineAnswers exchange) {
        sequence = sequence + 1 & SEQUENCE_MASK;
        if (sequence == 0) {
            sequence = 1;
        }
        final long correlationId = (long) portId << RequestPort.ID_SHIFT | sequence;
        waiting.put(correlationId, exchange);
        return correlationId;
    }

    /** Who waits; null when nobody does. */
    EngineAnswers find(final long correlationId) {
        return waiting.get(correlationId);
    }

    /** Who waits, for the last time; null when nobody does. */
    EngineAnswers remove(final long correlationId) {
        return waiting.remove(correlationId);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
