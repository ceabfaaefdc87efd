package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.system.Command;
import io.larch.tools.system.Product;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The program as users start it: by its launcher, once the build has packaged it. */
@Tag("slow")
@Tag("fused-only")
class LarchctlProcessTest {
    private static final String LAUNCHER = System.getProperty("larch.launcher", "");

    @RegisterExtension final Servers servers = new Servers();

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void start() throws Exception {
        final ServerProcess server = Product.LARCH.start(servers);
        environment.put("LARCHCTL_ENDPOINTS", server.url().toString());
        environment.put("LARCH_AS_BUILT", "yes");
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    static List<String> command(final String... words) {
        // Who runs the tests in the background of a shell has them ignore Ctrl-C, and what they
        // start.
        final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        if (LAUNCHER.isEmpty()) {
            command.addAll(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.larch.tools.ctl.Larchctl"));
        } else {
            command.add(Path.of(LAUNCHER).resolveSibling("larchctl").toString());
        }
        command.addAll(Run.PATIENCE);
        command.addAll(List.of(words));
        return command;
    }

    private Run run(final String input, final String... words) throws Exception {
        return Run.program(environment, input, command(words));
    }

    @Test
    void shouldBeAProgram() throws Exception {
        assertEquals(new Run(0, "größer\n\n", ""), run("größer\n", "set", "/ü b"));
        assertEquals(new Run(0, "größer\n\n", ""), run("", "get", "/ü b"));
        assertEquals(
                new Run(4, "", "Error:  100: Key not found (/nope) [4]\n"),
                run("", "get", "/nope"));
        assertEquals(1, run("", "get", "--bogus").status());
        assertEquals(2, run("", "--endpoints", "http://127.0.0.1:1", "get", "/k").status());
        assertEquals(
                new Run(0, "[set] /ü b\ngrößer\n\n", ""),
                run("", "watch", "/", "-r", "--after-index", "3"));
    }

    /** By what the launcher takes for enough to ask for keys, though these name all commands. */
    @Test
    void shouldExplainAndCompleteAllCommands() throws Exception {
        for (final String[] words :
                new String[][] {{"--help"}, {"help", "export"}, {"completion", "bash"}}) {
            final Run run = Run.larchctl(Map.of(), "", words);
            assertEquals(0, run.status(), run::toString);
            assertEquals(run, run("", words));
        }
    }

    @Test
    void shouldRunAProgramForEachEventUntilItIsInterrupted() throws Exception {
        assertEquals(0, run("", "set", "/w/1", "one").status());
        assertEquals(0, run("", "set", "/w/2", "two").status());
        final Command.Running watch =
                Command.start(
                        environment,
                        command(
                                "exec-watch",
                                "--recursive",
                                "--after-index",
                                "3",
                                "/w",
                                "--",
                                "sh",
                                "-c",
                                "echo $ETCD_WATCH_ACTION $ETCD_WATCH_KEY $ETCD_WATCH_VALUE"
                                        + " $ETCD_WATCH_MODIFIED_INDEX"));
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (watch.outputSoFar().lines().count() < 2) {
            assertTrue(System.nanoTime() - deadlineNanos < 0, watch.outputSoFar());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertEquals(
                0,
                new ProcessBuilder("/bin/kill", "-INT", String.valueOf(watch.process().pid()))
                        .start()
                        .waitFor());

        final Command.Result result = watch.await();
        assertEquals(0, result.status(), result.output());
        // Nobody waits for the first before the second starts.
        assertEquals(
                List.of("set /w/1 one 4", "set /w/2 two 5"),
                result.output().lines().sorted().toList());
    }
}
