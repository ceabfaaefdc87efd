package io.larch.tools.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.manual.ManPage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
        ManPages.main(new String[] {directory.toString(), "bin"});
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
    void shouldTellOfTheOtherPrograms() throws Exception {
        final String dump = Files.readString(directory.resolve("man1/larch-dump.1"));
        assertTrue(dump.contains("\\fB\\-\\-verify\\fR") && dump.contains("\n.SS wal\n"), dump);
        final String stat = Files.readString(directory.resolve("man1/larch-stat.1"));
        assertTrue(stat.contains("\\fB\\-\\-interval\\fR \\fISECONDS\\fR\n"), stat);
        assertTrue(stat.contains("\\fBDATA_DIR\\fR"), stat);
        final String local = Files.readString(directory.resolve("man1/larch-local.1"));
        assertTrue(local.contains("\nlarch\\-local [options] status"), local);
        assertTrue(local.contains("\\-\\-ports LIST"), local);
    }

    @Test
    void shouldTakeNoWordForACommandOfRoff() {
        final String page = new ManPage("x", 1, "1", "y").text(".SH a\\b").text("'c").toString();

        assertTrue(page.endsWith("\n.PP\n\\&.SH a\\eb\n.PP\n\\&'c\n"), page);
    }

    @Test
    void shouldBeReadWithoutAWarning() throws Exception {
        assumeTrue(Files.isExecutable(MAN), "needs man");
        final List<Path> pages = new ArrayList<>(List.of(server, client));
        for (final String name : List.of("larch-dump", "larch-stat", "larch-local")) {
            pages.add(directory.resolve("man1/" + name + ".1"));
        }
        for (final Path page : pages) {
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
            assertTrue(Files.size(directory.resolve("out")) > 900, page::toString);
        }
    }
}
