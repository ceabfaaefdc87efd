package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.client.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image is whole, says how it is to be run, and serves when it is run so; no engine of
 * containers is needed for that, and none is asked.
 */
@Tag("slow")
@Tag("fused-only")
class ImageTest {
    /** What the script ends with where the system allows no such namespaces. */
    private static final int UNABLE = 77;

    private static final Path SCRIPT =
            Path.of("src/test/resources/packaging/image.sh").toAbsolutePath();

    @TempDir Path directory;

    private Map<?, ?> manifest;
    private String configText;
    private Map<?, ?> image;
    private Map<?, ?> config;

    @BeforeEach
    void unpack() throws Exception {
        final Path archive = Packages.ofProfile("-image.tar");
        final Command.Result result =
                Command.run(
                        Map.of(),
                        List.of("tar", "-xf", archive.toString(), "-C", directory.toString()));
        assertEquals(0, result.status(), result::output);
        final String manifests = Files.readString(directory.resolve("manifest.json"));
        manifest = (Map<?, ?>) ((List<?>) Json.parse(manifests)).get(0);
        configText = Files.readString(directory.resolve((String) manifest.get("Config")));
        image = (Map<?, ?>) Json.parse(configText);
        config = (Map<?, ?>) image.get("config");
    }

    private List<Path> layers() {
        return ((List<?>) manifest.get("Layers"))
                .stream().map(name -> directory.resolve((String) name)).toList();
    }

    private static String sum(final InputStream bytes)
            throws IOException, NoSuchAlgorithmException {
        final MessageDigest digest = MessageDigest.getInstance("SHA-256");
        new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void shouldHaveTheLayersThatItsSumsAreOf() throws Exception {
        final List<String> sums = new ArrayList<>();
        for (final Path layer : layers()) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(layer))) {
                sums.add("sha256:" + sum(in));
            }
        }
        assertEquals(5, sums.size(), "base, runtime, dependencies, Larch, archives of classes");
        assertEquals(sums, ((Map<?, ?>) image.get("rootfs")).get("diff_ids"));
        assertEquals(sums.size(), ((List<?>) image.get("history")).size());
        try (InputStream in =
                Files.newInputStream(directory.resolve((String) manifest.get("Config")))) {
            assertEquals(manifest.get("Config"), sum(in) + ".json");
        }
    }

    @Test
    void shouldSayHowItIsToBeRun() {
        assertEquals("2026-01-01T00:00:00Z", image.get("created"), "the same for every build");
        assertTrue(((List<?>) manifest.get("RepoTags")).contains("larch:latest"));
        assertTrue(((String) config.get("User")).matches("[1-9]\\d*:[1-9]\\d*"), "not by a name");
        assertEquals(List.of("/opt/larch/bin/larchd"), config.get("Entrypoint"));
        assertEquals(Set.of("/var/lib/larch"), ((Map<?, ?>) config.get("Volumes")).keySet());
        assertEquals("/var/lib/larch", config.get("WorkingDir"));
        assertEquals(
                Set.of("2379/tcp", "2380/tcp", "2380/udp"),
                ((Map<?, ?>) config.get("ExposedPorts")).keySet());
        assertEquals("SIGTERM", config.get("StopSignal"));
        final Map<?, ?> labels = (Map<?, ?>) config.get("Labels");
        assertTrue(labels.containsKey("org.opencontainers.image.version"), labels::toString);
        assertTrue(!configText.contains("@"), configText);
    }

    @Test
    void shouldServeAsNobodyKnownOnFilesThatCannotBeWritten() throws Exception {
        final List<String> command = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("sudo", "-n"));
            assumeTrue(isRootWithoutPassword(), "needs root");
        }
        command.addAll(List.of("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"));
        command.addAll(List.of("--mount-proc", "sh", SCRIPT.toString()));
        command.add(Files.createDirectory(directory.resolve("container")).toString());
        command.add((String) config.get("User"));
        command.add((String) ((List<?>) config.get("Env")).get(0));
        command.add((String) ((List<?>) config.get("Entrypoint")).get(0));
        final List<?> health = (List<?>) ((Map<?, ?>) config.get("Healthcheck")).get("Test");
        assertEquals("CMD-SHELL", health.get(0));
        command.add((String) health.get(1));
        layers().forEach(layer -> command.add(layer.toString()));

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
