package io.larch.tools.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.manual.ManPage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManPagesTest {
    private static final Path MAN = Path.of("/usr/bin/man");

    @TempDir Path directory;
    private Path server;
    private Path client;

    @BeforeEach
    void write() throws Exception {
        ManPages.main(new String[] {directory.toString()});
        server = directory.resolve("man8/larchd.8");
        client = directory.resolve("man1/larchctl.1");
    }

    @Test
    void shouldTellOfEachFlagAndCommand() throws Exception {
        final String flags = Files.readString(server);
        for (final String flag :
                List.of(
                        "--name",
                        "--listen-peer-urls",
                        "--check-config",
                        "--log-rotation-config-json")) {
            assertTrue(flags.contains("\\fB" + flag.replace("-", "\\-") + "\\fR"), flag);
        }
        assertTrue(flags.contains("\\-\\-pre\\-vote"), "flags without effect");
        final String commands = Files.readString(client);
        for (final String command : List.of("set", "exec-watch", "member", "role", "completion")) {
            assertTrue(commands.contains("\n.SS " + command.replace("-", "\\-") + "\n"), command);
        }
        assertTrue(commands.contains("\\fB\\-\\-swap\\-with\\-value\\fR \\fIVALUE\\fR\n"));
        assertTrue(commands.contains("\n\\fB4\\fR\n"), "exit codes");
    }

    @Test
    void shouldTakeNoWordForACommandOfRoff() {
        final String page = new ManPage("x", 1, "1", "y").text(".SH a\\b").text("'c").toString();

        assertTrue(page.endsWith("\n.PP\n\\&.SH a\\eb\n.PP\n\\&'c\n"), page);
    }

    @Test
    void shouldBeReadWithoutAWarning() throws Exception {
        assumeTrue(Files.isExecutable(MAN), "needs man");
        for (final Path page : List.of(server, client)) {
            final Process man =
                    new ProcessBuilder(
                                    MAN.toString(),
                                    "--warnings",
                                    "-P",
                                    "cat",
                                    "-l",
                                    page.toString())
                            .redirectOutput(directory.resolve("out").toFile())
                            .start();
            final String warnings =
                    new String(man.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

            assertEquals(0, man.waitFor(), warnings);
            assertEquals("", warnings);
            assertTrue(Files.size(directory.resolve("out")) > 2_000);
        }
    }
}
