package io.larch.tools.faults;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;

/** Reads keys for a client, and notes what it finds. */
final class Reads {
    private final Client client;
    private final boolean isLinearizable;

    Reads(final Client client, final boolean isLinearizable) {
        this.client = client;
        this.isLinearizable = isLinearizable;
    }

    /** One read; null when the member could not answer, which is noted. */
    HttpReply read(final String key) throws IOException {
        final long calledNs = System.nanoTime();
        final HttpReply reply;
        try {
            reply = client.exchange("GET", isLinearizable ? key + "?quorum=true" : key, null);
        } catch (final IOException e) {
            fail(key, calledNs, e.toString());
            throw e;
        }
        if (reply.status() != 200 && reply.status() != 404) {
            fail(key, calledNs, reply.toString());
            return null;
        }
        client.journal.add(
                new Read(
                        client.member(),
                        isLinearizable,
                        key,
                        reply.status() == 404
                                ? null
                                : (String)
                                        JsonTree.at(JsonTree.parse(reply.text()), "node", "value"),
                        calledNs,
                        System.nanoTime(),
                        reply.longHeader("X-Etcd-Index")));
        return reply;
    }

    private void fail(final String key, final long calledNs, final String answer) {
        final String what = (isLinearizable ? "linearizable" : "local") + " read of " + key;
        client.journal.add(new Failure(client.member(), what, calledNs, System.nanoTime(), answer));
    }
}
