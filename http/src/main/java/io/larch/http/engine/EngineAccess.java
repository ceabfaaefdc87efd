package io.larch.http.engine;

import io.larch.engine.port.Query;
import io.larch.http.output.Outlet;
import io.larch.http.output.OutputBudget;
import io.larch.http.wire.InputBudget;
import org.agrona.DirectBuffer;

/**
 * An event loop's way into the engine. Requests may be refused when it is full; what ends or
 * continues one that was taken is kept until it is handed over.
 *
 * <p>One event loop's.
 */
public interface EngineAccess {
    /** A new correlation id, under which the answers will come. */
    long register(EngineAnswers answers);

    /** No answer is wanted any more. */
    void forget(long correlationId);

    /**
     * Hands over a command, whose bytes are copied.
     *
     * @return false when the engine is full.
     */
    boolean offer(DirectBuffer command, int length);

    /**
     * Asks something off the hot path.
     *
     * @return false when the engine is full.
     */
    boolean ask(Query<?> query);

    /** Takes back a watch, and a request as far as it was not handed on; no answer is wanted. */
    void cancel(long correlationId);

    /** For a read that the engine has opened. */
    LongAnswer open(Outlet reader, long correlationId);

    /**
     * Calls once, before what is offered in this turn of the loop is worked on.
     *
     * @param work offers more.
     */
    void beforeFlush(Runnable work);

    /** Flushes what waits now, unless a connection is being read from. */
    void flushUnlessReading();

    /** Whether there are users of v2, so that not everybody may do everything. */
    boolean isGuarded();

    /** Something went wrong that must not: that ends, everybody else goes on. */
    void fault(Outlet whose, Throwable fault);

    /** Bounds what unfinished requests take. */
    InputBudget inputBudget();

    /** Bounds what clients have not taken. */
    OutputBudget outputBudget();

    /** Has the loop look at the clock in a while. */
    void tickLater();

    /** The clock of the commands' time stamps. */
    long epochNanos();

    /** The clock of time-outs. */
    long nanoTime();
}
