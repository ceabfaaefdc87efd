package io.larch.tools.cpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsableCpusTest {
    private static final String GROUP = "/sys/fs/cgroup/cpuset.cpus.effective";

    private final Map<String, String> files = new HashMap<>();

    private String objection(final int cpu) {
        return of("Linux").objection(cpu).orElse("");
    }

    private UsableCpus of(final String system) {
        return UsableCpus.of(system, file -> Optional.ofNullable(files.get(file)));
    }

    @Test
    void shouldRefuseAllWhereThereIsNoLinux() {
        assertEquals(
                Optional.of("threads can be put on CPUs on Linux only"),
                of("Mac OS X").objection(0));
    }

    @Test
    void shouldRefuseWhatTheMachineHasNot() {
        files.put("/sys/devices/system/cpu/online", "0-2,4");

        assertEquals("", objection(4));
        assertEquals("this machine has no CPU 3 online, but 0-2,4", objection(3));
    }

    /** What is isolated is in the cpuset, and nobody runs there by himself. */
    @Test
    void shouldAllowWhatIsIsolatedInTheCpuset() {
        files.put("/sys/devices/system/cpu/online", "0-7");
        files.put("/proc/self/status", "Name:\tjava\nCpus_allowed_list:\t0-1\n");
        files.put("/proc/self/cgroup", "0::/system.slice/larch.service");
        files.put(GROUP, "0-5");

        assertEquals("", objection(5));
        assertEquals("this process may not use CPU 6, its cpuset has 0-5", objection(6));
    }

    @Test
    void shouldAskTheNearestGroupThatTells() {
        files.put("/sys/devices/system/cpu/online", "0-7");
        files.put(GROUP, "0-7");
        files.put("/sys/fs/cgroup/a/cpuset.cpus.effective", "2-3");
        files.put("/sys/fs/cgroup/a/b/cpuset.cpus.effective", "");

        files.put("/proc/self/cgroup", "0::/a/b/c");
        assertEquals("this process may not use CPU 1, its cpuset has 2-3", objection(1));
        files.put("/proc/self/cgroup", "0::/");
        assertEquals("", objection(1));
        // Seen from within a container that does not see it.
        files.put("/proc/self/cgroup", "0::/../../d");
        assertEquals("", objection(1));
    }

    @Test
    void shouldKnowTheGroupsOfVersionOne() {
        files.put("/sys/devices/system/cpu/online", "0-7");
        files.put("/proc/self/cgroup", "4:memory:/a\n3:cpu,cpuset:/a\n1:cpu:/\n0::/\n");
        files.put("/sys/fs/cgroup/cpuset/a/cpuset.effective_cpus", "4-7");

        assertEquals("", objection(4));
        assertEquals("this process may not use CPU 3, its cpuset has 4-7", objection(3));
    }

    @Test
    void shouldAllowWhatNothingSpeaksAgainst() {
        assertEquals("", objection(9));
        files.put("/sys/devices/system/cpu/online", "unclear");
        assertEquals("", objection(9));
    }

    @Test
    void shouldSeeThisMachine() {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "needs Linux");
        final UsableCpus here = UsableCpus.here();

        assertTrue(here.online().cardinality() > 0);
        assertEquals(Optional.empty(), here.objection(UsableCpus.running().nextSetBit(0)));
        assertTrue(here.objection(CpuList.MOST_CPUS - 1).isPresent());
    }
}
