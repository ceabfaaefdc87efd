package io.larch.tools.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of this machine as a client. */
public final class Command {
    private Command() {}

    /**
     * What a program said and how it ended.
     *
     * @param output its standard output and its errors, as they came.
     */
    public record Result(int status, String output) {}

    /** A program that still runs. */
    public record Running(Process process, Path output) {
        /** Waits for its end, with a limit. */
        public Result await() throws IOException, InterruptedException {
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("does not end: " + outputSoFar());
            }
            final String text = outputSoFar();
            Files.delete(output);
            return new Result(process.exitValue(), text);
        }

        /** Bytes that are not text come as the sign for that. */
        public String outputSoFar() throws IOException {
            return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
        }
    }

    /** Runs a program to its end. */
    public static Result run(final Map<String, String> environment, final List<String> command)
            throws IOException, InterruptedException {
        return start(environment, command).await();
    }

    /** Starts a program that has nothing to read. */
    public static Running start(final Map<String, String> environment, final List<String> command)
            throws IOException {
        final Running running = converse(environment, command);
        running.process.getOutputStream().close();
        return running;
    }

    /**
     * Starts a program whose environment has nothing of etcd's but what is given. The caller writes
     * its input.
     */
    public static Running converse(
            final Map<String, String> environment, final List<String> command) throws IOException {
        final Path output = Files.createTempFile("larch-client", ".out");
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true);
        builder.redirectOutput(output.toFile());
        return new Running(builder.start(), output);
    }
}
