package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.upgrade.OlderBuild;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Members of an older build, {@code larch.upgrade.from}, become members of this one on the same
 * data, one by one, while clients work.
 */
@Tag("soak")
class FaultUpgradeTest {
    /** From before there were feature levels and sections of snapshots. */
    private static final String FROM = System.getProperty("larch.upgrade.from", "d06b0ea");

    private static final String[] FLAGS = {"--snapshot-count", "300", "--event-history", "80000"};
    private static final int MORE_THAN_THE_LOG_KEEPS = 10_000;
    private static final String INSTALLED = "installed snapshot at index";

    // Formats of snapshots: what all builds read, and what is written once all have a level.
    private static final int PLAIN = 2;
    private static final int SECTIONED = 3;
    private static final int NONE = -1;
    private static final int FORMAT_OFFSET = Long.BYTES;

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    void shouldLoseNothingWhileMembersAreUpgradedOneByOne() throws Exception {
        final OlderBuild older = OlderBuild.of(FROM);
        for (final ClusterMember member : cluster.create(3, FLAGS).members()) {
            older.use(member);
        }
        cluster.startAll();
        try (FaultRun run = new FaultRun("upgrade from " + FROM, cluster)) {
            for (int number = 1; number <= 3; number++) {
                final ClusterMember member = cluster.member(number);
                run.awaitLoad();
                if (number == 3) {
                    outrun(member, run);
                    awaitSnapshots(PLAIN);
                }
                member.terminate();
                run.awaitLoad();
                OlderBuild.upgrade(member).start();
            }
            awaitSnapshots(SECTIONED);
            run.finish();
            System.err.println(figures(run.load().journal()));
        }
    }

    /** The last of the old ones stays behind, until a new one has to send it a snapshot. */
    private void outrun(final ClusterMember member, final FaultRun run) throws Exception {
        member.kill();
        final List<ClusterMember> others =
                cluster.members().stream().filter(other -> other != member).toList();
        run.load().burst(others, MORE_THAN_THE_LOG_KEEPS);
        assertFalse(member.log().contains(INSTALLED));
        member.start();
        LarchCluster.await("a snapshot", () -> member.log().contains(INSTALLED));
        run.awaitLoad();
    }

    private void awaitSnapshots(final int format) {
        for (final ClusterMember member : cluster.members()) {
            LarchCluster.await(
                    "a snapshot of format " + format + " of " + member,
                    () -> format(member) == format);
        }
    }

    /** Of the newest snapshot. */
    private static int format(final ClusterMember member) {
        try (Stream<Path> files = Files.list(member.dataDirectory().resolve("member/snap"))) {
            final Optional<Path> newest =
                    files.filter(file -> file.toString().endsWith(".snap")).max(Path::compareTo);
            return newest.isEmpty()
                    ? NONE
                    : ByteBuffer.wrap(Files.readAllBytes(newest.get()))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getInt(FORMAT_OFFSET);
        } catch (final NoSuchFileException e) {
            // A newer one has taken its place.
            return NONE;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String figures(final Journal journal) {
        return "acknowledged "
                + journal.writes(Outcome.ACKNOWLEDGED)
                + ", unknown "
                + journal.writes(Outcome.UNKNOWN)
                + ", refused "
                + journal.writes(Outcome.REFUSED)
                + ", reads "
                + journal.reads().size();
    }
}
