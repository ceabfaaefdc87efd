package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The package stays readable: short methods, small files, no clocks, threads or files in the core.
 */
class RaftSourceTest {
    private static final Path MAIN = Path.of("src/main/java/io/larch/engine/raft");
    private static final Path TEST = Path.of("src/test/java/io/larch/engine/raft");
    private static final int LONGEST_METHOD = 60;
    private static final int LONGEST_FILE = 400;

    private static List<Path> files(final Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    @Test
    void shouldHaveSmallFiles() throws IOException {
        final List<String> tooLong = new ArrayList<>();
        for (final Path folder : List.of(MAIN, TEST)) {
            for (final Path file : files(folder)) {
                final int lines = Files.readAllLines(file).size();
                if (lines > LONGEST_FILE) {
                    tooLong.add(file + ": " + lines);
                }
            }
        }
        assertEquals(List.of(), tooLong);
    }

    /** The formatter indents members of a class by 4, of a class in a class by 8. */
    @Test
    void shouldHaveShortMethods() throws IOException {
        final List<String> tooLong = new ArrayList<>();
        int methods = 0;
        for (final Path folder : List.of(MAIN, TEST)) {
            for (final Path file : files(folder)) {
                final List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    final int length = methodLength(lines, i);
                    methods += length > 0 ? 1 : 0;
                    if (length > LONGEST_METHOD) {
                        tooLong.add(file + ":" + (i + 1) + ": " + length);
                    }
                }
            }
        }
        assertEquals(List.of(), tooLong);
        assertTrue(methods > 500, "the check finds methods: " + methods);
    }

    /** Lines from a method's first to its closing brace; 0 when no method starts there. */
    private static int methodLength(final List<String> lines, final int start) {
        final String line = lines.get(start);
        final String indent = line.substring(0, line.length() - line.stripLeading().length());
        final boolean isDeclaration =
                (indent.length() == 4 || indent.length() == 8)
                        && line.contains("(")
                        && !line.contains("=")
                        && line.strip()
                                .matches("(public |private |static |final |void |[A-Z<]).*\\(.*");
        if (!isDeclaration || line.matches(".*(;|,|\\{})")) {
            return 0;
        }
        for (int i = start + 1; i < lines.size(); i++) {
            if (lines.get(i).equals(indent + "}")) {
                return i - start + 1;
            }
        }
        return 0;
    }

    @Test
    void shouldKnowNoClockThreadOrFile() throws IOException {
        final List<String> found = new ArrayList<>();
        for (final Path file : files(MAIN)) {
            for (final String line : Files.readAllLines(file)) {
                if (line.matches(".*(java\\.io|java\\.nio\\.(file|channels)|java\\.time).*")
                        || line.matches(".*(nanoTime|currentTimeMillis|Thread)\\(.*")
                        || line.matches(".*java\\.util\\.(concurrent|Random|HashMap).*")) {
                    found.add(file + ": " + line);
                }
            }
        }
        assertEquals(List.of(), found);
    }
}
