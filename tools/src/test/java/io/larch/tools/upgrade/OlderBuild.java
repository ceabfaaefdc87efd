package io.larch.tools.upgrade;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A build of a revision of this repository, made once in a clone below {@code target} and kept
 * there.
 */
public final class OlderBuild {
    private static final Path CLONES = Path.of("target", "older").toAbsolutePath();

    private final Path clone;

    private OlderBuild(final Path clone) {
        this.clone = clone;
    }

    /**
     * Builds a revision, or finds it built. The test that needs it is skipped where the history is
     * not: in a shallow clone, or in none.
     */
    public static OlderBuild of(final String revision) throws IOException, InterruptedException {
        final Path here = Path.of("").toAbsolutePath();
        assumeTrue(
                run(here, "git", "cat-file", "-e", revision + "^{commit}").status() == 0,
                "needs the history with revision " + revision);
        final Path clone = CLONES.resolve(revision);
        final OlderBuild build = new OlderBuild(clone);
        if (!Files.exists(build.jars())) {
            build.make(here, revision);
        }
        return build;
    }

    private void make(final Path here, final String revision)
            throws IOException, InterruptedException {
        final String root = check(run(here, "git", "rev-parse", "--show-toplevel")).trim();
        Files.createDirectories(CLONES);
        if (!Files.exists(clone)) {
            check(run(here, "git", "clone", "-q", "-s", "-n", root, clone.toString()));
        }
        check(run(clone, "git", "checkout", "-q", revision));
        check(
                run(
                        clone,
                        "./mvnw",
                        "-o",
                        "-q",
                        "-B",
                        "-DskipTests",
                        "-Dspotless.check.skip=true",
                        "package",
                        "-pl",
                        "tools",
                        "-am"));
    }

    private Path jars() {
        return clone.resolve("tools").resolve("target").resolve("lib");
    }

    /** The member is of this build from its next start on. */
    public ClusterMember use(final ClusterMember member) throws IOException {
        return member.build(jars() + "/*", Builds.SERVER);
    }

    /** The member is of the present build from its next start on. */
    public static ClusterMember upgrade(final ClusterMember member) throws IOException {
        return Builds.present(member);
    }

    private record Run(int status, String command, String output) {}

    private static String check(final Run run) throws IOException {
        if (run.status() != 0) {
            throw new IOException(run.command() + " failed:\n" + run.output());
        }
        return run.output();
    }

    private static Run run(final Path directory, final String... command)
            throws IOException, InterruptedException {
        final Process process =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), String.join(" ", List.of(command)), output);
    }
}
