package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members whose wall clocks are an hour off, from the start of a TTL or in its midst: keys live for
 * their TTL, and the leader tells by how much the clocks differ. What is told by watches is waited
 * for; that something did not come too early is the only time that is measured.
 */
@Tag("slow")
@Tag("fused-only")
class ClusterClockTest {
    private static final int HOUR = 3_600;
    private static final int NEAR_SECONDS = 10;

    @Order(1)
    @RegisterExtension
    final WallClocks clocks = new WallClocks();

    @Order(2)
    @RegisterExtension
    final LarchCluster cluster = new LarchCluster();

    private ClusterMember leader;

    @BeforeEach
    void start() throws IOException {
        cluster.on(number -> "127.0.0.1", clocks::launcher).start(3);
        leader = cluster.awaitLeader();
    }

    @Test
    void shouldCountTtlsOfAFollowerWhoseClockIsOff() throws IOException {
        final ClusterMember follower = cluster.followers().get(0);
        final ClusterMember other = cluster.followers().get(1);

        set(follower, HOUR);
        awaitDifference(follower, HOUR);
        LarchCluster.await(
                "a line about clocks that differ",
                () -> isTold(leader.log(), idOf(follower), "3[56]\\d\\d\\.\\d+"));
        checkTtls(follower, other);

        set(follower, -HOUR);
        awaitDifference(follower, -HOUR);
        checkTtls(follower, leader);

        set(follower, 0);
        awaitDifference(follower, 0);
        assertTrue(!leader.log().contains("against peer " + idOf(other)), leader.log());
    }

    @Test
    void shouldCountTtlsWhateverTheClockOfTheLeaderDoes() throws IOException {
        final ClusterMember follower = cluster.followers().get(0);
        final ClusterMember other = cluster.followers().get(1);
        try (HttpConnection watch = other.keys().watch("/before", "&recursive=true&stream=true")) {
            final long aheadNanos = put(leader, "/before/ahead", 4);
            set(leader, HOUR);
            awaitDifference(follower, -HOUR);
            awaitDifference(other, -HOUR);
            LarchCluster.await(
                    "lines about clocks that differ",
                    () ->
                            isTold(leader.log(), idOf(follower), "-3[56]\\d\\d\\.\\d+")
                                    && isTold(leader.log(), idOf(other), "-3[56]\\d\\d\\.\\d+"));
            checkTtls(leader, follower);
            awaitExpiry(watch, "/before/ahead", 4, aheadNanos);

            final long behindNanos = put(leader, "/before/behind", 4);
            set(leader, -HOUR);
            awaitDifference(follower, HOUR);
            checkTtls(leader, follower);
            awaitExpiry(watch, "/before/behind", 4, behindNanos);

            final long killedNanos = put(leader, "/before/killed", 4);
            leader.kill();
            leader = cluster.awaitLeader();
            checkTtls(leader, leader);
            awaitExpiry(watch, "/before/killed", 4, killedNanos);
        }
    }

    private void set(final ClusterMember member, final int seconds) throws IOException {
        clocks.set(cluster.members().indexOf(member) + 1, seconds);
    }

    /** The member of the test's choice among keys with a longer and with a shorter TTL. */
    private void checkTtls(final ClusterMember member, final ClusterMember other)
            throws IOException {
        try (HttpConnection watch = leader.keys().watch("/ttl", "&recursive=true&stream=true")) {
            final long shorterNanos = put(other, "/ttl/shorter", 1);
            final long nanos = put(member, "/ttl/member", 2);
            final long longerNanos = put(other, "/ttl/longer", 3);
            put(member, "/ttl/stays", 1_000);

            awaitExpiry(watch, "/ttl/shorter", 1, shorterNanos);
            awaitExpiry(watch, "/ttl/member", 2, nanos);
            awaitExpiry(watch, "/ttl/longer", 3, longerNanos);
            assertEquals(200, leader.keys().get("/ttl/stays?quorum=true").status());
        }
    }

    /**
     * @return when it was sent.
     */
    private static long put(final ClusterMember member, final String key, final int ttl)
            throws IOException {
        final long nanos = System.nanoTime();
        final HttpReply reply = member.keys().put(key, "value=1&ttl=" + ttl);
        assertTrue(reply.status() < 300, reply::toString);
        final Object left = JsonTree.at(JsonTree.parse(reply.text()), "node", "ttl");
        assertTrue(left instanceof Long seconds && seconds <= ttl, reply::toString);
        return nanos;
    }

    /** It is the next to expire, and not before its time. */
    private static void awaitExpiry(
            final HttpConnection watch, final String key, final int ttl, final long sentNanos)
            throws IOException {
        Object event = JsonTree.parse(watch.readChunk());
        while (!"expire".equals(JsonTree.at(event, "action"))) {
            event = JsonTree.parse(watch.readChunk());
        }
        final long livedNanos = System.nanoTime() - sentNanos;
        assertEquals(key, JsonTree.at(event, "node", "key"));
        assertTrue(livedNanos >= TimeUnit.SECONDS.toNanos(ttl), key + ": " + livedNanos + " ns");
    }

    private static boolean isTold(final String log, final String id, final String seconds) {
        return Pattern.compile(
                        "the clock difference against peer "
                                + id
                                + " is too high \\["
                                + seconds
                                + "s > 0\\.5s]")
                .matcher(log)
                .find();
    }

    private static String idOf(final ClusterMember member) {
        try {
            return member.id();
        } catch (final IOException e) {
            throw new IllegalStateException(member + " has no id", e);
        }
    }

    /** Waits until the leader's metrics tell about such a difference. */
    private void awaitDifference(final ClusterMember member, final int seconds) throws IOException {
        final String name = "larch_clock_difference_seconds{remoteID=\"" + member.id() + "\"} ";
        leader.keys().await(name + seconds, () -> Math.abs(metric(name) - seconds) < NEAR_SECONDS);
    }

    private double metric(final String name) throws IOException {
        return leader.exchange("GET", "/metrics", null)
                .text()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(Double.NaN);
    }
}
