package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One member's disk is full or damaged, while clients work. */
@Tag("slow")
class FaultDiskTest {
    private static final String[] FLAGS = {"--event-history", "50000"};
    private static final long MIB = 1024 * 1024;

    /** The first two segments of the log, 8 and 64 MiB, and some snapshots. */
    private static final long DISK_BYTES = 120 * MIB;

    private static final String LARGE_VALUE = "larch".repeat(4_000);

    /** More than the first segment has room for. */
    private static final int MANY = 2_000;

    private static final int SECTOR_BYTES = 512;

    /** Of a record of the log: its length and its own position. Records begin at every 8 bytes. */
    private static final int LENGTH_OFFSET = 4;

    private static final int POSITION_OFFSET = 16;

    private static final String NO_SPACE = "etcdserver: no space left for the write-ahead log";
    private static final Pattern CORRUPT =
            Pattern.compile("C \\| larchd: .*corrupt: (\\S+) at offset (\\d+)");

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    private final List<SmallDisk> disks = new ArrayList<>();

    @AfterEach
    void giveDisksBack() throws IOException {
        for (final SmallDisk disk : disks) {
            disk.close();
        }
    }

    private void startOnSmallDisks() throws IOException {
        for (int i = 0; i < 3; i++) {
            disks.add(SmallDisk.ofBytes(DISK_BYTES));
        }
        cluster.on(number -> "127.0.0.1", number -> disks.get(number - 1).launcher());
        cluster.create(3, FLAGS);
        for (final ClusterMember member : cluster.members()) {
            final Path data = diskOf(member).path().resolve("data");
            member.launch("--data-dir", data.toString());
        }
        for (final ClusterMember member : cluster.members()) {
            member.awaitReady();
        }
    }

    private SmallDisk diskOf(final ClusterMember member) {
        return disks.get(cluster.members().indexOf(member));
    }

    private List<ClusterMember> others(final ClusterMember member) {
        return cluster.members().stream().filter(other -> other != member).toList();
    }

    /** Leaves a member no room, and writes until it says so. */
    private void fill(final ClusterMember member) throws IOException {
        diskOf(member).fillUpTo(MIB);
        for (int i = 0; i < MANY; i++) {
            final HttpReply reply =
                    member.exchange("PUT", "/v2/keys/large", "value=" + i + LARGE_VALUE);
            if (reply.status() >= 300) {
                assertTrue(reply.text().contains(NO_SPACE), reply::toString);
                return;
            }
        }
        throw new AssertionError("the disk does not fill");
    }

    @Test
    void shouldGoOnWithoutAFollowerWhoseDiskIsFull() throws Exception {
        startOnSmallDisks();
        try (FaultRun run = new FaultRun("full disk of a follower", cluster)) {
            run.nextRound(1);
            final ClusterMember follower = cluster.followers().get(0);
            fill(follower);
            run.awaitLoad(others(follower));
            assertEquals(200, follower.exchange("GET", "/v2/keys/load", null).status());

            diskOf(follower).clear();
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    void shouldGoOnWithAnotherLeaderWhenTheDiskOfTheLeaderIsFull() throws Exception {
        startOnSmallDisks();
        try (FaultRun run = new FaultRun("full disk of the leader", cluster)) {
            run.nextRound(1);
            final ClusterMember leader = cluster.awaitLeader();
            fill(leader);
            cluster.awaitLeader(member -> member != leader);
            run.awaitLoad(others(leader));
            assertEquals(200, leader.exchange("GET", "/v2/keys/load", null).status());

            diskOf(leader).clear();
            run.awaitLoad();
            run.finish();
        }
    }

    @Test
    void shouldStartWithATornEndOfTheLog() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("torn log", cluster)) {
            while (run.nextRound(2)) {
                run.awaitLoad();
                final ClusterMember torn = cluster.followers().get(0);
                torn.kill();
                tear(torn);

                torn.start();

                assertTrue(torn.log().contains("cut off the torn end of"), torn::log);
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /**
     * The power went while a record was written that nobody was told of: behind what is there, the
     * disk got the record's first sector only.
     */
    private static void tear(final ClusterMember member) throws IOException {
        Path last = null;
        for (final Path segment : segments(member)) {
            final byte[] bytes = Files.readAllBytes(segment);
            if (new String(bytes, StandardCharsets.ISO_8859_1).contains(Load.DIRECTORY)) {
                last = segment;
            }
        }
        final ByteBuffer log =
                ByteBuffer.wrap(Files.readAllBytes(last)).order(ByteOrder.LITTLE_ENDIAN);
        int end = 0;
        while (log.getLong(end + POSITION_OFFSET) == log.getLong(POSITION_OFFSET) + end) {
            end += (log.getInt(end + LENGTH_OFFSET) + 7) / 8 * 8;
        }
        final ByteBuffer torn = ByteBuffer.allocate(SECTOR_BYTES - end % SECTOR_BYTES);
        Arrays.fill(torn.array(), (byte) 0x55);
        torn.order(ByteOrder.LITTLE_ENDIAN).putInt(LENGTH_OFFSET, 3 * SECTOR_BYTES);
        try (RandomAccessFile file = new RandomAccessFile(last.toFile(), "rw")) {
            file.seek(end);
            file.write(torn.array());
        }
    }

    private static List<Path> segments(final ClusterMember member) throws IOException {
        try (Stream<Path> files = Files.list(member.dataDirectory().resolve("member/wal"))) {
            return files.filter(path -> path.toString().endsWith(".wal")).sorted().toList();
        }
    }

    @Test
    void shouldRefuseToStartWithACorruptLogAndTakeTheMemberInAnew() throws Exception {
        cluster.start(3, FLAGS);
        try (FaultRun run = new FaultRun("corrupt log", cluster)) {
            while (run.nextRound(1)) {
                run.awaitLoad();
                final ClusterMember corrupt = cluster.followers().get(0);
                final String id = corrupt.id();
                corrupt.kill();
                final Path segment = segments(corrupt).get(0);
                final int offset = corrupt(segment);

                corrupt.launch();

                assertEquals(1, corrupt.exitStatus());
                final Matcher said = CORRUPT.matcher(corrupt.log());
                assertTrue(said.find(), corrupt::log);
                assertEquals(segment.getFileName().toString(), said.group(1));
                final int told = Integer.parseInt(said.group(2));
                assertTrue(told <= offset && offset < told + 512, told + " for " + offset);
                run.replaceWiped(corrupt, id, FLAGS);
                run.awaitLoad();
            }
            run.finish();
        }
    }

    /** Turns one bit of an early value. */
    private static int corrupt(final Path segment) throws IOException {
        final String bytes = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1);
        final int offset = bytes.indexOf(Load.DIRECTORY + "/k/");
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset);
            file.write(bytes.charAt(offset) ^ 1);
        }
        return offset;
    }
}
