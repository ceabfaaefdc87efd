package io.larch.tools.upgrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.counter.CounterApplication;
import io.larch.engine.member.FeatureLevel;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members of this build beside those of a newer one, which has an application more. */
@Tag("slow")
@Tag("fused-only")
class NewerMemberTest {
    private static final String COUNTER = "/v2/keys/counter";
    private static final int RAFT_INTERNAL = 300;

    @RegisterExtension final LarchCluster cluster = new LarchCluster();
    private int writes;

    @Test
    void shouldUseWhatIsNewOnceAllAreUpgradedAndStopWhoIsNot() throws IOException {
        cluster.create(3);
        Builds.newer(cluster.member(1));
        cluster.startAll();
        assertRefused(cluster.member(1));
        upgrade(cluster.member(2));
        assertRefused(cluster.member(1));
        assertRefused(cluster.member(2));
        writes();
        upgrade(cluster.member(3));
        assertEquals(1, addedOnceItIsKnown(cluster.member(3), 1));
        assertEquals(3, addedOnceItIsKnown(cluster.member(1), 2));
        assertEquals(7, addedOnceItIsKnown(cluster.member(2), 4));

        // It meets the next one in what the leader sends.
        final ClusterMember back = cluster.member(3);
        back.terminate();
        assertEquals(15, added(cluster.awaitLeader(), 8));
        assertStopsAsTooOld(back, "entry \\d+ is a command");
        assertEquals(31, added(cluster.awaitLeader(), 16));
        Builds.newer(back).start();
        assertEquals(31, sum(back, "?quorum=true"));
        writes();
        cluster.awaitSameTree();
        assertAllWritten(back);
    }

    @Test
    void shouldGoOnWithoutALearnerAndStopInFrontOfASnapshotThatIsNew() throws IOException {
        cluster.create(1, "--snapshot-count", "20");
        final ClusterMember first = Builds.newer(cluster.member(1)).start();
        assertEquals(5, added(first, 5));
        cluster.add();
        assertEquals(6, added(first, 1));
        writes();
        LarchCluster.await(
                "a snapshot",
                () -> {
                    writes();
                    return first.log().contains("saved snapshot");
                });

        first.terminate();
        assertStopsAsTooOld(first, "snapshot \\S+ has a section");
        Builds.newer(first).start();
        assertEquals(6, sum(first, "?quorum=true"));
        assertAllWritten(first);
    }

    private static void upgrade(final ClusterMember member) throws IOException {
        member.terminate();
        Builds.newer(member).start();
    }

    /** Keys on every member that runs. */
    private void writes() {
        for (final ClusterMember member : cluster.running()) {
            final HttpReply reply = exchange(member, "PUT", key(writes), "value=" + writes);
            assertEquals(201, reply.status(), reply::toString);
            writes++;
        }
    }

    private static HttpReply exchange(
            final ClusterMember member, final String method, final String path, final String form) {
        try {
            return member.exchange(method, path, form);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String key(final int number) {
        return "/v2/keys/k/" + number;
    }

    private void assertAllWritten(final ClusterMember member) {
        for (int i = 0; i < writes; i++) {
            assertEquals(String.valueOf(i), value(exchange(member, "GET", key(i), null)));
        }
    }

    /** The command is refused, and a write of a key is not. */
    private void assertRefused(final ClusterMember member) {
        final HttpReply reply = add(member, 1);
        assertEquals(500, reply.status(), reply::toString);
        final Object error = JsonTree.parse(reply.text());
        assertEquals((long) RAFT_INTERNAL, JsonTree.at(error, "errorCode"));
        assertTrue(isRefused(reply), reply::toString);
        writes();
    }

    private static boolean isRefused(final HttpReply reply) {
        return reply.text().contains("not all members of the cluster understand this request yet");
    }

    private static HttpReply add(final ClusterMember member, final long amount) {
        return exchange(member, "PUT", COUNTER, "value=" + amount);
    }

    private static long added(final ClusterMember member, final long amount) {
        return Long.parseLong(value(add(member, amount)));
    }

    /** A member that is upgraded says so to all, who hear of it a moment after its start. */
    private static long addedOnceItIsKnown(final ClusterMember member, final long amount) {
        final AtomicReference<HttpReply> reply = new AtomicReference<>();
        LarchCluster.await(
                "the level of all",
                () -> {
                    reply.set(add(member, amount));
                    return !isRefused(reply.get());
                });
        return Long.parseLong(value(reply.get()));
    }

    private static long sum(final ClusterMember member, final String query) {
        return Long.parseLong(value(exchange(member, "GET", COUNTER + query, null)));
    }

    private static String value(final HttpReply reply) {
        assertTrue(reply.status() < 300, reply::toString);
        return (String) JsonTree.at(JsonTree.parse(reply.text()), "node", "value");
    }

    /** Started as this build it ends, and its last line says which builds these are. */
    private static void assertStopsAsTooOld(final ClusterMember member, final String what)
            throws IOException {
        Builds.present(member).launch();
        assertEquals(1, member.exitStatus());
        final String[] lines = member.log().split("\n");
        final String last = lines[lines.length - 1];
        assertTrue(
                last.matches(
                        ".* C \\| larchd: .*"
                                + what
                                + " that this build does not know \\(.*\\): it has feature level "
                                + FeatureLevel.HELD_LEARNERS
                                + ", a member of its cluster has "
                                + CounterApplication.FEATURE_LEVEL
                                + "\\. Start this member with the newer build; its data is whole"),
                member.log());
    }
}
