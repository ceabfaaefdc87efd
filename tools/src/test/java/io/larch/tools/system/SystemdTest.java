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

/** The Debian package's unit, run by a systemd of its own that is gone afterwards. */
@Tag("slow")
@Tag("fused-only")
class SystemdTest {
    /** What the script ends with where the system allows no such systemd. */
    private static final int UNABLE = 77;

    private static final Path SCRIPT =
            Path.of("src/test/resources/packaging/systemd.sh").toAbsolutePath();

    @TempDir Path directory;

    @Test
    void shouldStartWatchRestartAndUpgradeTheUnit() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/lib/systemd/systemd")), "no systemd");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "not a Debian");
        final List<String> command = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("sudo", "-n"));
        }
        command.addAll(List.of("timeout", "-k", "1", "300", "unshare"));
        command.addAll(List.of("--mount", "--net", "--pid", "--ipc", "--uts", "--cgroup"));
        command.addAll(List.of("--fork", "--kill-child", "sh", SCRIPT.toString()));
        command.add(Packages.ofKind(".deb").toString());
        command.add(directory.toString());
        command.add(System.getProperty("java.home"));

        final Command.Result result = Command.run(Map.of(), command);

        final Path log = directory.resolve("log");
        // A systemd that never came so far as to try anything is one that this system does not
        // allow.
        assumeTrue(
                result.status() != UNABLE && Files.exists(log) && Files.size(log) > 0,
                result.output());
        assertEquals(0, result.status(), () -> result.output() + read(log));
    }

    private static String read(final Path log) {
        try {
            return Files.readString(log);
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
