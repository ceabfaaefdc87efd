package io.larch.tools.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

class LogTargetTest {
    private static final Instant TIME = Instant.parse("2026-11-21T01:20:28.855632999Z");

    /** Makes a file of 1 MiB too long. */
    private static final byte[] TOO_LONG =
            ("x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.UTF_8);

    @TempDir Path directory;

    @Test
    void shouldPrintObjectsWithTheNamesOfZap() {
        final JsonLineFormat format = new JsonLineFormat(ZoneOffset.UTC);

        assertEquals(
                "{\"level\":\"warn\",\"ts\":\"2026-11-21T01:20:28.855Z\",\"logger\":\"raft\","
                        + "\"msg\":\"key \\\"a\\\"\\n\"}\n",
                format.format(TIME, LogLevel.WARNING, "raft", "key \"a\"\n", null));
        final String failed =
                format.format(TIME, LogLevel.CRITICAL, "wal", "t", new IOException("disk"));
        assertTrue(failed.startsWith("{\"level\":\"fatal\","), failed);
        assertTrue(failed.contains("\"stacktrace\":\"java.io.IOException: disk\\n\\tat "), failed);
        assertEquals(1, failed.lines().count());
        assertTrue(
                new JsonLineFormat(ZoneOffset.ofHours(2))
                        .format(TIME, LogLevel.NOTICE, "", "", null)
                        .startsWith(
                                "{\"level\":\"info\",\"ts\":\"2026-11-21T03:20:28.855+0200\","));
    }

    @Test
    void shouldGiveEachLineOfTheJournalAPriority() {
        final JournalLineFormat format =
                new JournalLineFormat((time, level, packageName, text, error) -> text + "\nat x\n");

        assertEquals(
                "<3>failed\n<3>at x\n", format.format(TIME, LogLevel.ERROR, "", "failed", null));
        assertTrue(format.format(TIME, LogLevel.NOTICE, "", "", null).startsWith("<5>"));
    }

    @Test
    void shouldWriteToFilesFromTheRedirectionOn() throws IOException {
        final ByteArrayOutputStream before = new ByteArrayOutputStream();
        final LarchLoggerFactory factory = new LarchLoggerFactory(before);
        final Logger raft = factory.getLogger("io.larch.engine.raft.RaftCore");
        final Path one = directory.resolve("one.log");
        final Path two = directory.resolve("two.log");
        Files.writeString(one, "old\n");
        raft.info("early");

        factory.redirect(target(LogTarget.Form.JSON, null, one, two));
        raft.info("late");
        factory.flush();

        assertTrue(before.toString(StandardCharsets.UTF_8).endsWith("raft: early\n"));
        final List<String> lines = Files.readAllLines(one);
        assertEquals("old", lines.get(0));
        assertTrue(lines.get(1).endsWith("\"msg\":\"late\"}"), lines::toString);
        assertEquals(lines.subList(1, 2), Files.readAllLines(two));
    }

    @Test
    void shouldSayWhatCannotBeOpened() throws IOException {
        final Path none = directory.resolve("none").resolve("x.log");

        assertEquals(
                "open sink \"" + none + "\": open " + none + ": no such file or directory",
                assertThrows(
                                IOException.class,
                                () -> LogOutputs.open(target(LogTarget.Form.JSON, null, none)))
                        .getMessage());
        assertEquals(
                "open sink \"" + directory + "\": open " + directory + ": is a directory",
                assertThrows(
                                IOException.class,
                                () ->
                                        LogOutputs.check(
                                                target(LogTarget.Form.JSON, null, directory)))
                        .getMessage());
        final Path fine = directory.resolve("x.log");
        LogOutputs.check(target(LogTarget.Form.JSON, null, fine));
        assertFalse(Files.exists(fine));
    }

    @Test
    void shouldPutAsideWhatHasGrownAndKeepSoMany() throws IOException {
        final Path file = directory.resolve("larch.log");
        try (OutputStream out =
                LogOutputs.open(
                        target(
                                LogTarget.Form.CONSOLE,
                                new LogRotation(1, 0, 2, false, false),
                                file))) {
            for (int i = 0; i < 6; i++) {
                out.write(TOO_LONG);
            }
            out.write("last\n".getBytes(StandardCharsets.UTF_8));
        }

        final List<String> names = names();
        assertEquals(3, names.size(), names::toString);
        assertEquals("larch.log", names.get(2));
        assertTrue(
                names.get(0)
                        .matches("larch-\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\d-\\d\\d\\.\\d{3}\\.log"),
                names::toString);
        assertEquals("last\n", Files.readString(file));
        assertEquals(TOO_LONG.length, Files.size(directory.resolve(names.get(0))));
    }

    @Test
    void shouldCompressWhatItPutsAside() throws IOException {
        final Path file = directory.resolve("larch");
        try (OutputStream out =
                LogOutputs.open(
                        target(
                                LogTarget.Form.CONSOLE,
                                new LogRotation(1, 1, 0, true, true),
                                file))) {
            out.write(TOO_LONG);
            out.write(TOO_LONG);
        }

        final List<String> names = names();
        assertEquals(2, names.size(), names::toString);
        assertTrue(names.get(1).matches("larch-.*\\.gz"), names::toString);
        assertTrue(Files.size(directory.resolve(names.get(1))) < TOO_LONG.length / 10);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static LogTarget target(
            final LogTarget.Form form, final LogRotation rotation, final Path... files) {
        return new LogTarget(
                form, Stream.of(files).map(Path::toString).toList(), Optional.ofNullable(rotation));
    }
}
