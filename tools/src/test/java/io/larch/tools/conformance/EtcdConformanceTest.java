package io.larch.tools.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the recordings, the comparison and its masks against an etcd that runs here: tests the
 * tests.
 */
@Tag("slow")
@Tag("fused-only")
class EtcdConformanceTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    @ParameterizedTest
    @ValueSource(strings = {"tour.jsonl", "random-1.jsonl", "random-2.jsonl", "random-3.jsonl"})
    void shouldAnswerAsRecordedEtcdDid(final String recording) throws IOException {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final ServerProcess etcd = servers.etcdAsRecorded().start();

        final List<String> failures =
                new Conformance(etcd.url(), ExpectedDifferences.ETCD_3_4)
                        .replay(Recording.resource(recording));

        assertEquals(0, failures.size(), () -> String.join("\n", failures));
    }
}
