package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * larchctl as a program that runs beside a test. It hears of an interrupt also when the test does
 * not.
 *
 * @param cluster whom it asks.
 */
public record LarchctlProcess(URI cluster) {
    /** Something that comes to hold. */
    public interface Condition {
        boolean holds() throws IOException;
    }

    /** Starts it. */
    public Command.Running start(final String... words) throws IOException {
        final List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(LarchctlCommand.words());
        command.addAll(List.of(words));
        return Command.start(
                Map.of(
                        "LARCHCTL_ENDPOINTS",
                        cluster.toString(),
                        "LARCH_AS_BUILT",
                        "yes",
                        "JAVA_HOME",
                        System.getProperty("java.home")),
                command);
    }

    /** Runs it to its end. */
    public Command.Result run(final String... words) throws IOException, InterruptedException {
        return start(words).await();
    }

    /** Ctrl-C. */
    public static void interrupt(final Command.Running running)
            throws IOException, InterruptedException {
        final String pid = String.valueOf(running.process().pid());
        assertEquals(0, new ProcessBuilder("/bin/kill", "-INT", pid).start().waitFor());
    }

    /** Waits for something, with a limit. */
    public static void await(final Condition condition, final String what) throws IOException {
        final long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.holds()) {
            assertTrue(System.nanoTime() - deadlineNanos < 0, what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }
}
