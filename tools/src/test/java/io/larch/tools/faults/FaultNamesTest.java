package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Members know each other by names, in a file of hosts of their own. */
@Tag("slow")
@Tag("fused-only")
class FaultNamesTest {
    private static final int MEMBERS = 3;

    /** A Java machine remembers a name for 30 seconds unless it is told not to. */
    private static final long REMEMBERED_SECONDS = 30;

    @TempDir Path directory;

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    private final List<Integer> ports = new ArrayList<>();
    private final List<String> initialCluster = new ArrayList<>();

    private Path hosts() {
        return directory.resolve("hosts");
    }

    private void create() throws IOException {
        final String option = "JAVA_TOOL_OPTIONS=-Djdk.net.hosts.file=" + hosts();
        cluster.on(number -> "127.0.0.1", number -> List.of("env", option));
        for (int number = 1; number <= MEMBERS; number++) {
            ports.add(FreePort.next());
            initialCluster.add("m" + number + "=" + url("host" + number, number));
        }
        for (int number = 1; number <= MEMBERS; number++) {
            create(number, "127.0.0.1");
        }
    }

    private String url(final String host, final int number) {
        return "http://" + host + ":" + ports.get(number - 1);
    }

    private ClusterMember create(final int number, final String address) throws IOException {
        return cluster.createMember(
                "--name",
                "m" + number,
                "--initial-cluster",
                String.join(",", initialCluster),
                "--listen-peer-urls",
                url(address, number),
                "--initial-advertise-peer-urls",
                url("host" + number, number));
    }

    private static void put(final ClusterMember member) throws IOException {
        final int status = member.exchange("PUT", "/v2/keys/a", "value=1").status();
        assertTrue(status == 200 || status == 201, "status " + status);
    }

    @Test
    void shouldMeetMembersThatAreAtTheLastOfTheAddressesOfTheirNames() throws IOException {
        final List<String> lines = new ArrayList<>();
        for (int number = 1; number <= MEMBERS; number++) {
            lines.add("127.0.0.77 host" + number);
            lines.add("127.0.0.78 host" + number);
            lines.add("127.0.0.1 host" + number);
        }
        Files.write(hosts(), lines);
        create();
        cluster.startAll();
        put(cluster.awaitLeader());
    }

    @Test
    void shouldFollowMembersToTheNewAddressesOfTheirNames() throws IOException {
        final List<String> lines = new ArrayList<>();
        for (int number = 1; number <= MEMBERS; number++) {
            lines.add("127.0.0.1 host" + number);
        }
        Files.write(hosts(), lines);
        create();
        final long startNanos = System.nanoTime();
        cluster.startAll();
        final ClusterMember leader = cluster.awaitLeader();
        final List<ClusterMember> followers = cluster.followers();

        move(followers.get(0), lines);
        final long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
        assertTrue(seconds < REMEMBERED_SECONDS, "took " + seconds + " s");
        move(followers.get(1), lines);
        put(leader);
        cluster.awaitSameTree();
    }

    /** A figure for reports: one follower after the other comes back at another address. */
    @RepeatedTest(5)
    @Tag("soak")
    void shouldTellForHowLongWritesWaitWhenBothFollowersMove() throws Exception {
        final List<String> lines = new ArrayList<>();
        for (int number = 1; number <= MEMBERS; number++) {
            lines.add("127.0.0.1 host" + number);
        }
        Files.write(hosts(), lines);
        create();
        cluster.startAll();
        final ClusterMember leader = cluster.awaitLeader();
        try (WriteGap gap = new WriteGap(leader)) {
            for (final ClusterMember follower : cluster.followers()) {
                gap.takeLongestMs();
                final long startNanos = System.nanoTime();
                move(follower, lines);
                final long readyMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
                System.out.println(
                        "names: kill to ready "
                                + readyMs
                                + " ms, longest time without a write "
                                + gap.takeLongestMs()
                                + " ms");
            }
        }
        assertSame(leader, cluster.awaitLeader());
    }

    private void move(final ClusterMember member, final List<String> lines) throws IOException {
        final int number = Integer.parseInt(member.name().substring(1));
        member.kill();
        cluster.forget(member);
        final String address = "127.0.0." + (10 + number);
        lines.set(number - 1, address + " host" + number);
        Files.write(hosts(), lines);
        create(number, address)
                .launch("--data-dir", member.dataDirectory().toString())
                .awaitReady();
    }
}
