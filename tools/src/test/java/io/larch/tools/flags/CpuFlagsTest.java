package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.cpus.UsableCpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CpuFlagsTest {
    /** A machine of eight, of which this process has six. */
    private static final UsableCpus CPUS =
            new UsableCpus(true, CpuList.ofKernel("0-7"), CpuList.ofKernel("0-5"));

    private UsableCpus usable = CPUS;
    private LarchFlags flags;

    private ServerConfig parse(final Map<String, String> environment, final String... arguments)
            throws ExitException {
        flags = new LarchFlags(environment, () -> usable);
        return flags.parse(List.of(arguments));
    }

    private ServerConfig parse(final String... arguments) throws ExitException {
        return parse(Map.of(), arguments);
    }

    private static ServerConfig.Cpus cpus(final int engine, final Integer... edges) {
        return new ServerConfig.Cpus(OptionalInt.of(engine), List.of(edges));
    }

    @Test
    void shouldPinNothingAndAskNobodyWithoutThem() throws ExitException {
        flags = new LarchFlags(Map.of(), () -> fail("asked"));

        assertEquals(ServerConfig.Cpus.ANY, flags.parse(List.of()).tuning().cpus());
        assertEquals(List.of(), ServerConfig.Cpus.ANY.all());
    }

    @Test
    void shouldReadThemFromCommandLineEnvironmentAndFile(@TempDir final Path directory)
            throws ExitException, IOException {
        assertEquals(
                cpus(1, 2, 4, 5), parse("--engine-cpu=1", "-edge-cpus", "2,4-5").tuning().cpus());
        assertEquals(
                cpus(0, 3),
                parse(Map.of("LARCH_ENGINE_CPU", "0", "ETCD_EDGE_CPUS", "3")).tuning().cpus());
        final Path file = Files.writeString(directory.resolve("f.yml"), "");
        Files.writeString(file, "engine-cpu: 5\nedge-cpus: 1-2\n");
        assertEquals(cpus(5, 1, 2), parse("--config-file=" + file).tuning().cpus());
        Files.writeString(file, "engine-cpu: '5'\nedge-cpus: 1\n");
        assertEquals(cpus(5, 1), parse("--config-file=" + file).tuning().cpus());
    }

    /** Their event loops are threads of their own. */
    @Test
    void shouldMeanTheSplitLayoutByCpusOfTheEdge() throws ExitException {
        assertEquals(ServerConfig.Threads.FUSED, parse("--engine-cpu=1").tuning().layout(2));
        assertEquals(ServerConfig.Threads.SPLIT, parse("--engine-cpu=1").tuning().layout(4));
        assertEquals(ServerConfig.Threads.SPLIT, parse("--edge-cpus=1").tuning().layout(2));
        assertEquals(
                ServerConfig.Threads.FUSED,
                parse("--engine-cpu=1", "--threads=fused").tuning().layout(64));
        assertRefused(
                "-edge-cpus needs threads of the edge's own, which -threads=fused has not: -engine-cpu is for the one thread",
                "--edge-cpus=1",
                "--threads=fused");
    }

    @Test
    void shouldRefuseCpusThatAreNotThereOrNotAllowed() {
        assertRefused("-engine-cpu: this machine has no CPU 8 online, but 0-7", "--engine-cpu=8");
        assertRefused(
                "-engine-cpu: this process may not use CPU 6, its cpuset has 0-5",
                "--engine-cpu=6");
        assertRefused("-edge-cpus: this machine has no CPU 8 online, but 0-7", "--edge-cpus=1,8-9");
    }

    @Test
    void shouldRefuseAnEngineAndAnEdgeOnOneCpu() {
        assertRefused(
                "-edge-cpus has CPU 2, which is that of -engine-cpu",
                "--engine-cpu=2",
                "--edge-cpus=1-3");
    }

    @Test
    void shouldRefuseThemWhereThereIsNoLinux() {
        usable = new UsableCpus(false, new BitSet(), new BitSet());

        assertRefused("-engine-cpu: threads can be put on CPUs on Linux only", "--engine-cpu=0");
    }

    @Test
    void shouldSayWhereAWrongCpuStands(@TempDir final Path directory) throws IOException {
        final Path file = Files.writeString(directory.resolve("f.yml"), "name: a\nengine-cpu: 8\n");

        assertRefused(
                "-engine-cpu: this machine has no CPU 8 online, but 0-7 (" + file + ":2)",
                "--config-file=" + file);
        Files.writeString(file, "name: a\nedge-cpus: ''\n");
        assertTrue(
                exit("--config-file=" + file)
                        .remarks()
                        .toString()
                        .contains("invalid value \"\" for edge-cpus: no CPU in the list (" + file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -engine-cpu=two | invalid value "two" for flag -engine-cpu: not the number of a CPU
                    -engine-cpu=1,2 | invalid value "1,2" for flag -engine-cpu: not the number of a CPU
                    -engine-cpu=    | invalid value "" for flag -engine-cpu: not the number of a CPU
                    -edge-cpus=     | invalid value "" for flag -edge-cpus: no CPU in the list
                    -edge-cpus=1,   | invalid value "1," for flag -edge-cpus: not a list of CPUs such as 2,4-5
                    -edge-cpus=3,3  | invalid value "3,3" for flag -edge-cpus: CPU 3 is there twice
                    """)
    void shouldExitWithUsageForWhatCannotBeRead(final String flag, final String message) {
        final ExitException exit = exit(flag);

        assertEquals(2, exit.status());
        assertEquals(message, exit.standardError().lines().findFirst().orElseThrow());
    }

    @Test
    void shouldSayThatAProxyHasNoEngine() throws ExitException {
        parse("--proxy=on", "--engine-cpu=1");

        assertTrue(
                flags.remarks()
                        .contains(
                                Remark.warning(
                                        "-engine-cpu and -edge-cpus have no effect on a proxy, which has no engine")),
                flags.remarks()::toString);
    }

    private void assertRefused(final String problem, final String... arguments) {
        final ExitException exit = exit(arguments);

        assertEquals(1, exit.status());
        assertEquals(
                "error verifying flags, " + problem + ". See 'larchd --help'.",
                exit.remarks().get(0).text());
    }

    private ExitException exit(final String... arguments) {
        return assertThrows(ExitException.class, () -> parse(arguments));
    }
}
