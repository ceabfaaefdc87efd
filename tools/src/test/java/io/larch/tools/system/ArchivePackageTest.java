package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tar archive, unpacked, beside a Java that can run and not compile. */
@Tag("slow")
@Tag("fused-only")
class ArchivePackageTest {
    @TempDir Path directory;

    private Path home;
    private Path java;

    @BeforeEach
    void unpack() throws Exception {
        final Path archive = Packages.ofKind(".tar.gz");
        // Others than the owner of the test's directory look into it, too.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        final Path place = Files.createDirectory(directory.resolve("a place"));
        succeed(List.of("tar", "-xzf", archive.toString(), "-C", place.toString()));
        home = names(place).stream().map(place::resolve).findFirst().orElseThrow();
        java = Files.createDirectories(directory.resolve("jre/bin")).getParent();
        final Path full = Path.of(System.getProperty("java.home"));
        Files.createSymbolicLink(java.resolve("bin/java"), full.resolve("bin/java"));
        Files.copy(full.resolve("release"), java.resolve("release"));
    }

    @Test
    void shouldServeWithAJavaAloneStartedByALinkFromAnyDirectory() throws Exception {
        final Path link =
                Files.createSymbolicLink(directory.resolve("d"), home.resolve("bin/larchd"));
        final Path configuration = home.resolve("conf/larch.conf.yml");
        final String url = "http://127.0.0.1:" + FreePort.next();
        final String text =
                Files.readString(configuration)
                        .replace("http://localhost:2379", url)
                        .replace("http://localhost:2380", "http://127.0.0.1:" + FreePort.next())
                        .replace("default.etcd", directory.resolve("data").toString());
        Files.writeString(configuration, text);
        final Path log = directory.resolve("log");
        final List<String> flags = List.of("--config-file", configuration.toString());
        try (ServerProcess member =
                new ServerProcess(fromTheRoot(link, flags), URI.create(url), log)) {
            member.start();
            final Path ctl = home.resolve("bin/larchctl");
            succeed(fromTheRoot(ctl, List.of("--endpoints", url, "set", "key", "value")));
            assertEquals(
                    "value\n",
                    succeed(fromTheRoot(ctl, List.of("--endpoints", url, "get", "key"))));
            final String data = directory.resolve("data").toString();
            succeed(
                    fromTheRoot(
                            home.resolve("bin/larch-stat"),
                            List.of("--count", "1", "--json", data)));
            assertEquals(143, member.terminate(), member::log);
            succeed(fromTheRoot(home.resolve("bin/larch-dump"), List.of("wal", "--verify", data)));
        }
        final List<String> archives = names(home.resolve("cache"));
        assertEquals(2, archives.size(), archives::toString);
        for (final String archive : archives) {
            assertTrue(Files.size(home.resolve("cache").resolve(archive)) > 0, archive);
        }
    }

    @Test
    void shouldBringItsManual() throws Exception {
        for (final String page :
                List.of(
                        "man8/larchd.8.gz",
                        "man1/larchctl.1.gz",
                        "man1/larch-dump.1.gz",
                        "man1/larch-stat.1.gz",
                        "man1/larch-local.1.gz")) {
            final Path file = home.resolve("share/man").resolve(page);
            assertTrue(Files.size(file) > 500, page);
            if (Files.isExecutable(Path.of("/usr/bin/man"))) {
                final String read =
                        succeed(List.of("man", "--warnings", "-P", "cat", "-l", file.toString()));
                assertTrue(read.contains("SYNOPSIS"), read);
                assertFalse(read.contains(": warning:"), read);
            }
        }
        assertTrue(Files.exists(home.resolve("docs/coming-from-etcd.md")));
    }

    @Test
    void shouldKeepClassesOfTheirOwnForWhoCannotWriteToIt() throws Exception {
        final Path cache = Files.createDirectory(directory.resolve("of user"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        final Path ctl = home.resolve("bin/larchctl");

        succeed(asAnother("XDG_CACHE_HOME=" + cache, ctl, "--version"));

        assertFalse(Files.exists(home.resolve("cache")));
        final List<String> archives = names(cache.resolve("larch"));
        assertEquals(1, archives.size(), archives::toString);
        assertTrue(Files.size(cache.resolve("larch").resolve(archives.get(0))) > 0);
        // Nor is there anything without a place for them.
        succeed(asAnother("XDG_CACHE_HOME=/proc/none", ctl, "--version"));
        succeed(asAnother("NOTHING=", ctl, "--version"));
    }

    @Test
    void shouldArchiveClassesAnewForAnotherBuildInTheSamePlace() throws Exception {
        // Its archives are empty, and are kept as such.
        Files.delete(java.resolve("bin/java"));
        Files.createSymbolicLink(java.resolve("bin/java"), Path.of("/bin/true"));
        final List<String> version =
                fromTheRoot(home.resolve("bin/larchctl"), List.of("--version"));
        succeed(version);
        final List<String> before = names(home.resolve("cache"));
        succeed(version);
        assertEquals(before, names(home.resolve("cache")));

        Files.writeString(home.resolve("lib/.built"), "another\n");
        succeed(version);

        final List<String> after = names(home.resolve("cache"));
        assertEquals(1, after.size(), after::toString);
        assertNotEquals(before, after);
    }

    /** A program of the installation as whoever runs the test, with next to no environment. */
    private List<String> fromTheRoot(final Path program, final List<String> arguments) {
        final List<String> command = new ArrayList<>(List.of("env", "-i", "--chdir=/"));
        command.addAll(environment());
        command.add(program.toString());
        command.addAll(arguments);
        return command;
    }

    /** The same as somebody who may read it. */
    private List<String> asAnother(final String variable, final Path program, final String argument)
            throws Exception {
        final List<String> command = new ArrayList<>(List.of("env", "-i", "--chdir=/"));
        command.addAll(environment());
        command.add(variable);
        if (succeed(List.of("id", "-u")).equals("0\n")) {
            // Whom no file's mode keeps from writing.
            command.addAll(
                    List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"));
        } else {
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("r-xr-xr-x"));
        }
        command.addAll(List.of(program.toString(), argument));
        return command;
    }

    private List<String> environment() {
        return List.of("PATH=/usr/bin:/bin", "JAVA_HOME=" + java);
    }

    private static String succeed(final List<String> command)
            throws IOException, InterruptedException {
        final Command.Result result = Command.run(Map.of(), command);
        assertEquals(0, result.status(), () -> command + "\n" + result.output());
        return result.output();
    }

    private static List<String> names(final Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
