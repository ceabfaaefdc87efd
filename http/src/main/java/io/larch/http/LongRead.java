package io.larch.http;

/**
 * A read whose answer the engine tells in parts: asks for each as there is room for it. While it
 * wants parts, it holds memory of the loop's {@link OutputQueue}.
 *
 * <p>One event loop's.
 */
final class LongRead implements OutputQueue.Waiting {
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
    public void onGranted() {
        isGranted = true;
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
            if (isGranted) {
                queue.give();
            } else {
                queue.leave(this);
            }
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
