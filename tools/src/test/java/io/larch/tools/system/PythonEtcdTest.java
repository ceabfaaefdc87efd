package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The python-etcd library as a client; what it is told to do is in {@code
 * clients/python_etcd_story.py} and {@code clients/python_etcd_auth_story.py}.
 */
@Tag("slow")
@Tag("fused-only")
class PythonEtcdTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @RegisterExtension final Servers servers = Servers.inMemory();

    @BeforeEach
    void needsPythonEtcd() throws Exception {
        final boolean isInstalled =
                Files.isExecutable(PYTHON)
                        && Command.run(Map.of(), List.of(PYTHON.toString(), "-c", "import etcd"))
                                        .status()
                                == 0;
        assumeTrue(isInstalled || Servers.arePeersRequired(), "needs python-etcd");
    }

    @ParameterizedTest
    @EachProduct
    void shouldServePythonEtcd(final Product product) throws Exception {
        tell(product, "python_etcd_story.py");
    }

    @ParameterizedTest
    @EachProduct
    void shouldManageUsersAndRoles(final Product product) throws Exception {
        tell(product, "python_etcd_auth_story.py");
    }

    private void tell(final Product product, final String name) throws Exception {
        final ServerProcess server = product.start(servers);
        final Path story = Path.of(PythonEtcdTest.class.getResource("/clients/" + name).toURI());

        final Command.Result result =
                Command.run(
                        Map.of(),
                        List.of(
                                PYTHON.toString(),
                                story.toString(),
                                Integer.toString(server.url().getPort())));

        assertEquals(new Command.Result(0, "done\n"), result);
    }
}
