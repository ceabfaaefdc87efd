package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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

    /** A write and a linearizable read are refused; both wait at the same time. */
    static void assertTimedOut(final ClusterMember member) {
        begin(member).assertTimedOut();
    }

    /** Asks a member for both, and leaves it to wait. */
    static Asked begin(final ClusterMember member) {
        return new Asked(
                CompletableFuture.supplyAsync(
                        () -> exchange(member, "PUT", "/v2/keys/refused", "value=1")),
                CompletableFuture.supplyAsync(
                        () -> exchange(member, "GET", "/v2/keys/?quorum=true", null)));
    }

    /** Two requests that a member has to refuse. */
    record Asked(CompletableFuture<HttpReply> write, CompletableFuture<HttpReply> read) {
        /** Waits until both are. */
        void assertTimedOut() {
            Refusal.assertTimedOut(read.join());
            Refusal.assertTimedOut(write.join());
        }
    }

    private static HttpReply exchange(
            final ClusterMember member,
            final String method,
            final String target,
            final String form) {
        try {
            return member.exchange(method, target, form);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
