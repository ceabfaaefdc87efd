package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How a test runs larchctl: by its launcher, or before there is one the compiled classes. */
final class LarchctlCommand {
    private static final String LAUNCHER = System.getProperty("larch.launcher", "");

    private LarchctlCommand() {}

    /** The program, behind which comes what it is told. */
    static List<String> words() {
        return LAUNCHER.isEmpty()
                ? List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "@" + Path.of("bin/jvm.args").toAbsolutePath(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.larch.tools.ctl.Larchctl")
                : List.of(Path.of(LAUNCHER).resolveSibling("larchctl").toString());
    }

    /**
     * Runs it.
     *
     * @param status that it has to end with.
     * @return what it said on either stream.
     */
    static String run(final int status, final List<String> words)
            throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(words());
        command.addAll(words);
        final Command.Result result = Command.run(LarchCommand.environment(), command);
        assertEquals(status, result.status(), result::output);
        return result.output();
    }
}
