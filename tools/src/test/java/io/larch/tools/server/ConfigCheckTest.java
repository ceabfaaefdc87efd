package io.larch.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCheckTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private Map<String, String> environment = Map.of();

    @Test
    void shouldPrintSettingsAndWhereTheyComeFrom() {
        environment = Map.of("ETCD_NAME", "infra1", "ETCD_BOGUS", "1");

        assertEquals(0, check("--max-wals=7"), this::printed);

        assertTrue(printed().matches("(?s).*\nname = infra1 +# ETCD_NAME\n.*"), this::printed);
        assertTrue(printed().matches("(?s).*\nmax-wals = 7 +# --max-wals\n.*"), this::printed);
        assertTrue(printed().matches("(?s).*\nmax-nodes = 10000000 +# default\n.*"), this::printed);
        assertTrue(
                printed().contains("\nwarning: unrecognized environment variable ETCD_BOGUS=1\n"),
                this::printed);
        assertTrue(printed().endsWith("\nlarchd would start\n"), this::printed);
    }

    @Test
    void shouldMakeNothingAndOpenNothing() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            final String url = "http://127.0.0.1:" + taken.getLocalPort();

            assertEquals(
                    0,
                    check("--listen-client-urls=" + url, "--advertise-client-urls=" + url),
                    this::printed);
        }
        assertEquals(
                0,
                check(
                        "--auto-tls",
                        "--listen-client-urls=https://127.0.0.1:1",
                        "--advertise-client-urls=https://127.0.0.1:1"),
                this::printed);
        assertFalse(Files.exists(directory.resolve("data")));
    }

    @Test
    void shouldStillPrintSettingsWhenTheyContradict() {
        assertEquals(1, check("--heartbeat-interval=900"));

        assertTrue(printed().contains("heartbeat-interval = 900 "), this::printed);
        assertTrue(printed().contains("\nproblem: error verifying flags, -election-timeout["));
        assertTrue(printed().endsWith("\nlarchd would not start\n"), this::printed);
    }

    @Test
    void shouldFindWhatOnlyAStartWouldTell() throws IOException {
        final Path noDirectory = Files.writeString(directory.resolve("file"), "");

        assertProblem(
                "couldn't find local name \"default\" in the initial cluster configuration",
                "--initial-cluster=other=http://localhost:2380");
        assertProblem("error parsing CompactionRetention", "--auto-compaction-retention=soon");
        assertProblem("not a directory", "--data-dir=" + noDirectory.resolve("data"));
        assertProblem(
                "none.pem",
                "--listen-client-urls=https://127.0.0.1:1",
                "--advertise-client-urls=https://127.0.0.1:1",
                "--cert-file=none.pem",
                "--key-file=none.key");
    }

    @Test
    void shouldNotStartForAFlagThatCannotBeRead() {
        assertEquals(2, check("--max-wals=x"));
        assertTrue(
                printed()
                        .contains("problem: invalid value \"x\" for flag -max-wals: parse error\n"),
                this::printed);
    }

    private void assertProblem(final String problem, final String... flags) {
        assertEquals(1, check(flags), this::printed);
        assertTrue(
                printed()
                        .lines()
                        .anyMatch(line -> line.startsWith("problem: ") && line.contains(problem)),
                this::printed);
    }

    private int check(final String... more) {
        out.reset();
        final List<String> arguments =
                new ArrayList<>(
                        List.of("--check-config", "--data-dir=" + directory.resolve("data")));
        arguments.addAll(List.of(more));
        final LarchFlags flags = new LarchFlags(environment);
        final ConfigCheck check =
                new ConfigCheck(flags, new PrintStream(out, false, StandardCharsets.UTF_8));
        try {
            return check.of(flags.parse(arguments));
        } catch (final ExitException e) {
            return check.failed(e);
        }
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
