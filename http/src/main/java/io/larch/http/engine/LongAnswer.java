package io.larch.http.engine;

/**
 * An answer that the engine tells in parts: each is asked for when there is room for it. Holds the
 * memory for as many parts as may wait at once.
 *
 * <p>One event loop's.
 */
public interface LongAnswer {
    /** Asks for the first part, as soon as there is memory. */
    void start();

    /** There is room for one more part. */
    void more();

    /** The engine has told all it will. */
    void end();

    /** No more parts are wanted. */
    void cancel();

    /** Nothing of it waits any more. */
    void release();
}
