package io.larch.tools.conformance;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sim.GitId;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests to Larch and to etcd 3.4, with the replies compared one by one. Larch follows
 * 2.3.8; where the two versions differ and a request here can show it, it follows 3.4
 * (noValueOnSuccess).
 */
@Order(3)
@Tag("slow")
class DifferentialTest {
    /** More of them: {@code -Dlarch.differential.requests=100000}. */
    private static final int REQUESTS = Integer.getInteger("larch.differential.requests", 4000);

    @RegisterExtension final Servers servers = Servers.inMemory();

    @BeforeEach
    void needsEtcd() {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("fused-only")
    void shouldAnswerAsEtcdDoes(final long seed) throws IOException {
        compare(seed);
    }

    @Test
    void shouldAnswerAsEtcdDoesToRequestsThatTheCommitChooses() throws IOException {
        final long seed = GitId.seed();
        System.out.println("differential seed " + seed);
        compare(seed);
    }

    /** Tests the test: what it compares depends on nothing but the requests. */
    @Test
    @Tag("fused-only")
    void shouldFindNoDifferenceBetweenTwoOfTheSame() throws IOException {
        final ServerProcess one = servers.etcdAsRecorded().start();
        final ServerProcess other = servers.etcdAsRecorded().start();

        assertNull(new Differential(one.url(), other.url(), 4).run(REQUESTS));
    }

    private void compare(final long seed) throws IOException {
        final ServerProcess etcd = servers.etcdAsRecorded().start();
        final ServerProcess larch = servers.larchAsRecorded("--event-history", "1000").start();

        final String difference = new Differential(etcd.url(), larch.url(), seed).run(REQUESTS);

        assertNull(difference, () -> "seed " + seed + ", " + difference);
    }
}
