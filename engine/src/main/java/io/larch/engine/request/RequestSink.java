package io.larch.engine.request;

import io.larch.engine.port.Query;
import org.agrona.DirectBuffer;

/** Where the ports hand requests to: the engine's loop. All methods run on the engine thread. */
public interface RequestSink {
    /** Whether the engine is in the middle of something and must not be entered again. */
    boolean isInTurn();

    /**
     * Whether a request must be kept for later: the engine is in the middle of something, or has
     * worked on requests for so long that ticks and peers come first.
     */
    boolean isBusy();

    /** Whether requests have had their share of this turn. */
    boolean isLate();

    /**
     * A client's command arrived while the engine was idle. What goes wrong is the engine's, not
     * the caller's.
     */
    void onCommand(DirectBuffer buffer, int offset, int length);

    /** One command, within a turn. */
    void work(DirectBuffer buffer, int offset, int length);

    /** A question arrived; what goes wrong is the engine's. */
    void onQuestion(Query<?> question);
}
