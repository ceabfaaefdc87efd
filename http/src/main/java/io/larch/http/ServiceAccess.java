package io.larch.http;

import io.larch.engine.port.Query;
import io.larch.http.engine.EngineAccess;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.LongAnswer;
import io.larch.http.output.Outlet;
import io.larch.http.output.OutputBudget;
import io.larch.http.wire.InputBudget;
import org.agrona.DirectBuffer;

/** An event loop's way into the engine, for services that are rooms of their own. */
final class ServiceAccess implements EngineAccess {
    private final EdgeLoop loop;

    ServiceAccess(final EdgeLoop loop) {
        this.loop = loop;
    }

    @Override
    public long register(final EngineAnswers answers) {
        return loop.requests().register(answers);
    }

    @Override
    public void forget(final long correlationId) {
        loop.requests().forget(correlationId);
    }

    @Override
    public boolean offer(final DirectBuffer command, final int length) {
        return loop.requests().offer(command, length);
    }

    @Override
    public boolean ask(final Query<?> query) {
        return loop.requests().ask(query);
    }

    @Override
    public void cancel(final long correlationId) {
        loop.requests().cancel(correlationId);
    }

    @Override
    public LongAnswer open(final Outlet reader, final long correlationId) {
        return new LongRead(reader, loop, correlationId);
    }

    @Override
    public void beforeFlush(final Runnable work) {
        loop.requests().beforeFlush(work);
    }

    @Override
    public void flushUnlessReading() {
        loop.flushes().flushUnlessReading();
    }

    @Override
    public boolean isGuarded() {
        return !loop.guard().isOpen();
    }

    @Override
    public void fault(final Outlet whose, final Throwable fault) {
        loop.faults().end(whose, fault);
    }

    @Override
    public InputBudget inputBudget() {
        return loop.inputBudget();
    }

    @Override
    public OutputBudget outputBudget() {
        return loop.outputBudget();
    }

    @Override
    public void tickLater() {
        loop.tickLater();
    }

    @Override
    public long epochNanos() {
        return loop.epochNanos();
    }

    @Override
    public long nanoTime() {
        return loop.context().monotonicNanos().getAsLong();
    }
}
