package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package on this system, as seen by nobody else and gone afterwards. */
@Tag("slow")
@Tag("fused-only")
class DebianPackageTest {
    /** What the script ends with where the system allows no layer over its files. */
    private static final int UNABLE = 77;

    private static final Path SCRIPT =
            Path.of("src/test/resources/packaging/debian-package.sh").toAbsolutePath();

    @TempDir Path directory;

    @Test
    void shouldInstallServeUpgradeAndLeaveAsDebiansEtcdDoes() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "not a Debian");
        final List<String> command = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("sudo", "-n"));
            assumeTrue(isDone("sudo", "-n", "true"), "needs root");
        }
        command.addAll(
                List.of("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh"));
        command.add(SCRIPT.toString());
        command.add(Packages.ofKind(".deb").toString());
        command.add(directory.toString());
        command.add(System.getProperty("java.home"));

        final Command.Result result = Command.run(Map.of(), command);

        assumeTrue(result.status() != UNABLE, result.output());
        assertEquals(0, result.status(), result::output);
    }

    private static boolean isDone(final String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (final IOException e) {
            return false;
        }
    }
}
