package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.log.LogLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OldConfigFileTest {
    private static final String EXAMPLE =
            """
            addr = "127.0.0.1:4001"
            bind_addr = "127.0.0.1:4002"
            ca_file = ""
            cors = ["http://a.example", "http://b.example"]
            cpu_profile_file = ""
            data_dir = "/tmp/none"
            discovery = ""
            http_read_timeout = 10
            name = "machine1"
            peers = []
            peers_file = ""
            snapshot_count = 17
            verbose = true

            [peer]
            addr = "127.0.0.1:7001"
            heartbeat_interval = 50
            election_timeout = 200

            [cluster]
            active_size = 9
            """;

    @TempDir Path directory;
    private LarchFlags flags = new LarchFlags(Map.of());

    @Test
    void shouldTakeWhatTheFileSays() throws Exception {
        final ServerConfig config = parse(EXAMPLE);

        assertEquals("machine1", config.name());
        assertEquals(Path.of("/tmp/none"), config.storage().dataDir());
        assertEquals(17, config.storage().snapshotCount());
        assertEquals(List.of("http://127.0.0.1:4001"), config.urls().advertiseClient());
        assertEquals(List.of("http://127.0.0.1:4002"), config.urls().listenClient());
        assertEquals(List.of("http://127.0.0.1:7001"), config.urls().advertisePeer());
        assertEquals(List.of("http://[::]:7001"), config.urls().listenPeer());
        assertEquals(Set.of("http://a.example", "http://b.example"), config.api().corsOrigins());
        assertEquals(LogLevel.DEBUG, config.logging().level());
    }

    @Test
    void shouldMakeRoomForFiveHeartbeats() throws Exception {
        final ServerConfig config = parse(EXAMPLE);

        assertEquals(new ServerConfig.Timing(40, 200), config.timing());
        assertRemark(
                "heartbeat interval lowered from 50ms to 40ms, a fifth of the election timeout");
    }

    @Test
    void shouldSayWhatItPassesOver() throws Exception {
        parse(EXAMPLE);

        assertRemark("cluster.active_size is no longer supported - ignoring. (" + file() + ":21)");
        assertRemark("http_read_timeout is no longer supported - ignoring. (" + file() + ":8)");
    }

    @Test
    void shouldYieldToVariablesAndFlags() throws Exception {
        flags = new LarchFlags(Map.of("ETCD_SNAPSHOT_COUNT", "18"));

        final ServerConfig config =
                parse(
                        EXAMPLE,
                        "--name=x",
                        "--advertise-client-urls=http://127.0.0.1:5",
                        "--listen-client-urls=http://127.0.0.1:6");

        assertEquals("x", config.name());
        assertEquals(18, config.storage().snapshotCount());
        assertEquals(List.of("http://127.0.0.1:5"), config.urls().advertiseClient());
        assertEquals(List.of("http://127.0.0.1:6"), config.urls().listenClient());
    }

    @Test
    void shouldRefusePeers() {
        assertProblem(
                "peers = [\"127.0.0.1:7002\"]",
                "peers is no longer supported: name the members with -initial-cluster (%s:1)");
    }

    @Test
    void shouldSayWhichValueIsWrong() {
        assertProblem(
                "addr = \"nonsense\"",
                "invalid value \"nonsense\" for addr: bad format in address specification (%s:1)");
    }

    @Test
    void shouldSayWhereTheFileIsWrong() {
        assertTrue(
                problem("\nname = ")
                        .matches(".*, error reading TOML: .* \\(\\Q" + file() + "\\E:2\\)\\..*"),
                problem("\nname = "));
    }

    @Test
    void shouldRefuseWhatItDoesNotKnowAndOtherTypes() {
        assertProblem("\n[peer]\nadress = \"a\"", "unknown key \"peer.adress\" (%s:3)");
        assertProblem("snapshot_count = \"17\"", "snapshot_count must be a whole number (%s:1)");
        assertProblem("verbose = 1", "verbose must be true or false (%s:1)");
        assertProblem("name = 5", "name must be a text (%s:1)");
        assertProblem("cors = \"*\"", "cors must be a list of texts (%s:1)");
        assertProblem("cors = [5]", "cors must be a list of texts (%s:1)");
    }

    @Test
    void shouldSayAllThatIsWrongAtOnce() {
        final ExitException failure =
                assertThrows(ExitException.class, () -> parse("nam = \"x\"\nverbose = 1\n"));

        assertEquals(2, failure.remarks().size(), failure.remarks()::toString);
    }

    @Test
    void shouldSayWhereItsOwnSettingsComeFrom() throws Exception {
        parse(EXAMPLE, "--name=x");

        assertLine("name = x +# --name");
        assertLine("snapshot-count = 17 +# \\Q" + file() + "\\E:12");
        assertLine("heartbeat-interval = 40 +# \\Q" + file() + "\\E:17");
        assertLine("max-wals = 5 +# default");
    }

    private void assertLine(final String pattern) {
        assertTrue(
                flags.settings().lines().stream().anyMatch(line -> line.matches(pattern)),
                () -> String.join("\n", flags.settings().lines()));
    }

    @Test
    void shouldMissTheFile() {
        final ExitException failure =
                assertThrows(
                        ExitException.class, () -> flags.parse(List.of("-config", "/none/c.conf")));

        assertEquals(
                "error verifying flags, open /none/c.conf: no such file or directory. See 'larchd"
                        + " --help'.",
                failure.remarks().get(0).text());
    }

    private void assertProblem(final String content, final String problem) {
        assertEquals(
                "error verifying flags, " + problem.formatted(file()) + ". See 'larchd --help'.",
                problem(content));
    }

    private String problem(final String content) {
        return assertThrows(ExitException.class, () -> parse(content)).remarks().get(0).text();
    }

    private void assertRemark(final String text) {
        assertTrue(
                flags.remarks().stream().anyMatch(remark -> remark.text().equals(text)),
                () -> flags.remarks().toString());
    }

    private Path file() {
        return directory.resolve("etcd.conf");
    }

    private ServerConfig parse(final String content, final String... arguments)
            throws IOException, ExitException {
        Files.writeString(file(), content);
        final List<String> all = new ArrayList<>(List.of("-config=" + file()));
        all.addAll(Arrays.asList(arguments));
        return flags.parse(all);
    }
}
