package io.larch.tools.faults;

import io.larch.tools.conformance.HttpReply;
import java.io.IOException;

/**
 * Reads what somebody wrote just now. On one connection a member, even one that lags behind, never
 * goes back.
 */
final class Reader extends Client {
    private final Reads reads;
    private long lastIndex;

    Reader(
            final boolean isLinearizable,
            final Journal journal,
            final Target target,
            final long paceMs) {
        super(journal, target, paceMs);
        reads = new Reads(this, isLinearizable);
    }

    @Override
    void step() throws IOException {
        final String key = journal.lastKey();
        if (key.isEmpty()) {
            return;
        }
        try {
            final HttpReply reply = reads.read(key);
            if (reply != null) {
                final long index = reply.longHeader("X-Etcd-Index");
                if (index < lastIndex) {
                    journal.anomaly(this + " went back from " + lastIndex + " to " + index);
                }
                lastIndex = index;
            }
        } catch (final IOException e) {
            lastIndex = 0;
            throw e;
        }
    }
}
