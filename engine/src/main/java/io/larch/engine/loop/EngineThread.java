package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.IdleWait;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The engine on a thread of its own (the split layout): runs turns while there is work, then parks
 * until its next deadline or until {@link #wake}.
 *
 * <p>{@link #wake} may be called from any thread, and costs one volatile read while the engine is
 * awake.
 */
public final class EngineThread implements Runnable {
    private static final int EMPTY_TURNS_BEFORE_PARKING = 20;

    private final EngineAgent agent;
    private final EngineContext context;
    private final boolean spins;
    private final Consumer<Throwable> onEnd;
    private final Thread thread = new Thread(this, "larch-engine");
    private final IdleWait idleWait;

    /** Completed by the next turn; holds null while nobody asks. */
    private final AtomicReference<CompletableFuture<Void>> pulse = new AtomicReference<>();

    private volatile boolean isParked;
    private volatile boolean isStopping;

    /**
     * @param onEnd told on this thread why the engine ended; null when it was stopped.
     */
    public EngineThread(
            final EngineAgent agent,
            final EngineContext context,
            final boolean spins,
            final Consumer<Throwable> onEnd) {
        this.agent = agent;
        this.context = context;
        idleWait = context.idleWait();
        this.spins = spins;
        this.onEnd = onEnd;
    }

    public void start() {
        thread.start();
    }

    /** Something arrived: have a look. */
    public void wake() {
        if (isParked) {
            idleWait.wake(thread);
        }
    }

    /**
     * Asks for a sign of life.
     *
     * @return done by the engine's next turn, on its thread; never, when there is none any more.
     */
    public CompletableFuture<Void> pulse() {
        final CompletableFuture<Void> asked =
                pulse.updateAndGet(open -> open == null ? new CompletableFuture<>() : open);
        wake();
        return asked;
    }

    /**
     * Ends the thread after its turn, and waits for it. If it was never started, what was recovered
     * for it is closed here.
     */
    public void stop() {
        if (thread.getState() == Thread.State.NEW) {
            agent.onClose();
            return;
        }
        isStopping = true;
        idleWait.wake(thread);
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            context.threadStart().run();
            agent.recover();
            int emptyTurns = 0;
            while (!isStopping) {
                emptyTurns = agent.doWork() > 0 ? 0 : emptyTurns + 1;
                beat();
                if (emptyTurns >= EMPTY_TURNS_BEFORE_PARKING && !spins) {
                    park();
                } else if (emptyTurns > 0) {
                    Thread.onSpinWait();
                }
            }
        } catch (final Throwable e) {
            failure = e;
        }
        try {
            agent.onClose();
        } catch (final Throwable e) {
            failure = failure == null ? e : failure;
        }
        onEnd.accept(failure);
    }

    private void beat() {
        if (pulse.get() != null) {
            pulse.getAndSet(null).complete(null);
        }
    }

    /**
     * Says that it sleeps, looks once more, then sleeps: so nothing that arrives in between is
     * missed.
     */
    private void park() {
        isParked = true;
        if (agent.doWork() == 0 && !isStopping) {
            final long waitNanos = agent.nextDeadlineNanos() - context.nanoTime().getAsLong();
            if (waitNanos > 0) {
                idleWait.await(waitNanos);
            }
        }
        isParked = false;
    }
}
