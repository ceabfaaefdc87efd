package io.larch.tools.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documents of a package name is in the package. */
class PackagedDocumentsTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern EXAMPLE = Pattern.compile("(?<![\\w/])examples/[\\w./-]*\\w");

    /** What only who has the sources can do anything with. */
    private static final List<String> OF_SOURCES =
            List.of("tools/", "engine/src", "mvnw", ".ci/", "readme-session", "<!--");

    @TempDir Path directory;

    @BeforeEach
    void write() throws Exception {
        PackagedDocuments.write(Path.of("..").toAbsolutePath().normalize(), directory);
    }

    @Test
    void shouldLinkToAndNameFilesOfThePackage() throws Exception {
        int found = 0;
        final List<String> missing = new ArrayList<>();
        for (final Path document : documents()) {
            final String text = Files.readString(document);
            for (final String path : matches(text, LINK, 1)) {
                found++;
                if (!Files.exists(document.resolveSibling(path))) {
                    missing.add(document.getFileName() + ": " + path);
                }
            }
            for (final String path : matches(text, EXAMPLE, 0)) {
                found++;
                if (!Files.exists(directory.resolve(path))) {
                    missing.add(document.getFileName() + ": " + path);
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(found > 10, "found " + found);
    }

    @Test
    void shouldSayNothingOfTheSources() throws Exception {
        final List<String> found = new ArrayList<>();
        for (final Path document : documents()) {
            for (final String line : Files.readAllLines(document)) {
                if (OF_SOURCES.stream().anyMatch(line::contains)) {
                    found.add(document.getFileName() + ": " + line);
                }
            }
        }
        assertEquals(List.of(), found);
    }

    @Test
    void shouldNameProgramsAsTheyAreCalledFromThePath() {
        assertEquals(
                "$ larchctl get /k\n", PackagedDocuments.packaged("$ tools/bin/larchctl get /k\n"));
        assertEquals(
                "$ PATH=$PWD/bin:$PATH\n",
                PackagedDocuments.packaged("$ PATH=$PWD/tools/bin:$PATH\n"));
        assertEquals(
                "-f examples/compose.yaml .`\n./larch.deb\n",
                PackagedDocuments.packaged(
                        "-f tools/packaging/compose.yaml tools/target/packages`\n"
                                + "./tools/target/packages/larch.deb\n"));
    }

    @Test
    void shouldLeaveOutWhatIsForTheSourcesAlone() {
        assertEquals(
                "a\n\nb\n",
                PackagedDocuments.packaged(
                        "a\n\n<!-- sources -->\nc\n\nd\n<!-- /sources -->\n\nb\n"));
    }

    @Test
    void shouldBringEveryPageOfTheDocumentsButThatOfTheSources() throws Exception {
        try (Stream<Path> pages = Files.list(Path.of("docs"))) {
            for (final Path page : pages.toList()) {
                final Path packaged = directory.resolve("docs").resolve(page.getFileName());
                assertEquals(
                        !page.endsWith("reading-the-source.md"),
                        Files.exists(packaged),
                        page::toString);
            }
        }
    }

    private List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static List<String> matches(final String text, final Pattern pattern, final int group) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(group))
                .toList();
    }
}
