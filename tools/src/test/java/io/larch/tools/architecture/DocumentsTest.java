package io.larch.tools.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name is there. */
class DocumentsTest {
    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Path BIN = HOME.resolve("tools/bin");

    /** A path of the repository in code, or a program of {@code tools/bin} in a command. */
    private static final Pattern PATH =
            Pattern.compile(
                    "(?<![\\w/.$-])((?:tools|engine|http|transport|bench|findings|perf-reports|"
                            + "\\.ci|src/(?:main|test))/[\\w./-]*[\\w-])");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");
    private static final Pattern ANCHOR = Pattern.compile("\\]\\(([^)#:]*#[^)]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern CLASS = Pattern.compile("`((?:[a-z]+[./])+[A-Z]\\w+)[`.(]");

    private static final Pattern TEST_CLASS = Pattern.compile("-Dtest=([A-Z]\\w+)");
    private static final Pattern PROPERTY = Pattern.compile("-D(larch(?:\\.\\w+)+)=");

    private static List<Path> documents() throws IOException {
        final List<Path> documents = new ArrayList<>();
        documents.add(HOME.resolve("CONTRIBUTING.md"));
        documents.add(HOME.resolve("README.md"));
        documents.add(HOME.resolve("SECURITY.md"));
        for (final String module : List.of("engine", "http", "transport", "tools", "bench")) {
            documents.add(HOME.resolve(module).resolve("README.md"));
        }
        documents.add(HOME.resolve("engine/src/main/java/io/larch/engine/raft/README.md"));
        try (Stream<Path> pages = Files.list(HOME.resolve("tools/docs"))) {
            pages.sorted().forEach(documents::add);
        }
        return documents;
    }

    private static Set<String> named(final Path document, final Pattern pattern)
            throws IOException {
        final Set<String> named = new TreeSet<>();
        pattern.matcher(Files.readString(document))
                .results()
                .map((MatchResult match) -> match.group(1))
                .forEach(named::add);
        return named;
    }

    /** Below the root, below the module of the document, or beside it. */
    private static boolean isThere(final Path document, final String path) {
        final Path module = HOME.resolve(HOME.relativize(document).getName(0));
        return Stream.of(HOME, module, document.getParent())
                .map(from -> from.resolve(path))
                .anyMatch(Files::exists);
    }

    @Test
    void shouldHaveThePathsThatDocumentsName() throws IOException {
        final List<String> missing = new ArrayList<>();
        int found = 0;
        for (final Path document : documents()) {
            final Set<String> paths = named(document, PATH);
            paths.addAll(named(document, LINK));
            found += paths.size();
            for (final String path : paths) {
                if (!isThere(document, path) && !path.contains("/target")) {
                    missing.add(HOME.relativize(document) + ": " + path);
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(found > 20, "found " + found);
    }

    /** As the pages that show them make them of headings. */
    @Test
    void shouldHaveTheHeadingsThatDocumentsLinkTo() throws IOException {
        final List<String> missing = new ArrayList<>();
        for (final Path document : documents()) {
            for (final String link : named(document, ANCHOR)) {
                final String[] parts = link.split("#");
                final Path target =
                        parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
                final boolean isThere =
                        Files.exists(target)
                                && named(target, HEADING).stream()
                                        .map(DocumentsTest::anchor)
                                        .anyMatch(parts[1]::equals);
                if (!isThere) {
                    missing.add(HOME.relativize(document) + ": " + link);
                }
            }
        }
        assertEquals(List.of(), missing);
    }

    private static String anchor(final String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w -]", "").replace(' ', '-');
    }

    @Test
    void shouldHaveTheClassesThatDocumentsName() throws IOException {
        final Set<String> sources = sources();
        final List<String> missing = new ArrayList<>();
        int found = 0;
        for (final Path document : documents()) {
            final Set<String> classes = named(document, CLASS);
            classes.addAll(named(document, TEST_CLASS));
            found += classes.size();
            for (final String name : classes) {
                final String file = '/' + name.replace('.', '/') + ".java";
                if (sources.stream().noneMatch(source -> source.endsWith(file))) {
                    missing.add(HOME.relativize(document) + ": " + name);
                }
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(found > 40, "found " + found);
    }

    @Test
    void shouldTakeThePropertiesThatDocumentsName() throws IOException {
        final StringBuilder tests = new StringBuilder();
        for (final String module : List.of("engine", "tools")) {
            try (Stream<Path> files = Files.walk(HOME.resolve(module).resolve("src/test/java"))) {
                for (final Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                    tests.append(Files.readString(file));
                }
            }
        }
        final List<String> unknown = new ArrayList<>();
        for (final Path document : documents()) {
            for (final String property : named(document, PROPERTY)) {
                if (tests.indexOf('"' + property + '"') < 0) {
                    unknown.add(HOME.relativize(document) + ": " + property);
                }
            }
        }
        assertEquals(List.of(), unknown);
    }

    private static Set<String> sources() throws IOException {
        final Set<String> sources = new TreeSet<>();
        for (final String module : List.of("engine", "http", "transport", "tools", "bench")) {
            try (Stream<Path> files = Files.walk(HOME.resolve(module).resolve("src"))) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".java"))
                        .forEach(sources::add);
            }
        }
        return sources;
    }

    @Test
    void shouldSayInTheMapWhatEachProgramIsFor() throws IOException {
        final String map = Files.readString(HOME.resolve("tools/README.md"));
        try (Stream<Path> files = Files.list(BIN)) {
            for (final Path file : files.toList()) {
                assertTrue(map.contains('`' + file.getFileName().toString() + '`'), file::toString);
                assertEquals(
                        Files.readString(file).startsWith("#!"),
                        Files.isExecutable(file),
                        file::toString);
            }
        }
    }

    @Test
    void shouldTellHowItIsUsedWhereThatNeedsNoBuild() throws Exception {
        assertTrue(output(0, "larch-local", "--help").startsWith("usage: larch-local"));
        assertTrue(output(2, "larch-bench").contains("usage: larch-bench load|failover"));
        assertTrue(output(2, "larch-sim", "--help").startsWith("usage: larch-sim"));
        assertTrue(output(2, "raft-driver", "--help").startsWith("usage: raft-driver"));
        assertTrue(output(1, "readme-session", "--help").startsWith("usage: readme-session"));
    }

    private static String output(final int status, final String program, final String... arguments)
            throws Exception {
        final List<String> command = new ArrayList<>(List.of(BIN.resolve(program).toString()));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), output);
        assertFalse(output.isBlank());
        return output;
    }
}
