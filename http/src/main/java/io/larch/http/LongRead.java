package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.http.engine.LongAnswer;
import io.larch.http.output.Outlet;

/**
 * A read whose answer the engine tells in parts: asks for each as there is room for it. From its
 * first part until {@link #release} it holds memory of the loop's {@link OutputQueue} for as many
 * parts as may wait at once and for what is printed of them, so that parts need not ask for it.
 *
 * <p>One event loop's.
 */
final class LongRead implements OutputQueue.Waiting, LongAnswer {
    /** Parts that wait at once. */
    static final int PARTS = 2;

    /** One more is on its way to the socket. */
    private static final int WANTED_BYTES = (PARTS + 1) * Reply.PART_BYTES;

    private final Outlet connection;
    private final EngineRequests requests;
    private final OutputQueue queue;
    private final long correlationId;
    private boolean isOpen = true;
    private boolean isGranted;

    LongRead(final Outlet connection, final EdgeLoop loop, final long correlationId) {
        this.connection = connection;
        this.requests = loop.requests();
        this.queue = loop.outputQueue();
        this.correlationId = correlationId;
    }

    @Override
    public void start() {
        if (queue.take(this)) {
            onGranted();
        }
    }

    @Override
    public Outlet connection() {
        return connection;
    }

    @Override
    public int wantedBytes() {
        return WANTED_BYTES;
    }

    /** Whether the engine has more to tell. */
    boolean isOpen() {
        return isOpen;
    }

    @Override
    public void onGranted() {
        isGranted = true;
        connection.lag().held(WANTED_BYTES);
        more();
    }

    @Override
    public void more() {
        if (isOpen) {
            requests.more(correlationId);
        }
    }

    @Override
    public void end() {
        if (isOpen) {
            isOpen = false;
            if (!isGranted) {
                queue.leave(this);
            }
        }
    }

    @Override
    public void release() {
        end();
        if (isGranted) {
            isGranted = false;
            connection.lag().held(-WANTED_BYTES);
            queue.give(this);
        }
    }

    @Override
    public void cancel() {
        if (isOpen) {
            requests.cancel(correlationId);
            end();
        }
    }
}
