package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs that people run on a cluster, while one of its members is killed. What they are told to
 * do is in {@code clients/}.
 */
@Tag("slow")
@Tag("fused-only")
class ClusterClientsTest {
    private static final String PYTHON = "/usr/bin/python3";

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    void shouldKeepLocksAndElectionsOfPythonEtcdWhenTheLeaderIsKilled() throws Exception {
        need("python-etcd", List.of(PYTHON, "-c", "import etcd"));
        cluster.start(3);

        assertEquals(
                new Command.Result(0, "done\n"),
                tell(
                        "python_etcd_cluster_story.py",
                        endpoints(),
                        Long.toString(cluster.awaitLeader().pid())));
    }

    @Test
    void shouldServePatroniWhenTheLeaderIsKilled(@TempDir final Path directory) throws Exception {
        need("patroni", List.of("/usr/bin/patroni", "--version"));
        need("postgresql", List.of("/bin/sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster.start(3);

        assertEquals(
                new Command.Result(0, "done\n"),
                tell(
                        "patroni_story.py",
                        endpoints(),
                        directory.toString(),
                        Long.toString(cluster.awaitLeader().pid()),
                        FreePort.list(4)));
    }

    private static void need(final String name, final List<String> command) throws Exception {
        final boolean isInstalled =
                Files.isExecutable(Path.of(command.get(0)))
                        && Command.run(Map.of(), command).status() == 0;
        assumeTrue(isInstalled || Servers.arePeersRequired(), "needs " + name);
    }

    private String endpoints() {
        return cluster.members().stream()
                .map(member -> member.url().getAuthority())
                .collect(Collectors.joining(","));
    }

    private static Command.Result tell(final String story, final String... arguments)
            throws Exception {
        final Path file =
                Path.of(ClusterClientsTest.class.getResource("/clients/" + story).toURI());
        final List<String> command = new ArrayList<>(List.of(PYTHON, file.toString()));
        command.addAll(List.of(arguments));
        return Command.run(Map.of(), command);
    }
}
