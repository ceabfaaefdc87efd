package io.larch.http;

import io.larch.engine.port.Reply;

/**
 * A read whose answer the engine tells in parts: asks for each as there is room for it. From its
 * first part until {@link #release} it holds memory of the loop's {@link OutputQueue} for as many
 * parts as may wait at once and for what is printed of them, so that parts need not ask for it.
 *
 * <p>One event loop's.
 */
final class LongRead implements OutputQueue.Waiting {
    /** Parts that wait at once. */
    static final int PARTS = 2;

    /** One more is on its way to the socket. */
    private static final int WANTED_BYTES = (PARTS + 1) * Reply.PART_BYTES;

    private final HttpConnection connection;
    private final EngineRequests requests;
    private final OutputQueue queue;
    private final long correlationId;
    private boolean isOpen = true;
    private boolean isGranted;

    LongRead(final HttpConnection connection, final EdgeLoop loop, final long correlationId) {
        this.connection = connection;
        this.requests = loop.requests();
        this.queue = loop.outputQueue();
        this.correlationId = correlationId;
    }

    /** Asks for the first part, as soon as there is memory. */
    void start() {
        if (queue.take(this)) {
            onGranted();
        }
    }

    @Override
    public HttpConnection connection() {
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

    /** There is room for one more part. */
    void more() {
        if (isOpen) {
            requests.more(correlationId);
        }
    }

    /** The engine has told all it will. */
    void end() {
        if (isOpen) {
            isOpen = false;
            if (!isGranted) {
                queue.leave(this);
            }
        }
    }

    /** Nothing of it waits any more. */
    void release() {
        end();
        if (isGranted) {
            isGranted = false;
            connection.lag().held(-WANTED_BYTES);
            queue.give(this);
        }
    }

    /** No more parts are wanted. */
    void cancel() {
        if (isOpen) {
            requests.cancel(correlationId);
            end();
        }
    }
}
