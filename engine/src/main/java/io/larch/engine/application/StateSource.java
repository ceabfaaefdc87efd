package io.larch.engine.application;

import org.agrona.DirectBuffer;

/** Gives back, in order, the records that a {@link StateSink} took. */
public interface StateSource {
    /**
     * Passes the next record, whose bytes are valid during the call only.
     *
     * @return false when there are no more.
     */
    boolean next(RecordConsumer consumer);

    /** Receives a record. */
    @FunctionalInterface
    interface RecordConsumer {
        void onRecord(DirectBuffer buffer, int offset, int length);
    }
}
