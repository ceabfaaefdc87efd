package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.system.Command;
import io.larch.tools.system.LarchCluster;
import io.larch.tools.system.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A pair of PostgreSQL servers whose state lies in three members, as v3 keys with leases. */
@Tag("slow")
@Tag("fused-only")
class PatroniTest {
    /** Of etcd instead: {@code -Dlarch.v3.patroni=etcd}. */
    @RegisterExtension
    final LarchCluster cluster =
            "etcd".equals(System.getProperty("larch.v3.patroni"))
                    ? new LarchCluster().ofEtcd()
                    : new LarchCluster();

    /** It bootstraps, switches over, outlives the leader of the members, and fails over. */
    @Test
    void shouldServePatroniWhenTheLeaderIsKilled(@TempDir final Path directory) throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/patroni")) || Servers.arePeersRequired(),
                "needs patroni");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        cluster.start(3);
        final Path story =
                Path.of(PatroniTest.class.getResource("/clients/patroni_story.py").toURI());

        assertEquals(
                new Command.Result(0, "done\n"),
                Command.run(
                        Map.of("DCS", "etcd3"),
                        List.of(
                                "/usr/bin/python3",
                                story.toString(),
                                cluster.members().stream()
                                        .map(member -> member.url().getAuthority())
                                        .collect(Collectors.joining(",")),
                                directory.toString(),
                                Long.toString(cluster.awaitLeader().pid()),
                                FreePort.list(4))));
    }
}
