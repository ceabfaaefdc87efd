package io.larch.tools.ctl;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What a program made of a command line. */
record Run(int status, String out, String err) {
    /** For machines that have much else to do; what follows may say otherwise. */
    static final List<String> PATIENCE = List.of("--timeout", "60s", "--total-timeout", "100s");

    /** Within this process. */
    static Run larchctl(
            final Map<String, String> environment, final String input, final String... words) {
        final StringWriter out = new StringWriter();
        final StringWriter err = new StringWriter();
        final Session session =
                new Session(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        new PrintWriter(out),
                        new PrintWriter(err),
                        environment::get,
                        name -> List.of());
        final List<String> all = new ArrayList<>(PATIENCE);
        all.addAll(List.of(words));
        final int status = Larchctl.run(session, all.toArray(String[]::new));
        session.out().flush();
        return new Run(status, out.toString(), err.toString());
    }

    /** Within this process, of one member and no other that it may tell of. */
    static Run asking(final URI member, final String... words) {
        final List<String> all = new ArrayList<>(List.of("--no-sync"));
        all.addAll(List.of(words));
        return larchctl(
                Map.of("LARCHCTL_ENDPOINTS", member.toString()), "", all.toArray(String[]::new));
    }

    /** A process of its own. */
    static Run program(
            final Map<String, String> environment, final String input, final List<String> command)
            throws IOException, InterruptedException {
        final Path directory = Files.createTempDirectory("larch-ctl");
        final Path in = Files.writeString(directory.resolve("in"), input);
        final Path out = directory.resolve("out");
        final Path err = directory.resolve("err");
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.environment().putAll(environment);
        builder.redirectInput(in.toFile());
        builder.redirectOutput(out.toFile());
        builder.redirectError(err.toFile());
        final Process process = builder.start();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("does not end: " + command);
        }
        final Run run = new Run(process.exitValue(), Files.readString(out), Files.readString(err));
        for (final Path file : List.of(in, out, err, directory)) {
            Files.delete(file);
        }
        return run;
    }

    /** Without what is the program's own, or another each time. */
    Run masked(final URI url) {
        return new Run(status, masked(out, url), masked(err, url));
    }

    private static String masked(final String text, final URI url) {
        final List<String> lines =
                new ArrayList<>(
                        text.replace(url.toString(), "URL")
                                .replace("etcdctl", "larchctl")
                                .replaceAll("\"expiration\":\"[^\"]*\"", "\"expiration\":T")
                                .replaceAll("(\"ttl\":|TTL: )[1-9]\\d*", "$1N")
                                .lines()
                                // Who asks for a password without a terminal.
                                .filter(line -> !line.contains("stty: "))
                                .toList());
        // The explanation behind it is in our own words.
        return !lines.isEmpty() && lines.get(0).startsWith("Incorrect Usage")
                ? lines.get(0)
                : String.join("\n", lines);
    }
}
