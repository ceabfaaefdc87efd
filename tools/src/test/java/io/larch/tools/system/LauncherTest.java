package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What tools/bin/larchd does around the member, and larchctl around its commands, in an
 * installation of their own.
 */
@Tag("slow")
@Tag("fused-only")
class LauncherTest {
    private static final String NAME = "café☃";
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

    @TempDir Path directory;

    private final List<Process> started = new ArrayList<>();
    private Path target;
    private Path launcher;
    private Path output;

    @BeforeEach
    void install() throws IOException {
        final Path tools = Path.of("").toAbsolutePath();
        target = Files.createDirectories(directory.resolve("tools/target"));
        Files.createDirectories(directory.resolve("tools/bin"));
        launcher = directory.resolve("tools/bin/larchd");
        for (final String file : List.of("larchd", "larchctl", "lib.sh", "jvm.args")) {
            Files.copy(
                    tools.resolve("bin").resolve(file),
                    launcher.resolveSibling(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createSymbolicLink(target.resolve("lib"), tools.resolve("target/lib"));
        output = directory.resolve("output");
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
        processes().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    void shouldKeepNamesThatAreNotAsciiWithoutALocale() throws IOException {
        isPrepared(JAVA_HOME);
        final int port = FreePort.next();
        final List<String> flags = flags(NAME, port, directory + "/dätä");
        final Process member =
                start(
                        // In the encoding of the system this test runs in, whatever that is.
                        Map.of(),
                        script(
                                "unset LANG LC_CTYPE; export LC_ALL=C JAVA_HOME='%s'; exec '%s' %s"
                                        .formatted(JAVA_HOME, launcher, String.join(" ", flags))));
        await("no member", () -> isReady(port, member));

        final String members =
                HttpConnection.exchange(
                                URI.create("http://127.0.0.1:" + port), "GET", "/v2/members", null)
                        .text();
        assertTrue(members.contains("\"name\":\"" + NAME + "\""), members);
        assertEquals(
                List.of("ok"),
                run(script("test -d '" + directory + "/dätä/member' && echo ok")).lines().toList());
    }

    /** A changed root lies in a file system that no mount point in it tells of. */
    @Test
    void shouldStartInAChangedRoot() throws IOException {
        isPrepared(JAVA_HOME);
        final int port = FreePort.next();
        final String tools = Path.of("").toAbsolutePath().getParent().toString();
        final List<String> command = new ArrayList<>(List.of("unshare", "--mount"));
        if (!"root".equals(System.getProperty("user.name"))) {
            command.add("--map-root-user");
        }
        command.addAll(
                script(
                        """
                        root='%s'
                        for path in /usr /etc /proc /dev '%s' '%s' '%s/tools'; do
                            mkdir -p "$root$path"
                            mount --rbind "$path" "$root$path" || exit 77
                        done
                        for name in bin lib lib64; do
                            ln -s usr/$name "$root/$name"
                        done
                        mkdir "$root/tmp"
                        exec env JAVA_HOME='%s' chroot "$root" '%s' %s
                        """
                                .formatted(
                                        Files.createTempDirectory(directory, "root"),
                                        JAVA_HOME,
                                        tools,
                                        directory,
                                        JAVA_HOME,
                                        launcher,
                                        String.join(" ", flags("m", port, "/data")))));
        final Process member = start(Map.of(), command);
        if (!Servers.arePeersRequired()) {
            await("no member", () -> !member.isAlive() || isReady(port, member));
            assumeTrue(member.isAlive() || member.exitValue() != 77, "may not mount");
        }
        await("no member", () -> isReady(port, member));
    }

    @Test
    void shouldTellEachJavaWhatIsMeantSo() throws Exception {
        final String trimming = " -XX:TrimNativeHeapInterval=30000";
        assertEquals("", allowed("17"));
        assertEquals("", allowed("17.0.1"));
        assertEquals(trimming.strip(), allowed("17.0.15"));
        assertEquals("", allowed("18.0.15"));
        assertEquals("", allowed("21.0.1"));
        assertEquals(trimming.strip(), allowed("21.0.10"));
        assertEquals("--enable-native-access=ALL-UNNAMED" + trimming, allowed("22"));
        assertEquals(
                "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
                        + trimming,
                allowed("23.0.1"));
        assertEquals(
                "--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
                        + trimming,
                allowed("25.0.3"));
    }

    @Test
    void shouldSayThatAJavaLacksTheCompiler() throws Exception {
        final Path home = Files.createDirectories(directory.resolve("jre"));
        Files.createDirectories(home.resolve("bin"));
        Files.createSymbolicLink(home.resolve("bin/java"), Path.of("/bin/true"));
        final List<String> version =
                List.of("env", "JAVA_HOME=" + home, launcher.toString(), "--version");
        final String of = "JAVA_VERSION=\"17.0.15\"\nMODULES=\"java.base ";
        Files.writeString(home.resolve("release"), of + "java.compiler\"\n");

        final Command.Result result = Command.run(Map.of(), version);

        assertEquals(1, result.status(), result::output);
        assertTrue(
                result.output().startsWith("larchd: " + home + " lacks the module jdk.compiler;"),
                result::output);
        Files.writeString(home.resolve("release"), of + "jdk.compiler\"\n");
        assertEquals(0, Command.run(Map.of(), version).status());
    }

    /** What a Java of some version is told beyond what all are told. */
    private String allowed(final String version) throws IOException {
        final Path home = Files.createDirectories(directory.resolve("jdk-" + version));
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        final Path java = home.resolve("bin/java");
        Files.writeString(java, "#!/bin/sh\necho \"$@\"\n");
        java.toFile().setExecutable(true);
        isPrepared(home);
        final String said =
                run(List.of("env", "JAVA_HOME=" + home, launcher.toString(), "--version"));
        assertTrue(said.endsWith("io.larch.tools.server.LarchServer --version\n"), said);
        return String.join(
                " ",
                Arrays.stream(said.split(" "))
                        .filter(option -> option.matches("--(enable|sun|illegal).*|-XX:Trim.*"))
                        .toList());
    }

    @Test
    void shouldPrintNothingButItsLogOnEveryJavaOfThisMachine() throws IOException {
        for (final Path home : javas()) {
            final int port = FreePort.next();
            final List<String> command =
                    new ArrayList<>(List.of("env", "JAVA_HOME=" + home, launcher.toString()));
            command.addAll(flags("m", port, directory + "/data-" + home.getFileName()));
            final Process member = start(Map.of(), command);
            await("no member", () -> isReady(port, member));
            member.destroy();
            await("does not end", () -> !member.isAlive());
            assertEquals(
                    List.of("larchd: preparing for faster starts (once)..."),
                    text().lines()
                            .filter(line -> !line.matches("20\\d\\d-\\d\\d-\\d\\d .* [INW] \\| .*"))
                            .toList(),
                    home::toString);
            assertTrue(
                    Files.size(target.resolve("larchd-" + home.getFileName() + ".jsa")) > 0,
                    home::toString);
        }
    }

    private static List<Path> javas() throws IOException {
        try (Stream<Path> homes = Files.list(Path.of("/usr/lib/jvm"))) {
            final List<Path> javas = new ArrayList<>();
            for (final Path home : homes.sorted().toList()) {
                final Path release = home.resolve("release");
                if (!Files.isSymbolicLink(home)
                        && Files.isExecutable(home.resolve("bin/java"))
                        && Files.exists(release)
                        && Files.readString(release).matches("(?s).*JAVA_VERSION=\"(1[789]|2).*")) {
                    javas.add(home);
                }
            }
            return javas;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"larchd", "larchctl"})
    void shouldLeaveNothingBehindWhenItIsEndedInItsFirstStart(final String program)
            throws IOException {
        final Process ended = start(Map.of(), firstStart(program));
        await("no training", () -> !processes().isEmpty() && isTraining());
        ended.destroy();
        await("does not end", () -> !ended.isAlive());

        assertEquals(143, ended.exitValue(), this::text);
        assertEquals(List.of(), processes());
        assertFalse(isTraining());
        assertEquals(List.of("lib"), names());
    }

    /** In a container, the one that was killed may have had the number of the next. */
    @Test
    void shouldRemoveWhatKilledOnesLeft() throws IOException {
        final Path left = Files.createDirectory(target.resolve("training.1000000000"));
        Files.createFile(left.resolve("classes"));

        final String said =
                run(
                        script(
                                "mkdir '%s'/training.$$; exec %s"
                                        .formatted(
                                                target, String.join(" ", firstStart("larchctl")))));

        assertTrue(said.startsWith("larchctl version: "), said);
        final String archive = "larchctl-" + JAVA_HOME.getFileName() + ".jsa";
        assertEquals(List.of(archive, "lib"), names());
        assertTrue(Files.size(target.resolve(archive)) > 0);
    }

    @Test
    void shouldLeaveNothingBehindWhenItIsKilledInItsFirstStart() throws IOException {
        final Process killed = start(Map.of(), firstStart("larchd"));
        await("no training", () -> isTraining() && !processes().isEmpty());
        killed.destroyForcibly();
        await("does not end", () -> !killed.isAlive());

        await("the training goes on", () -> processes().isEmpty());
        await("something is left", () -> names().equals(List.of("lib")));
    }

    private List<String> firstStart(final String program) throws IOException {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "env",
                                "JAVA_HOME=" + JAVA_HOME,
                                launcher.resolveSibling(program).toString()));
        command.addAll(
                "larchd".equals(program)
                        ? flags("m", FreePort.next(), directory + "/data")
                        : List.of("--version"));
        return command;
    }

    private boolean isTraining() {
        return names().stream().anyMatch(name -> name.startsWith("training."));
    }

    private List<String> names() {
        try (Stream<Path> files = Files.list(target)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (final IOException e) {
            return List.of(e.toString());
        }
    }

    /** Javas that were begun by the launcher of this installation. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(
                        process ->
                                process.info()
                                        .commandLine()
                                        .filter(
                                                line ->
                                                        line.contains(target.toString())
                                                                && line.contains("/bin/java "))
                                        .isPresent())
                .toList();
    }

    /** As if the first start had been tried and had given nothing. */
    private void isPrepared(final Path home) throws IOException {
        Files.createFile(target.resolve("larchd-" + home.getFileName() + ".jsa"));
    }

    private static List<String> flags(final String name, final int port, final String data)
            throws IOException {
        final String client = "http://127.0.0.1:" + port;
        final String peer = "http://127.0.0.1:" + FreePort.next();
        final List<String> flags =
                new ArrayList<>(
                        List.of(
                                "--name=" + name,
                                "--data-dir=" + data,
                                "--listen-client-urls=" + client,
                                "--advertise-client-urls=" + client,
                                "--listen-peer-urls=" + peer,
                                "--initial-advertise-peer-urls=" + peer,
                                "--initial-cluster=" + name + "=" + peer));
        flags.addAll(Servers.extraFlags());
        return flags;
    }

    /** A script in UTF-8, since this JVM may not be able to write such an argument itself. */
    private List<String> script(final String text) throws IOException {
        final Path script = Files.createTempFile(directory, "script", ".sh");
        Files.write(script, text.getBytes(StandardCharsets.UTF_8));
        return List.of("sh", script.toString());
    }

    private Process start(final Map<String, String> environment, final List<String> command)
            throws IOException {
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.matches("(ETCD|LARCH).*"));
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        final Process process = builder.start();
        started.add(process);
        return process;
    }

    private String run(final List<String> command) throws IOException {
        final Process process = start(Map.of(), command);
        await("does not end", () -> !process.isAlive());
        return text();
    }

    private String text() {
        try {
            return Files.readString(output);
        } catch (final IOException e) {
            return e.toString();
        }
    }

    private boolean isReady(final int port, final Process member) throws IOException {
        if (!member.isAlive()) {
            throw new IOException("ended with " + member.exitValue() + "\n" + text());
        }
        try {
            return HttpConnection.exchange(
                                    URI.create("http://127.0.0.1:" + port), "GET", "/health", null)
                            .status()
                    == 200;
        } catch (final IOException e) {
            return false;
        }
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(final String otherwise, final Condition condition) throws IOException {
        final long deadlineNs = System.nanoTime() + LIMIT_NS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new IOException(otherwise + "\n" + text());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }
}
