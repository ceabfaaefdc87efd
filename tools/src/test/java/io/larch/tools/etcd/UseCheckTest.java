package io.larch.tools.etcd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A running etcd locks its log in one way, and its database in the way of etcd 2. */
@Tag("slow")
@Tag("fused-only")
class UseCheckTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    @Test
    void shouldSeeBothLocksOfAnEtcdUntilItEnds() throws IOException {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess etcd = servers.etcd().start();
        final Path member = etcd.dataDirectory().resolve("member");
        final Path log = WalSegment.list(member.resolve("wal")).get(0).file();
        final Path database = member.resolve("snap").resolve("db");

        assertTrue(UseCheck.isLocked(log));
        assertTrue(UseCheck.isLocked(database));
        etcd.kill();
        assertFalse(UseCheck.isLocked(log));
        assertFalse(UseCheck.isLocked(database));
    }
}
