package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was noted of etcd is what it says: some of it is asked again. */
@Tag("slow")
@Tag("fused-only")
class EtcdAnswersTest {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private static final String TAKEN = "bind: cannot assign requested address";
    private static final int EVERY_SO_MANY = 17;

    @TempDir Path directory;

    @Test
    void shouldBeWhatEtcdSays() throws IOException, InterruptedException {
        assumeTrue(
                Files.isExecutable(ETCD) && version().contains("etcd Version: 3.4."),
                "needs etcd 3.4");
        final List<EtcdAnswers.Row> rows = new ArrayList<>(EtcdAnswers.flags());
        rows.addAll(EtcdAnswers.values());
        rows.addAll(EtcdAnswers.files());
        final List<String> differences = new ArrayList<>();
        for (int i = 0; i < rows.size(); i += EVERY_SO_MANY) {
            final EtcdAnswers.Row row = rows.get(i);
            final String answer = answer(row);
            if (!answer.startsWith(row.answer())) {
                differences.add(row + " but now: " + answer);
            }
        }
        assertEquals(List.of(), differences);
    }

    private String version() throws IOException, InterruptedException {
        return run(List.of("--version"));
    }

    private String answer(final EtcdAnswers.Row row) throws IOException, InterruptedException {
        final List<String> arguments;
        if (row.flag().isEmpty()) {
            final Path file = directory.resolve("c.yml");
            Files.writeString(file, row.file());
            arguments = List.of("--config-file", file.toString());
        } else {
            arguments = row.arguments();
        }
        final String said = run(arguments);
        if (said.contains(TAKEN)) {
            return "ok";
        }
        final String status = said.substring(0, 1);
        return status
                + " "
                + said.substring(2)
                        .lines()
                        .filter(
                                line ->
                                        status.equals("2")
                                                || line.matches(
                                                        ".* [CE] \\| .*|.*unexpected error.*"))
                        .findFirst()
                        .orElse(said)
                        .replaceFirst("^20.* [CEI] \\| ", "")
                        .replace("etcdmain: ", "")
                        .replace("error verifying flags, ", "")
                        .replace(". See 'etcd --help'.", "");
    }

    /** The exit status and, behind a space, all that was said. */
    private String run(final List<String> arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(List.of(ETCD.toString()));
        command.addAll(arguments);
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("ETCD"));
        builder.directory(directory.toFile()).redirectErrorStream(true);
        final Path output = directory.resolve("output");
        builder.redirectOutput(output.toFile());
        final Process process = builder.start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException("etcd starts with " + arguments);
        }
        return process.exitValue()
                + " "
                + new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }
}
