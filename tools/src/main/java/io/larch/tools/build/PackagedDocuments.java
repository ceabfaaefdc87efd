package io.larch.tools.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Writes documents and examples as they are in a package: without what is only for those who have
 * the sources, which stands between {@code <!-- sources -->} and {@code <!-- /sources -->}, and
 * with the paths that files have there. Programs are named as they are called from the path. A page
 * of which nothing is left is not there.
 */
public final class PackagedDocuments {
    private static final List<String> DOCUMENTS = List.of("README.md", "SECURITY.md");
    private static final List<String> EXAMPLES = List.of("compose.yaml", "kubernetes.yaml");

    private static final Pattern FOR_SOURCES =
            Pattern.compile("<!-- sources -->\n.*?<!-- /sources -->\n+", Pattern.DOTALL);
    private static final Pattern BESIDE_PACKAGES = Pattern.compile("tools/target/packages(?!/)");

    private PackagedDocuments() {}

    /**
     * Writes {@code README.md}, {@code SECURITY.md}, {@code docs} and {@code examples}.
     *
     * @param arguments the directory of the sources, and the one to write to.
     */
    public static void main(final String[] arguments) throws IOException {
        write(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void write(final Path sources, final Path target) throws IOException {
        for (final String name : DOCUMENTS) {
            rewrite(sources.resolve(name), target.resolve(name));
        }
        rewriteAll(sources.resolve("tools/docs"), target.resolve("docs"));
        final Path packaging = sources.resolve("tools/packaging");
        for (final String name : EXAMPLES) {
            rewrite(packaging.resolve(name), target.resolve("examples").resolve(name));
        }
        rewriteAll(packaging.resolve("monitoring"), target.resolve("examples/monitoring"));
    }

    private static void rewriteAll(final Path directory, final Path target) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (final Path file : files.toList()) {
                rewrite(file, target.resolve(file.getFileName()));
            }
        }
    }

    private static void rewrite(final Path file, final Path target) throws IOException {
        final String text = packaged(Files.readString(file));
        if (!text.isEmpty()) {
            Files.createDirectories(target.getParent());
            Files.writeString(target, text);
        }
    }

    static String packaged(final String text) {
        final String forAll = FOR_SOURCES.matcher(text).replaceAll("");
        return BESIDE_PACKAGES
                .matcher(forAll)
                .replaceAll(".")
                .replace("tools/target/packages/", "")
                .replace("$PWD/tools/bin", "$PWD/bin")
                .replace("tools/bin/", "")
                .replace("tools/docs/", "docs/")
                .replace("tools/packaging/", "examples/")
                .replace("(../packaging/", "(../examples/")
                .replace("(../../README.md", "(../README.md")
                .replace("(../../SECURITY.md", "(../SECURITY.md");
    }
}
