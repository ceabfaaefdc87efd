package io.larch.engine.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Errors of a real system, in the language of this process and in another. */
class LackOfRoomTest {
    private static final Path ALWAYS_FULL = Path.of("/dev/full");
    private static final List<String> ACCESS =
            List.of("--add-opens", "java.base/sun.nio.fs=ALL-UNNAMED");
    private static final List<String> AGRONA =
            List.of("--add-exports", "java.base/jdk.internal.misc=ALL-UNNAMED");

    @TempDir Path directory;

    @Test
    void shouldKnowLackOfRoomByItsNumberWhateverTheWordsAre() {
        assertTrue(LackOfRoom.isReasonOf(new IOException("kein Platz"), ALWAYS_FULL));
        assertTrue(LackOfRoom.isReasonOf(new IOException((String) null), ALWAYS_FULL));
    }

    @Test
    void shouldNotTakeOtherErrorsForLackOfRoomWhateverTheWordsAre() {
        final IOException e = new IOException("No space left on device");
        assertFalse(LackOfRoom.isReasonOf(e, directory), "is a directory");
        assertFalse(LackOfRoom.isReasonOf(e, directory.resolve("none/file")), "no such directory");
    }

    @Test
    void shouldGoByTheWordsWhereTheErrorDoesNotComeAgain() {
        final Path file = directory.resolve("file");
        assertTrue(LackOfRoom.isReasonOf(new IOException("Disk quota exceeded"), file));
        assertTrue(
                LackOfRoom.isReasonOf(
                        new FileSystemException("/d/f", null, "No space left on device"), file));
        assertFalse(
                LackOfRoom.isReasonOf(
                        new FileSystemException("/No space left on device", null, "Too many"),
                        file));
        assertFalse(LackOfRoom.isReasonOf(new IOException("Input/output error"), file));
    }

    @Test
    @Tag("slow")
    void shouldKnowLackOfRoomInGerman() throws Exception {
        makeGerman(directory.resolve("de_DE.UTF-8"));
        final List<String> lines = runInGerman(ACCESS);
        assumeTrue(
                lines.get(0).contains("kein Speicherplatz") || isRequired(),
                "the C library speaks no German here");
        assertEquals(
                List.of(
                        "true Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                        "true Die Datei ist zu groß",
                        "false Ist ein Verzeichnis"),
                lines);
    }

    @Test
    @Tag("slow")
    void shouldKnowAFullDiskInGermanWithoutAccessToTheJdk() throws Exception {
        makeGerman(directory.resolve("de_DE.UTF-8"));
        final List<String> lines = runInGerman(List.of());
        assertTrue(lines.get(0).startsWith("true "), lines::toString);
        assertTrue(lines.get(2).startsWith("false "), lines::toString);
    }

    private void makeGerman(final Path locale) throws IOException, InterruptedException {
        int status = -1;
        try {
            status =
                    new ProcessBuilder("localedef", "-i", "de_DE", "-f", "UTF-8", locale.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
        } catch (final IOException e) {
            assumeTrue(isRequired(), "needs localedef: " + e.getMessage());
            throw e;
        }
        assumeTrue(status == 0 || isRequired(), "needs the sources of the locales");
        assertEquals(0, status, "localedef");
    }

    private static boolean isRequired() {
        return "required".equals(System.getenv("PEER_TESTS"));
    }

    private List<String> runInGerman(final List<String> options) throws Exception {
        final List<String> command =
                new ArrayList<>(List.of("sh", "-c", "ulimit -f 64 && exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(AGRONA);
        command.addAll(options);
        command.addAll(
                List.of(
                        "-Xshare:auto",
                        "-XX:-UsePerfData",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        German.class.getName(),
                        directory.toString()));
        final ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LOCPATH", directory.toString());
        builder.environment().put("LC_ALL", "de_DE.UTF-8");
        builder.environment().remove("LANGUAGE");
        builder.redirectErrorStream(true);
        final Process process = builder.start();
        final String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said.lines().filter(line -> line.matches("(true|false) .*")).toList();
    }

    /** What the process in another language runs. */
    static final class German {
        private German() {}

        public static void main(final String[] arguments) throws Exception {
            final Path directory = Path.of(arguments[0]);
            final Path large = directory.resolve("large");
            print(full(), ALWAYS_FULL);
            print(tooLarge(large), large);
            print(openForWriting(directory), directory);
        }

        private static void print(final IOException e, final Path file) {
            final String words =
                    e instanceof FileSystemException f ? f.getReason() : e.getMessage();
            final byte[] line =
                    (LackOfRoom.isReasonOf(e, file) + " " + words + "\n")
                            .getBytes(StandardCharsets.UTF_8);
            System.out.write(line, 0, line.length);
            System.out.flush();
        }
    }

    private static IOException full() throws IOException {
        try (FileChannel channel = FileChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
            return assertThrows(IOException.class, () -> channel.write(ByteBuffer.allocate(1)));
        }
    }

    /** The process may not write so much to one file; see {@link #runInGerman}. */
    private static IOException tooLarge(final Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            return assertThrows(
                    IOException.class,
                    () -> {
                        for (int i = 0; i < 100; i++) {
                            channel.write(ByteBuffer.allocate(4096));
                        }
                    });
        }
    }

    private static IOException openForWriting(final Path file) {
        return assertThrows(
                IOException.class, () -> FileChannel.open(file, StandardOpenOption.WRITE).close());
    }
}
