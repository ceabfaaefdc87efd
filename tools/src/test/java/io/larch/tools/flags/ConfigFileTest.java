package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Larch adds to etcd's way of reading the file: places, and no unknown keys. */
class ConfigFileTest {
    @TempDir Path directory;
    private Path file;
    private final LarchFlags flags = new LarchFlags(Map.of("ETCD_NAME", "unused"));

    @BeforeEach
    void nameFile() {
        file = directory.resolve("larch.yml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nmae: x                          | unknown key \"nmae\" (FILE:2)",
                "peer-cert-allowed-cn: x          | \"peer-cert-allowed-cn\" is a flag, but no key of this file (FILE:2)",
                "peers: x                         | \"peers\" is a flag, but no key of this file (FILE:2)",
                "client-transport-security: {a: } | unknown key \"client-transport-security.a\" (FILE:2)",
                "max-wals: x                      | error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go struct field configYAML.max-wals of type uint (FILE:2)",
                "listen-client-urls: x            | -",
                "initial-cluster-state: x         | unexpected clusterState \"x\" (FILE:2)",
                "threads: x                       | invalid value \"x\" for threads: invalid value (FILE:2)",
                "heartbeat-interval: 900          | -election-timeout[1000ms] should be at least as 5 times as -heartbeat-interval[900ms] (FILE:2)",
                "max-nodes: 1                     | -max-nodes is too small: 1, at least 16 (FILE:2)",
                "log-level: loud                  | -",
            })
    void shouldRefuseWhatIsWrongAndSayWhere(final String line, final String problem)
            throws IOException {
        final List<String> problems = problems("# the second line is wrong\n" + line + "\n");

        assertEquals(1, problems.size(), problems::toString);
        assertTrue(problems.get(0).contains("(" + file + ":2)"), problems::toString);
        if (!problem.equals("-")) {
            assertEquals(
                    "error verifying flags, "
                            + problem.replace("FILE", file.toString())
                            + ". See 'larchd --help'.",
                    problems.get(0));
        }
    }

    @Test
    void shouldSayAllThatIsWrongAtOnce() throws IOException {
        assertEquals(3, problems("a: 1\nb: 2\nmax-wals: x\nname: infra1\n").size());
    }

    @Test
    void shouldNameEachLineOfAContradiction() throws IOException {
        final List<String> problems =
                problems("heartbeat-interval: 300\n\nelection-timeout: 600\n");

        assertTrue(
                problems.get(0).contains("(" + file + ":3, " + file + ":1)"), problems::toString);
    }

    @Test
    void shouldNameTheLineOfBrokenYaml() throws IOException {
        assertTrue(problems("name: x\nname: [a\n").get(0).contains("line 3"));
        assertTrue(problems("name: x\n\nwal-dir: !!int x\n").get(0).contains(file + ":3"));
    }

    @Test
    void shouldTakeTheAuthorityOfEtcd2InASectionToo() throws Exception {
        final ServerConfig config = parse("client-transport-security:\n  ca-file: ca.pem\n");

        assertEquals("ca.pem", config.security().clients().caFile());
    }

    @Test
    void shouldWarnOfAKeyThatIsThereTwice() throws Exception {
        assertEquals("b", parse("name: a\nname: b\n").name());

        assertTrue(
                flags.remarks()
                        .contains(
                                Remark.warning(
                                        "name is there more than once, the last one counts ("
                                                + file
                                                + ":2)")),
                flags.remarks()::toString);
    }

    @Test
    void shouldTellLinesOfSettingsApart() throws Exception {
        parse(
                """
                name: infra1
                log-package-levels: wal=DEBUG

                peer-transport-security:
                  trusted-ca-file: ca.pem
                discovery-proxy: http://user:secret@proxy:3128
                """);
        final String settings = String.join("\n", flags.settings().lines());

        assertTrue(settings.matches("(?s).*name = infra1 +# " + file + ":1\n.*"), settings);
        assertTrue(
                settings.matches("(?s).*peer-trusted-ca-file = ca.pem +# " + file + ":5\n.*"),
                settings);
        assertTrue(settings.matches("(?s).*max-wals = 5 +# default\n.*"), settings);
        assertTrue(
                settings.contains("data-dir = infra1.etcd")
                        && settings.contains("initial-cluster = infra1=http://localhost:2380 "),
                settings);
        assertFalse(settings.contains("secret"), settings);
    }

    private List<String> problems(final String text) throws IOException {
        return assertThrows(ExitException.class, () -> parse(text)).remarks().stream()
                .map(Remark::text)
                .toList();
    }

    private ServerConfig parse(final String text) throws IOException, ExitException {
        Files.writeString(file, text);
        return flags.parse(List.of("--config-file=" + file));
    }
}
