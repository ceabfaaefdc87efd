package io.larch.http;

import io.larch.engine.port.Query;
import io.larch.engine.port.RequestPort;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.keys.KeysCodec;
import java.util.ArrayList;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;

/**
 * An event loop's way into the engine. Requests may be refused when it is full; what ends or
 * continues one that was taken is kept until it is handed over.
 *
 * <p>One event loop's.
 */
final class EngineRequests {
    private final RequestPort port;
    private final Correlations correlations;
    private final KeysCodec keys;
    private final LongSupplier epochNanos;
    private final EdgeFaults faults;
    private final Runnable tickLater;
    private final LongArrayList cancelsToRetry = new LongArrayList();
    private final LongArrayList moreToRetry = new LongArrayList();
    private final ArrayList<Runnable> beforeFlush = new ArrayList<>();
    private boolean hasOffered;
    private boolean isBatching;

    /**
     * @param keys encodes the commands.
     * @param epochNanos the clock of their time stamps.
     * @param faults told what the works of {@link #beforeFlush} throw.
     * @param tickLater has {@link #retry} called in a while.
     */
    EngineRequests(
            final RequestPort port,
            final Correlations correlations,
            final KeysCodec keys,
            final LongSupplier epochNanos,
            final EdgeFaults faults,
            final Runnable tickLater) {
        this.port = port;
        this.correlations = correlations;
        this.keys = keys;
        this.epochNanos = epochNanos;
        this.faults = faults;
        this.tickLater = tickLater;
    }

    /** A new correlation id, under which the answers will come. */
    long register(final EngineAnswers exchange) {
        return correlations.add(port.id(), exchange);
    }

    /** No answer is wanted any more. */
    void forget(final long correlationId) {
        correlations.remove(correlationId);
    }

    /**
     * Hands over the command that is encoded.
     *
     * @return false when the engine is full.
     */
    boolean offerCommand() {
        final boolean isTaken = offer();
        keys.release();
        return isTaken;
    }

    /**
     * Hands over a command of another application.
     *
     * @return false when the engine is full.
     */
    boolean offer(final DirectBuffer command, final int length) {
        hasOffered = true;
        return port.offer(command, 0, length);
    }

    /**
     * Asks something off the hot path.
     *
     * @return false when the engine is full.
     */
    boolean ask(final Query<?> query) {
        hasOffered = true;
        return port.ask(query);
    }

    /** Takes back a watch, and a request as far as it was not handed on; no answer is wanted. */
    void cancel(final long correlationId) {
        forget(correlationId);
        doNotHandOn(correlationId);
    }

    /** Takes back a request as far as it was not handed on; who asked may still read the answer. */
    void doNotHandOn(final long correlationId) {
        if (offerCancel(correlationId)) {
            flushUnlessBatching();
        } else {
            cancelsToRetry.addLong(correlationId);
            tickLater.run();
        }
    }

    /** Asks for the next part of a long read. */
    void more(final long correlationId) {
        if (offerMore(correlationId)) {
            flushUnlessBatching();
        } else {
            moreToRetry.addLong(correlationId);
            tickLater.run();
        }
    }

    private boolean offerCancel(final long correlationId) {
        keys.encodeCancel(correlationId, epochNanos.getAsLong());
        return offer();
    }

    private boolean offerMore(final long correlationId) {
        keys.encodeMore(correlationId, epochNanos.getAsLong());
        return offer();
    }

    private boolean offer() {
        hasOffered = true;
        return port.offer(keys.command(), 0, keys.commandLength());
    }

    // --- batches ---

    /** What is handed over from now on may wait for {@link #endBatch}. */
    void startBatch() {
        isBatching = true;
    }

    boolean isBatching() {
        return isBatching;
    }

    /** What was handed over may be worked on. */
    void endBatch() {
        try {
            flush();
        } finally {
            isBatching = false;
        }
    }

    /** Calls once, before what is offered is worked on; it may offer more. */
    void beforeFlush(final Runnable work) {
        beforeFlush.add(work);
        hasOffered = true;
    }

    void flush() {
        if (!beforeFlush.isEmpty()) {
            final Runnable[] works = beforeFlush.toArray(Runnable[]::new);
            beforeFlush.clear();
            for (final Runnable work : works) {
                run(work);
            }
        }
        if (hasOffered) {
            hasOffered = false;
            port.flush();
        }
    }

    /** One that throws is not in the way of the others. */
    private void run(final Runnable work) {
        try {
            work.run();
        } catch (final RuntimeException | Error e) {
            faults.end(null, e);
        }
    }

    private void flushUnlessBatching() {
        if (!isBatching) {
            flush();
        }
    }

    // --- what the engine was too full for ---

    boolean isAllTaken() {
        return cancelsToRetry.isEmpty() && moreToRetry.isEmpty();
    }

    void retry() {
        while (!cancelsToRetry.isEmpty() && offerCancel(last(cancelsToRetry))) {
            removeLast(cancelsToRetry);
        }
        while (!moreToRetry.isEmpty() && offerMore(last(moreToRetry))) {
            removeLast(moreToRetry);
        }
    }

    private static long last(final LongArrayList ids) {
        return ids.getLong(ids.size() - 1);
    }

    private static void removeLast(final LongArrayList ids) {
        ids.removeAt(ids.size() - 1);
    }
}
