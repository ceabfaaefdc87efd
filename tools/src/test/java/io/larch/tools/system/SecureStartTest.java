package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.conformance.HttpConnection;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A start with TLS and users, on each Java machine that is there: it has nothing to complain of.
 */
@Tag("slow")
@Tag("fused-only")
class SecureStartTest {
    private static final Path MACHINES = Path.of("/usr/lib/jvm");
    private static final Pattern LINE =
            Pattern.compile("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+ [A-Z] \\| .*");
    private static final String ROOT =
            "Basic "
                    + Base64.getEncoder()
                            .encodeToString("root:secret".getBytes(StandardCharsets.UTF_8));

    @RegisterExtension final Servers servers = Servers.overTls();

    /** What the launcher says at its first start on a Java machine. */
    private static final String FIRST_START = "larchd: preparing for faster starts (once)...";

    /** The launcher's environment: each Java, and the last one without BoringSSL too. */
    static Stream<List<String>> environments() throws IOException {
        final List<List<String>> all = new ArrayList<>();
        String last = "";
        for (final String home : homes()) {
            last = "JAVA_HOME=" + home;
            all.add(List.of(last));
        }
        all.add(List.of(last, "LARCH_JAVA_OPTS=-Dlarch.tls.engine=JDK"));
        return all.stream();
    }

    /** Without the names that are links to another; the launcher leaves out what is too old. */
    private static List<String> homes() throws IOException {
        if (!Files.isDirectory(MACHINES)) {
            return List.of(System.getProperty("java.home"));
        }
        try (Stream<Path> found = Files.list(MACHINES)) {
            return found.filter(home -> !Files.isSymbolicLink(home))
                    .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .map(Path::toString)
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("environments")
    void shouldPrintNothingButItsLog(final List<String> environment) throws IOException {
        final List<String> launcher = new ArrayList<>(List.of("env"));
        launcher.addAll(environment);
        final ServerProcess server = servers.larchBehind(launcher, "--bcrypt-cost=4").start();
        final URI url = server.url();
        final String root = "{\"user\":\"root\",\"password\":\"secret\"}";
        assertEquals(201, auth(url, "PUT", "users/root", root));
        assertEquals(200, auth(url, "PUT", "enable", ""));
        server.terminate();
        server.start();
        assertEquals(200, auth(url, "GET", "users", ""));
        final List<String> others =
                server.log()
                        .lines()
                        .filter(line -> !LINE.matcher(line).matches() && !line.equals(FIRST_START))
                        .toList();
        assertEquals(List.of(), others);
    }

    private static int auth(
            final URI url, final String method, final String path, final String body)
            throws IOException {
        return HttpConnection.exchange(
                        url,
                        method,
                        "/v2/auth/" + path,
                        body,
                        Map.of("Authorization", ROOT, "Content-Type", "application/json"))
                .status();
    }
}
