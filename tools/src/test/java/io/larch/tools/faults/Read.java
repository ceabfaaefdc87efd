package io.larch.tools.faults;

/**
 * One answered read of one key. A swap that failed because of its comparison is a linearizable
 * read, too.
 *
 * @param member name of the member that was asked.
 * @param isLinearizable false for a local read.
 * @param value what the key held; null when there was no such key.
 * @param storeIndex the store's index as of which the answer is true.
 */
record Read(
        String member,
        boolean isLinearizable,
        String key,
        String value,
        long calledNs,
        long returnedNs,
        long storeIndex) {}
