package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The same command lines by etcdctl and by larchctl, each on a new member, of Larch and of etcd.
 */
@Tag("slow")
@Tag("fused-only")
class EtcdctlComparisonTest {
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

    @RegisterExtension final Servers servers = new Servers();

    @ParameterizedTest
    @EnumSource
    void shouldPrintAndReturnWhatEtcdctlDoes(final Product product) throws Exception {
        assumeTrue(Files.isExecutable(ETCDCTL) || Servers.arePeersRequired(), "needs etcdctl");
        final ServerProcess etcdctlServer = product.start(servers);
        final ServerProcess larchctlServer = product.start(servers);
        final List<String> differences = new ArrayList<>();
        int lines = 0;
        for (final CommandLines.Line line : CommandLines.all()) {
            final Run expected = etcdctl(etcdctlServer.url(), line);
            final Run actual = larchctl(larchctlServer.url(), line);
            if (!expected.equals(actual)) {
                differences.add("\n" + line.text() + "\n  " + expected + "\n  " + actual);
            }
            lines++;
        }
        assertEquals(List.of(), differences);
        assertTrue(lines > 200, "lines: " + lines);
    }

    private static Run etcdctl(final URI url, final CommandLines.Line line) throws Exception {
        final List<String> command = new ArrayList<>(List.of(ETCDCTL.toString()));
        command.addAll(Run.PATIENCE);
        command.addAll(line.words());
        return Run.program(
                        Map.of("ETCDCTL_API", "2", "ETCDCTL_ENDPOINTS", url.toString()),
                        line.input(),
                        command)
                .masked(url);
    }

    private static Run larchctl(final URI url, final CommandLines.Line line) {
        return Run.larchctl(
                        Map.of("ETCDCTL_ENDPOINTS", url.toString()),
                        line.input(),
                        line.words().toArray(String[]::new))
                .masked(url);
    }
}
