package io.larch.tools.faults;

/**
 * One write that a client sent. No two writes of a run have the same value.
 *
 * @param member name of the member that was asked.
 * @param kind what was asked.
 * @param key the key; of an in-order write its directory, once it is acknowledged the key it got.
 * @param expected what a swap compares with; null otherwise.
 * @param calledNs when it was sent.
 * @param returnedNs when the answer had come, or was given up.
 * @param index the store's index of the write; 0 unless acknowledged.
 * @param answer what came instead of an acknowledgement; null when it came.
 */
record Write(
        String member,
        Kind kind,
        String key,
        String value,
        String expected,
        long calledNs,
        long returnedNs,
        Outcome outcome,
        long index,
        String answer) {

    /** What a write does. */
    enum Kind {
        SET,
        IN_ORDER,
        SWAP
    }
}
