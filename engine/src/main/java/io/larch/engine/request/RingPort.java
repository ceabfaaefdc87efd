package io.larch.engine.request;

import io.larch.engine.port.Query;
import io.larch.engine.port.RequestPort;
import java.util.concurrent.Executor;
import org.agrona.DirectBuffer;

/** The port of an edge whose event loop is not the engine's thread. Used on that event loop. */
public final class RingPort implements RequestPort {
    private final int id;
    private final RequestRing ring;
    private final Runnable wake;
    private final Executor eventLoop;

    /**
     * @param wake makes the engine look at the ring.
     * @param eventLoop where answers to questions are given.
     */
    public RingPort(
            final int id, final RequestRing ring, final Runnable wake, final Executor eventLoop) {
        this.id = id;
        this.ring = ring;
        this.wake = wake;
        this.eventLoop = eventLoop;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public boolean offer(final DirectBuffer command, final int offset, final int length) {
        return ring.offer(command, offset, length);
    }

    @Override
    public boolean ask(final Query<?> query) {
        final boolean taken = ring.ask(new AnsweredOnEventLoop<>(query, eventLoop));
        wake.run();
        return taken;
    }

    @Override
    public void flush() {
        wake.run();
    }

    /** Brings the answer back to the thread that asked. */
    private record AnsweredOnEventLoop<R>(Query<R> query, Executor eventLoop) implements Query<R> {
        @Override
        public Kind kind() {
            return query.kind();
        }

        @Override
        public MemberChange change() {
            return query.change();
        }

        @Override
        public long target() {
            return query.target();
        }

        @Override
        public void answer(final R result) {
            eventLoop.execute(() -> query.answer(result));
        }
    }
}
