package io.larch.engine.apply;

import io.larch.engine.application.Growth;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.raft.LongRing;

/** What the commands of a leader's log that are not applied yet may add to their applications. */
final class LogGrowth {
    private final LongRing indexes = new LongRing();
    private final LongRing domains = new LongRing();
    private final LongRing entries = new LongRing();
    private final LongRing bytes = new LongRing();
    private final Growth[] byDomain = new Growth[CommandEnvelope.MAX_DOMAIN + 1];

    /** All of an application's. */
    Growth of(final int domain) {
        if (byDomain[domain] == null) {
            byDomain[domain] = new Growth();
        }
        return byDomain[domain];
    }

    /** A command was appended that adds so much; the indexes ascend. */
    void add(final long index, final int domain, final Growth added) {
        // What takes something away does so when it is applied.
        final long addedEntries = Math.max(0, added.entries());
        final long addedBytes = Math.max(0, added.bytes());
        if (addedEntries == 0 && addedBytes == 0) {
            return;
        }
        indexes.add(index);
        domains.add(domain);
        entries.add(addedEntries);
        bytes.add(addedBytes);
        of(domain).add(addedEntries, addedBytes);
    }

    /** All up to an index are applied: what they add is there. */
    void applied(final long index) {
        while (!indexes.isEmpty() && indexes.first() <= index) {
            indexes.removeFirst();
            of((int) domains.removeFirst()).add(-entries.removeFirst(), -bytes.removeFirst());
        }
    }

    void clear() {
        applied(Long.MAX_VALUE);
    }
}
