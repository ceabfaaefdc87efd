package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.List;

/** How a member says that it cannot do what it is asked: in bounded time, and in etcd's words. */
final class Refusal {
    private static final String TIMED_OUT = "etcdserver: request timed out";
    private static final List<String> CAUSES =
            List.of(
                    TIMED_OUT,
                    TIMED_OUT + ", possibly due to connection lost",
                    TIMED_OUT + ", possibly due to previous leader failure");

    private Refusal() {}

    private static void assertTimedOut(final HttpReply reply) {
        assertEquals(500, reply.status(), reply::toString);
        final Object document = JsonTree.parse(reply.text());
        assertEquals(300L, JsonTree.at(document, "errorCode"));
        assertTrue(CAUSES.contains(JsonTree.at(document, "cause")), reply::toString);
    }

    /** A write and a linearizable read are refused. */
    static void assertTimedOut(final ClusterMember member) throws IOException {
        assertTimedOut(member.exchange("PUT", "/v2/keys/refused", "value=1"));
        assertTimedOut(member.exchange("GET", "/v2/keys/?quorum=true", null));
    }
}
