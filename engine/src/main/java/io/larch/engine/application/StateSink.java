package io.larch.engine.application;

import org.agrona.DirectBuffer;

/** Takes the bytes of a snapshot in the making. Called on the engine thread; never blocks. */
public interface StateSink {
    /**
     * Takes one record, whole or not at all. The bytes are copied before the call returns.
     *
     * @return false when there is no room now: ask again later with the same record.
     */
    boolean offer(DirectBuffer buffer, int offset, int length);
}
