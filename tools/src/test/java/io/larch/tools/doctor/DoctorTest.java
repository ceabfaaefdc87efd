package io.larch.tools.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.Json;
import io.larch.tools.cpus.CpuList;
import io.larch.tools.cpus.UsableCpus;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
    private static final String THREE =
            "--initial-cluster=a=http://127.0.0.1:1,b=http://127.0.0.1:2,c=http://127.0.0.1:3";
    private static final String MEMBERS =
            """
            [{"id":1,"name":"a","peerURLs":["http://127.0.0.1:1"],"clientURLs":["http://127.0.0.1:11"]},
            {"id":2,"name":"b","peerURLs":["http://127.0.0.1:2"],"clientURLs":["http://127.0.0.1:12"]}]
            """;

    private final FakeMachine machine = new FakeMachine();

    @Test
    void shouldFindNothingOnAGoodMachine() throws Exception {
        machine.answers("http://127.0.0.1:2/version", "");
        machine.answers("http://127.0.0.1:3/version", "");

        final Doctor doctor = Doctor.look(three(), machine);

        assertFalse(doctor.hasProblem());
        assertTrue(doctor.text().endsWith("\n0 problems, 0 warnings\n"), doctor::text);
        for (final String check :
                List.of(
                        "disk sync",
                        "file system",
                        "disk space",
                        "inodes",
                        "shared memory",
                        "open files",
                        "memory",
                        "huge pages",
                        "cpu frequency",
                        "isolated cpus",
                        "interrupts",
                        "numa nodes",
                        "socket buffers",
                        "peer",
                        "clock",
                        "mtu")) {
            assertTrue(
                    doctor.text().contains("\nok       " + check + " ")
                            || doctor.text().startsWith("ok       " + check),
                    check + doctor.text());
        }
        // Nobody runs who could tell.
        assertTrue(doctor.text().contains("\nunknown  peers hear "), doctor::text);
    }

    @Test
    void shouldWarnOfASlowDiskAndRefuseOneThatIsTooSlowForElections() throws Exception {
        machine.syncNanos = new long[] {1_000_000, 20_000_000, 20_000_000};
        assertEquals(
                "warning: median 20.0 ms, 99 % within 20.0 ms, of 3 in /data/member/wal",
                of(new DiskSyncCheck()));
        machine.syncNanos = new long[] {200_000_000};
        assertEquals(
                "problem: median 200.0 ms, 99 % within 200.0 ms, of 1 in /data/member/wal",
                of(new DiskSyncCheck()));
        machine.isWritable = false;
        assertEquals(
                "problem: cannot write in /data/member/wal: Permission denied",
                of(new DiskSyncCheck()));
    }

    @Test
    void shouldKnowFileSystemsThatForgetOrAreFar() throws Exception {
        final String mounts =
                "1 1 0:1 / / rw - overlay overlay rw\n2 1 0:2 / %s rw,x shared:1 - %s x rw\n";
        machine.files.put("/proc/self/mountinfo", mounts.formatted("/data", "tmpfs"));
        assertEquals("problem: tmpfs at /data", of(new FileSystemCheck()));
        machine.files.put("/proc/self/mountinfo", mounts.formatted("/data", "nfs4"));
        assertEquals("warning: nfs4 at /data", of(new FileSystemCheck()));
        machine.files.put("/proc/self/mountinfo", mounts.formatted("/database", "ext4"));
        assertEquals("warning: overlay at /data", of(new FileSystemCheck()));
        machine.files.put("/proc/self/mountinfo", mounts.formatted("/data", "xfs"));
        assertEquals("ok: xfs at /data", of(new FileSystemCheck()));
        machine.files.clear();
        assertEquals(
                "unknown: not looked at: no entry in /proc/self/mountinfo",
                of(new FileSystemCheck()));
    }

    @Test
    void shouldTellWhenRoomRunsShort() throws Exception {
        machine.freeBytes = 1L << 30;
        machine.inodes = Optional.of(new Machine.Inodes(1_000, 99));
        assertEquals(
                "warning: 1 GiB free in /data, problem: 99 free in /data, warning: 1 GiB free in /data/member/wal,"
                        + " problem: 99 free in /data/member/wal",
                of(new DiskSpaceCheck()));
        machine.freeBytes = 1L << 20;
        machine.inodes = Optional.of(new Machine.Inodes(0, 0));
        assertTrue(
                of(new DiskSpaceCheck())
                        .startsWith("problem: 1 MiB free in /data, ok: no limit in /data, "));
        machine.inodes = Optional.empty();
        assertTrue(
                of(new DiskSpaceCheck())
                        .contains("unknown: not looked at: the system does not say"));
    }

    @Test
    void shouldLookAtWhatPeersByUdpNeedOnlyWhereThereAreSome() throws Exception {
        machine.freeShared = 64L << 20;
        machine.files.put("/proc/sys/net/core/rmem_max", "212992");
        machine.files.remove("/proc/sys/net/core/wmem_max");
        machine.mtu = OptionalInt.of(1_280);

        assertEquals("warning: 64 MiB free in /dev/shm", of(new SharedMemoryCheck()));
        assertEquals(
                "warning: net.core.rmem_max 212992, unknown: not looked at: net.core.wmem_max is not shown here",
                of(new SocketBuffersCheck()));
        assertTrue(of(new PeersCheck()).contains("warning: 1280 towards 127.0.0.1"));

        for (final ServerConfig config :
                List.of(
                        config(),
                        config(
                                THREE,
                                "--name=a",
                                "--peer-transport=tcp",
                                "--initial-advertise-peer-urls=http://127.0.0.1:1"))) {
            assertEquals("ok: not needed: no peers by UDP", of(new SharedMemoryCheck(), config));
            assertEquals("ok: not needed: no peers by UDP", of(new SocketBuffersCheck(), config));
            assertFalse(of(new PeersCheck(), config).contains("towards"));
        }
    }

    @Test
    void shouldCompareLimitsWithWhatFlagsAllow() throws Exception {
        machine.openFileLimit = 150;
        assertEquals("problem: 150, a member does not start", of(new OpenFilesCheck()));
        machine.openFileLimit = 1_024;
        assertEquals("warning: 1024, 874 of them for clients", of(new OpenFilesCheck()));
        machine.openFileLimit = Integer.MAX_VALUE;
        assertEquals("ok: no limit", of(new OpenFilesCheck()));

        machine.memoryBytes = FakeMachine.GIB;
        assertEquals(
                "warning: 1 GiB by the cgroup; Java 256 MiB, history in memory 256 MiB, keys of v2 up to 8 GiB",
                of(new MemoryCheck()));
        assertEquals(
                "problem: 1 GiB by the cgroup; Java 256 MiB, history in memory 1 GiB, keys of v2 up to 8 GiB",
                of(new MemoryCheck(), config("--mvcc-memory=1073741824")));
        assertTrue(of(new MemoryCheck(), config("--max-bytes=104857600")).startsWith("ok: "));
        machine.files.put("/proc/meminfo", "MemTotal: 1048576 kB");
        assertTrue(of(new MemoryCheck()).startsWith("ok: 1 GiB; Java"));
    }

    @Test
    void shouldTellGovernorsThatAreSlowToStart() throws Exception {
        machine.governors = List.of("performance", "powersave");
        assertEquals("warning: governor performance, powersave", of(new CpuFrequencyCheck()));
        machine.governors = List.of();
        assertEquals(
                "unknown: not looked at: this machine does not say, as virtual ones mostly",
                of(new CpuFrequencyCheck()));
    }

    @Test
    void shouldLookAtCpusOnlyWhereThreadsHaveSome() throws Exception {
        for (final Check check :
                List.of(new IsolatedCpusCheck(), new InterruptsCheck(), new NumaCheck())) {
            assertEquals("ok: not needed: no thread has a CPU of its own", of(check));
            assertTrue(of(check, pinned()).startsWith("unknown: "), check.toString());
        }
    }

    @Test
    void shouldTellWhoElseRunsOnChosenCpus() throws Exception {
        machine.files.put("/sys/devices/system/cpu/isolated", "");
        assertEquals("warning: others run on 2,4-5, too", of(new IsolatedCpusCheck(), pinned()));
        machine.files.put("/sys/devices/system/cpu/isolated", "2-3");
        assertEquals("warning: others run on 4-5, too", of(new IsolatedCpusCheck(), pinned()));
        machine.files.put("/sys/fs/cgroup/cpuset.cpus.isolated", "4-5");
        assertEquals("ok: 2,4-5", of(new IsolatedCpusCheck(), pinned()));
    }

    @Test
    void shouldTellWhichInterruptsMayComeToChosenCpus() throws Exception {
        machine.files.put(
                "/proc/interrupts",
                "      CPU0  CPU1\n  9:   1  0  IO-APIC\n 24:  0  1  PCI-MSIX\nNMI:  0  0\n");
        machine.files.put("/proc/irq/9/smp_affinity_list", "0-7");
        machine.files.put("/proc/irq/24/smp_affinity_list", "0-1,3");
        assertEquals("warning: 1 of 2 may come to 2,4-5: 9", of(new InterruptsCheck(), pinned()));
        machine.files.put("/proc/irq/9/smp_affinity_list", "0-1");
        assertEquals("ok: none of 2 may come to 2,4-5", of(new InterruptsCheck(), pinned()));

        final StringBuilder many = new StringBuilder();
        for (int irq = 30; irq < 40; irq++) {
            many.append(irq).append(": 0\n");
            machine.files.put("/proc/irq/" + irq + "/smp_affinity_list", "5");
        }
        machine.files.put("/proc/interrupts", many.toString());
        assertEquals(
                "warning: 10 of 10 may come to 2,4-5: 30, 31, 32, 33, 34, 35, 36, 37, ...",
                of(new InterruptsCheck(), pinned()));
    }

    @Test
    void shouldTellWhenChosenCpusAreOnSeveralNodes() throws Exception {
        machine.files.put("/sys/devices/system/node/online", "0-1");
        machine.files.put("/sys/devices/system/node/node0/cpulist", "0-3,8-11");
        machine.files.put("/sys/devices/system/node/node1/cpulist", "4-7,12-15");
        assertEquals("warning: node 0: 2; node 1: 4-5", of(new NumaCheck(), pinned()));
        machine.files.put("/sys/devices/system/node/node1/cpulist", "2-7");
        assertEquals("warning: node 0: 2; node 1: 2,4-5", of(new NumaCheck(), pinned()));
        machine.files.put("/sys/devices/system/node/node0/cpulist", "0-1");
        assertEquals("ok: node 1: 2,4-5", of(new NumaCheck(), pinned()));
    }

    @Test
    void shouldWarnOfLargePagesForEverybody() throws Exception {
        assertEquals("ok: transparent ones: always [madvise] never", of(new HugePagesCheck()));
        machine.files.put("/sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never");
        assertEquals("warning: transparent ones: [always] madvise never", of(new HugePagesCheck()));
        machine.files.clear();
        assertTrue(of(new HugePagesCheck()).startsWith("unknown: "));
    }

    @Test
    void shouldTellWhichPeersAreNotReachedAndWhoseClockIsWrong() throws Exception {
        machine.pages.put(
                "http://127.0.0.1:2/version",
                new Machine.Page(
                        200,
                        "Sun, 29 Nov 2026 04:01:10 GMT",
                        "",
                        1_795_924_810_000L,
                        1_795_924_810_500L));

        final String found = of(new PeersCheck());

        assertTrue(
                found.contains(
                        "ok: b at http://127.0.0.1:2 answers in 500 ms, warning: b at http://127.0.0.1:2 is 59.5 s ahead, "),
                found);
        assertTrue(
                found.contains(
                        "warning: c at http://127.0.0.1:3 does not answer: connection refused"),
                found);
        machine.pages.put("http://127.0.0.1:3/version", new Machine.Page(404, "", "", 0, 0));
        assertTrue(
                of(new PeersCheck())
                        .contains("problem: c at http://127.0.0.1:3 answers with status 404"));
    }

    @Test
    void shouldMeasureAClockOnlyBeyondTheSecondsOfItsDate() {
        assertEquals(0, ClockOffset.leastMs(5_000, 5_900, 5_950));
        assertEquals(0, ClockOffset.leastMs(5_000, 4_900, 5_000));
        assertEquals(100, ClockOffset.leastMs(5_000, 4_800, 4_900));
        assertEquals(-1, ClockOffset.leastMs(5_000, 6_000, 6_010));
    }

    @Test
    void shouldTakeTheWordOfRunningMembersForBothDirections() throws Exception {
        machine.answers("http://127.0.0.1:1/members", MEMBERS);
        machine.answers("http://127.0.0.1:2/version", "");
        machine.answers(
                "http://127.0.0.1:11/metrics",
                "x 1\netcd_network_active_peers{Local=\"1\",Remote=\"2\"} 1.0\n");
        machine.answers(
                "http://127.0.0.1:12/metrics",
                "etcd_network_active_peers{Local=\"2\",Remote=\"1\"} 1.0\n");
        assertTrue(
                of(new PeersCheck()).endsWith("ok: 2 members tell that all 2 directions work"),
                of(new PeersCheck()));

        machine.answers(
                "http://127.0.0.1:12/metrics",
                "etcd_network_active_peers{Local=\"2\",Remote=\"1\"} 0.0\n");
        assertTrue(
                of(new PeersCheck()).endsWith("problem: b does not hear a"), of(new PeersCheck()));
    }

    @Test
    void shouldSayThatADiscoveryTellsTheMembersLater() throws Exception {
        assertEquals(
                "unknown: not looked at: only a discovery tells who they are, at the start",
                of(new PeersCheck(), config("--discovery=http://127.0.0.1:1/v2/keys/t")));
    }

    @Test
    void shouldPrintAdviceBelowAndAllInJson() throws Exception {
        machine.governors = List.of("powersave");
        final Doctor doctor = Doctor.look(config(), machine);

        assertTrue(
                doctor.text()
                        .contains(
                                "warning  cpu frequency   governor powersave\n"
                                        + " ".repeat(25)
                                        + "Set the governor "),
                doctor::text);
        final Map<String, Object> all = Json.object(Json.parse(doctor.json()));
        assertEquals(1, all.get("warnings"));
        assertTrue(
                Json.list(all.get("findings")).stream()
                        .anyMatch(
                                finding ->
                                        finding.toString()
                                                .startsWith(
                                                        "{check=cpu frequency, level=warning, figure=governor powersave, advice=Set")));
    }

    /** What is really there differs; that it can be asked for does not. */
    @Test
    void shouldSeeARealMachineAndLeaveNothing(@TempDir final Path directory) throws Exception {
        final Doctor doctor =
                Doctor.look(
                        config("--data-dir=" + directory.resolve("data")), new ThisMachine(null));

        assertTrue(doctor.text().contains(" disk sync "), doctor::text);
        try (Stream<Path> left = Files.list(directory)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void shouldReadAllOfASettingOfTheKernel() throws Exception {
        final Path setting = Path.of("/proc/sys/kernel/pid_max");
        assumeTrue(Files.isReadable(setting), "needs Linux");

        assertEquals(
                Optional.of(Files.readAllLines(setting).get(0)),
                new ThisMachine(null).read(setting.toString()));
    }

    private String of(final Check check) throws Exception {
        return of(check, three());
    }

    private String of(final Check check, final ServerConfig config) {
        return check.look(config, machine).stream()
                .map(finding -> finding.level().word() + ": " + finding.figure())
                .collect(Collectors.joining(", "));
    }

    private static ServerConfig three() throws Exception {
        return config(THREE, "--name=a", "--initial-advertise-peer-urls=http://127.0.0.1:1");
    }

    /** On a machine that has them. */
    private static ServerConfig pinned() throws Exception {
        final UsableCpus eight =
                new UsableCpus(true, CpuList.ofKernel("0-7"), CpuList.ofKernel("0-7"));
        return new LarchFlags(Map.of(), () -> eight)
                .parse(List.of("--data-dir=/data", "--engine-cpu=2", "--edge-cpus=4-5"));
    }

    private static ServerConfig config(final String... flags) throws Exception {
        final List<String> arguments = new ArrayList<>(List.of("--data-dir=/data"));
        arguments.addAll(List.of(flags));
        return new LarchFlags(Map.of()).parse(arguments);
    }
}
