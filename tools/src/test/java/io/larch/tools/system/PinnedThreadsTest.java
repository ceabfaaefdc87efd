package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.cpus.UsableCpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where the kernel says that the threads of a member may run. */
@Tag("slow")
@Tag("fused-only")
class PinnedThreadsTest {
    private static final Predicate<String> SERVES =
            name -> name.equals("larch") || name.equals("larch-engine") || isEdge(name);

    /** What JNA brings of its own; the jar may be open without a class of it being loaded. */
    private static final Pattern UNPACKED = Pattern.compile("/jna\\d+\\.tmp");

    @RegisterExtension final Servers servers = Servers.inMemory();

    private final List<String> cpus = someOfThisMachine();

    private static List<String> someOfThisMachine() {
        final List<String> found = new ArrayList<>();
        UsableCpus.running().stream().limit(2).forEach(cpu -> found.add("" + cpu));
        return found;
    }

    private static boolean isEdge(final String name) {
        return name.startsWith("larch-edge");
    }

    @Test
    void shouldPutTheOneThreadOnItsCpuAndAllOthersElsewhere() throws IOException {
        assumeTrue(cpus.size() == 2, "needs two CPUs");
        final ServerProcess server =
                servers.larch("--threads=fused", "--engine-cpu=" + cpus.get(1)).start();
        final Keys keys = new Keys(server);
        keys.put("/a", "value=1");

        assertEquals(List.of(cpus.get(1)), of(server, "larch"::equals));
        final BitSet others = UsableCpus.running();
        others.clear(Integer.parseInt(cpus.get(1)));
        // Those that the one thread started were on its CPU until they were looked for.
        keys.await(
                "a thread is where it was started",
                () -> of(server, SERVES.negate()).stream().allMatch(CpuList.text(others)::equals));
        assertTrue(of(server, SERVES.negate()).size() > 5);
        assertTrue(isJnaLoaded(server));
        server.terminate();
    }

    @Test
    void shouldPutEngineAndEventLoopsOnTheirOwn() throws IOException {
        assumeTrue(cpus.size() == 2, "needs two CPUs");
        final ServerProcess server =
                servers.larch("--engine-cpu=" + cpus.get(0), "--edge-cpus=" + cpus.get(1)).start();
        new Keys(server).put("/a", "value=1");

        assertEquals(List.of(cpus.get(0)), of(server, "larch-engine"::equals));
        assertEquals(List.of(cpus.get(1)), of(server, PinnedThreadsTest::isEdge));
        server.terminate();
    }

    @Test
    void shouldLoadNothingForItWithoutFlags() throws IOException {
        final ServerProcess server = servers.larch().start();

        assertFalse(isJnaLoaded(server));
    }

    /** Lists of CPUs of the threads whose names are so. */
    private static List<String> of(final ServerProcess server, final Predicate<String> isMeant)
            throws IOException {
        final List<String> lists = new ArrayList<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/" + server.pid() + "/task"))) {
            for (final Path task : tasks.toList()) {
                final Map<String, String> status = status(task);
                if (!status.isEmpty() && isMeant.test(status.get("Name"))) {
                    lists.add(status.get("Cpus_allowed_list"));
                }
            }
        }
        return lists;
    }

    /** Empty for a thread that has ended meanwhile. */
    private static Map<String, String> status(final Path task) throws IOException {
        final Map<String, String> status = new TreeMap<>();
        try {
            for (final String line : Files.readAllLines(task.resolve("status"))) {
                final String[] parts = line.split(":\\s*", 2);
                status.put(parts[0], parts[1]);
            }
        } catch (final NoSuchFileException e) {
            return Map.of();
        }
        return status;
    }

    private static boolean isJnaLoaded(final ServerProcess server) throws IOException {
        return UNPACKED.matcher(Files.readString(Path.of("/proc/" + server.pid() + "/maps")))
                .find();
    }
}
