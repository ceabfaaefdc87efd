package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Dockerfile says of the image holds of the archive that it is made of; no engine of
 * containers is needed for that, and none is asked.
 */
@Tag("slow")
@Tag("fused-only")
class ImageTest {
    /** What the script ends with where the system allows no layer over its files. */
    private static final int UNABLE = 77;

    private static final Path SCRIPT =
            Path.of("src/test/resources/packaging/image.sh").toAbsolutePath();

    @TempDir Path directory;

    private String dockerfile;

    @BeforeEach
    void read() throws IOException {
        dockerfile = Files.readString(Path.of("packaging/Dockerfile")).replace("\\\n", " ");
    }

    /** Of the one instruction of this name, all behind it. */
    private String instruction(final String name) {
        final Matcher line =
                Pattern.compile("^" + name + " (.*)$", Pattern.MULTILINE).matcher(dockerfile);
        assertTrue(line.find(), name);
        return line.group(1).strip();
    }

    private static List<String> words(final String json) throws IOException {
        final List<String> words = new ArrayList<>();
        for (final Object word : (List<?>) Json.parse(json)) {
            words.add((String) word);
        }
        return words;
    }

    @Test
    void shouldServeAsNobodyKnownOnFilesThatCannotBeWritten() throws Exception {
        assertEquals("SIGTERM", instruction("STOPSIGNAL"));
        assertEquals("/var/lib/larch", instruction("VOLUME"));
        assertTrue(dockerfile.contains("--uid " + instruction("USER").split(":")[0] + " "));
        final List<String> entry = words(instruction("ENTRYPOINT"));
        assertEquals(1, entry.size());
        final List<String> command = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("sudo", "-n"));
            assumeTrue(isRootWithoutPassword(), "needs root");
        }
        command.addAll(
                List.of("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh"));
        command.add(SCRIPT.toString());
        command.add(Packages.ofKind(".tar.gz").toString());
        command.add(directory.toString());
        command.add(System.getProperty("java.home"));
        command.add(instruction("USER"));
        command.add(entry.get(0));
        command.addAll(words(instruction("HEALTHCHECK").replaceFirst("^.*CMD ", "")));

        final Command.Result result = Command.run(Map.of(), command);

        assumeTrue(result.status() != UNABLE, result.output());
        assertEquals(0, result.status(), result::output);
    }

    private static boolean isRootWithoutPassword() throws InterruptedException {
        try {
            return new ProcessBuilder("sudo", "-n", "true").start().waitFor() == 0;
        } catch (final IOException e) {
            return false;
        }
    }
}
