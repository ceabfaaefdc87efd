package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Command;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Clients in other languages, as their makers ship them; what they are told to do is in {@code
 * clients/etcd3gw_story.py} and {@code clients/etcd3/story.js}.
 */
@Tag("slow")
@Tag("fused-only")
class Etcd3ClientsTest {
    private static final String PYTHON = "/usr/bin/python3";

    @RegisterExtension final Servers servers = Servers.inMemory();

    /** Debian's python3-etcd3gw, over the JSON gateway. */
    @ParameterizedTest
    @EachProduct
    void shouldServePythonOverTheGateway(final Product product) throws Exception {
        need("python3-etcd3gw", PYTHON, "-c", "import etcd3gw");
        final ServerProcess server = product.start(servers);

        assertDone(
                PYTHON,
                resource("etcd3gw_story.py").toString(),
                Integer.toString(server.url().getPort()));
    }

    /** npm's etcd3, over gRPC, of the version that the lock file names. */
    @ParameterizedTest
    @EachProduct
    void shouldServeNodeOverGrpc(final Product product, @TempDir final Path directory)
            throws Exception {
        need("node and npm", "npm", "--version");
        for (final String file : List.of("package.json", "package-lock.json", "story.js")) {
            Files.copy(resource("etcd3").resolve(file), directory.resolve(file));
        }
        final Command.Result installed =
                Command.run(
                        Map.of(),
                        List.of(
                                "npm",
                                "ci",
                                "--prefix",
                                directory.toString(),
                                "--prefer-offline",
                                "--ignore-scripts",
                                "--no-audit",
                                "--no-fund"));
        assertEquals(0, installed.status(), installed::output);
        final ServerProcess server = product.start(servers);

        assertDone(
                "node",
                directory.resolve("story.js").toString(),
                Integer.toString(server.url().getPort()));
    }

    private static void need(final String name, final String... command) throws Exception {
        assumeTrue(Servers.arePeersRequired() || isThere(command), "needs " + name);
    }

    private static boolean isThere(final String... command) throws Exception {
        final List<String> words = new ArrayList<>(List.of("/usr/bin/env"));
        words.addAll(List.of(command));
        return Command.run(Map.of(), words).status() == 0;
    }

    private static Path resource(final String name) throws Exception {
        return Path.of(Etcd3ClientsTest.class.getResource("/clients/" + name).toURI());
    }

    private static void assertDone(final String... command) throws Exception {
        assertEquals(new Command.Result(0, "done\n"), Command.run(Map.of(), List.of(command)));
    }
}
