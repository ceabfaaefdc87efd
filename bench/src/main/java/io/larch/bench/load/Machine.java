package io.larch.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Describes the machine and the sources that a result belongs to. */
public final class Machine {
    private Machine() {}

    /** A line for each property. */
    public static String describe() throws IOException {
        return "processor: "
                + field(Path.of("/proc/cpuinfo"), "model name")
                + "\ncores: "
                + Runtime.getRuntime().availableProcessors()
                + "\nmemory: "
                + field(Path.of("/proc/meminfo"), "MemTotal")
                + "\nsystem: "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.version")
                + "\nload average before the report: "
                + Files.readString(Path.of("/proc/loadavg")).trim()
                + "\njava: "
                + System.getProperty("java.vm.name")
                + " "
                + System.getProperty("java.vm.version")
                + "\n";
    }

    /** The abbreviated commit of the working directory's sources, or {@code unknown}. */
    static String commit() throws IOException {
        final Process git =
                new ProcessBuilder("git", "rev-parse", "--short", "HEAD")
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        final String output =
                new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        return output.isEmpty() ? "unknown" : output;
    }

    private static String field(final Path file, final String name) throws IOException {
        final List<String> lines = Files.readAllLines(file);
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .orElse("unknown");
    }
}
