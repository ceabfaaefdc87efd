package io.larch.tools.system;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How tests start a member. After the build has packaged it ({@code ./mvnw verify} sets {@code
 * larch.launcher}) that is what users start, with its Java options and its archive of classes,
 * which halves the cost of a start. Before, it is the compiled classes on this test's class path.
 */
final class LarchCommand {
    private static final String SERVER_CLASS = "io.larch.tools.server.LarchServer";

    /** Members of tests live too shortly for what the second compiler finds out in its time. */
    private static final String SHORT_LIFE = "-XX:TieredStopAtLevel=1";

    private static final String LAUNCHER = System.getProperty("larch.launcher", "");
    private static final String JAVA_HOME = System.getProperty("java.home");

    /** Classes are archived at the first start of all; starts at the same time would each do so. */
    private static boolean isArchived;

    private LarchCommand() {}

    /** The command without flags, to be started with {@link #environment}. */
    static List<String> words() throws IOException {
        return words(SHORT_LIFE);
    }

    /** The same with this option for the Java machine, and both compilers. */
    static List<String> words(final String option) throws IOException {
        if (!LAUNCHER.isEmpty()) {
            archiveClasses();
            return List.of("env", "LARCH_JAVA_OPTS=" + option, LAUNCHER);
        }
        return words(option, System.getProperty("java.class.path"), SERVER_CLASS);
    }

    /** The command of another build than the present one. */
    static List<String> words(final String classPath, final String mainClass) {
        return words(SHORT_LIFE, classPath, mainClass);
    }

    private static List<String> words(
            final String option, final String classPath, final String mainClass) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(JAVA_HOME, "bin", "java").toString());
        // What opens the JDK for this test's own process opens it for the server's.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:-UsePerfData", option));
        command.addAll(List.of("-cp", classPath, mainClass));
        return command;
    }

    /** What the launcher is told: the Java that runs the tests, and to build nothing. */
    static Map<String, String> environment() {
        return Map.of("JAVA_HOME", JAVA_HOME, "LARCH_AS_BUILT", "yes");
    }

    private static synchronized void archiveClasses() throws IOException {
        if (isArchived) {
            return;
        }
        final ProcessBuilder builder = new ProcessBuilder(LAUNCHER, "--version");
        builder.environment().putAll(environment());
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.to(new File("/dev/null")));
        try {
            final int status = builder.start().waitFor();
            if (status != 0) {
                throw new IOException(LAUNCHER + " --version ended with " + status);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        isArchived = true;
    }
}
