package io.larch.tools.flags;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.member.MemberIds;
import io.larch.engine.wal.AppendPath;
import io.larch.tools.log.LogLevel;
import io.larch.tools.tls.TlsSettings;
import io.larch.tools.tls.TlsVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LarchFlagsTest {
    private LarchFlags flags;

    @Test
    void shouldHaveEtcdsDefaults() throws ExitException {
        final ServerConfig config = parse();

        assertEquals("default", config.name());
        assertEquals(Path.of("default.etcd"), config.storage().dataDir());
        assertEquals(Path.of("default.etcd/member/wal"), config.storage().walDir());
        assertEquals(10_000, config.storage().snapshotCount());
        assertEquals(5, config.storage().maxSnapshots());
        assertEquals(5, config.storage().maxWals());
        assertTrue(config.storage().walsAsNeeded());
        assertEquals(new ServerConfig.Timing(100, 1000), config.timing());
        assertEquals(7_000, config.timing().requestTimeoutMs());
        assertEquals(10, config.timing().electionTicks());
        assertEquals(
                List.of("http://localhost:2379", "http://localhost:4001"),
                config.urls().listenClient());
        assertEquals(
                List.of("http://localhost:2380", "http://localhost:7001"),
                config.urls().advertisePeer());
        assertTrue(config.bootstrap().isNew());
        assertFalse(config.bootstrap().strictReconfigCheck());
        assertEquals(Set.of(), config.api().corsOrigins());
        assertTrue(config.api().enableV2());
        assertEquals(AppendPath.WRITE, config.storage().walAppend());
        assertEquals(ServerConfig.Threads.AUTO, config.tuning().threads());
        assertEquals(ServerConfig.Idle.ADAPTIVE, config.tuning().idle());
        assertEquals(20_000, config.tuning().eventHistory());
        assertEquals(
                List.of("no data-dir provided, using default data-dir ./default.etcd"), remarks());
    }

    @Test
    void shouldGiveTheDefaultMemberTheIdsThatEtcdGivesIt() throws ExitException {
        final ServerConfig config = parse();

        final var membership =
                config.bootstrap().cluster().toMembership(config.bootstrap().token());

        assertEquals("ce2a822cea30bfca", MemberIds.toHex(membership.members().get(0).id()));
        assertEquals("7e27652122e8b2ae", MemberIds.toHex(membership.clusterId()));
    }

    @Test
    void shouldReadBothDashesAndBothWaysToGiveAValue() throws ExitException {
        final ServerConfig config =
                parse("-name", "a", "--data-dir=/d", "--snapshot-count", "0x10", "-max-wals=0");

        assertEquals("a", config.name());
        assertEquals(Path.of("/d/member/wal"), config.storage().walDir());
        assertEquals(16, config.storage().snapshotCount());
        assertEquals(0, config.storage().maxWals());
        assertFalse(config.storage().walsAsNeeded());
    }

    @Test
    void shouldReadHowLongAndHowOftenAnArchiveKeepsWhat() throws ExitException {
        assertEquals(ServerConfig.Archive.NONE, parse().storage().archive());
        final ServerConfig.Archive byDefault =
                parse("--data-dir=/d", "--archive-wal=/a").storage().archive();
        assertEquals(new ServerConfig.Archive(Path.of("/a"), 300_000_000_000L, 0), byDefault);
        final ServerConfig.Archive told =
                parse(
                                "--data-dir=/d",
                                "--archive-wal=/d/archive",
                                "--archive-wal-interval=10s",
                                "--archive-wal-retention=168h")
                        .storage()
                        .archive();
        assertEquals(
                new ServerConfig.Archive(Path.of("/d/archive"), 10_000_000_000L, 604_800_000L),
                told);
    }

    @Test
    void shouldRefuseAnArchiveThatCannotBeMeant() {
        assertRefused(
                "-archive-wal-retention needs -archive-wal", "--archive-wal-retention", "24h");
        assertRefused("-archive-wal-interval needs -archive-wal", "--archive-wal-interval", "0");
        assertRefused(
                "-archive-wal-retention must not be below 0",
                "--archive-wal=/a",
                "--archive-wal-retention=-1h");
        assertRefused(
                "-archive-wal: /d/x/../member/a is the member's own directory",
                "--data-dir=/d",
                "--archive-wal=/d/x/../member/a");
    }

    private void assertRefused(final String why, final String... words) {
        final ExitException e = assertThrows(ExitException.class, () -> parse(words));
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    @Test
    void shouldLetTheInitialClusterFollowTheName() throws ExitException {
        assertEquals(
                "n1=http://localhost:2380,n1=http://localhost:7001",
                parse("--name", "n1").bootstrap().cluster().toString());
    }

    @Test
    void shouldReadABooleanWithoutTakingTheNextArgument() {
        assertEquals(1, fail("--debug", "false").status());
        assertRemark("error verifying flags, 'false' is not a valid flag. See 'larchd --help'.");
    }

    @Test
    void shouldReadWhatConnectionsOfHttp2MayDo(@TempDir final Path directory) throws Exception {
        final long second = 1_000_000_000L;
        assertEquals(
                new ServerConfig.Http2(1_000, 5 * second, 7_200 * second, 20 * second),
                parse().v3().connections());
        assertEquals(
                new ServerConfig.Http2(7, second / 2, 60 * second, 3 * second),
                parse(
                                "--max-concurrent-streams=7",
                                "--grpc-keepalive-min-time=500ms",
                                "--grpc-keepalive-interval=1m",
                                "--grpc-keepalive-timeout=3s")
                        .v3()
                        .connections());
        assertEquals(
                new ServerConfig.Http2(4_294_967_295L, 0, second, second),
                parse(
                                "--max-concurrent-streams=0",
                                "--grpc-keepalive-min-time=-1s",
                                "--grpc-keepalive-interval=1ms",
                                "--grpc-keepalive-timeout=1s")
                        .v3()
                        .connections());
        assertEquals(
                0, parse("--grpc-keepalive-timeout=0").v3().connections().keepaliveIntervalNanos());

        final Path yaml = directory.resolve("http2.yml");
        Files.writeString(
                yaml,
                "max-concurrent-streams: 8\ngrpc-keepalive-min-time: 1000000000\n"
                        + "grpc-keepalive-interval: 2000000000\n");
        assertEquals(
                new ServerConfig.Http2(8, second, 2 * second, 20 * second),
                parse("--config-file=" + yaml).v3().connections());
        final Map<String, String> environment =
                Map.of(
                        "ETCD_MAX_CONCURRENT_STREAMS", "9",
                        "ETCD_GRPC_KEEPALIVE_MIN_TIME", "2s",
                        "ETCD_GRPC_KEEPALIVE_INTERVAL", "0",
                        "ETCD_GRPC_KEEPALIVE_TIMEOUT", "1s");
        assertEquals(
                new ServerConfig.Http2(9, 2 * second, 0, second),
                new LarchFlags(environment).parse(List.of()).v3().connections());
    }

    @Test
    void shouldReadLarchsOwnFlags() throws ExitException {
        final ServerConfig config =
                parse(
                        "--threads=split",
                        "--idle=spin",
                        "--sockets=io_uring",
                        "--peer-transport=tcp",
                        "--wal-append=map",
                        "--event-history=7",
                        "--max-nodes=100",
                        "--max-bytes=65536",
                        "--cors=http://a, http://b",
                        "--enable-v2=false",
                        "--bcrypt-cost=12",
                        "--wal-dir=/w");

        assertEquals(
                new ServerConfig.Tuning(
                        ServerConfig.Threads.SPLIT,
                        ServerConfig.Idle.SPIN,
                        ServerConfig.Sockets.IO_URING,
                        ServerConfig.PeerProtocol.TCP,
                        7,
                        100,
                        65_536,
                        ServerConfig.Cpus.ANY),
                config.tuning());
        assertEquals(AppendPath.MAP, config.storage().walAppend());
        assertEquals(Set.of("http://a", "http://b"), config.api().corsOrigins());
        assertFalse(config.api().enableV2());
        assertEquals(12, config.api().bcryptCost());
        assertEquals(Path.of("/w"), config.storage().walDir());
    }

    /** As etcd 3.4, which goes on with its own. */
    @Test
    void shouldTakeTheDefaultForACostThatCannotBe() throws ExitException {
        assertEquals(10, parse().api().bcryptCost());
        assertEquals(4, parse("--bcrypt-cost=4").api().bcryptCost());
        for (final String cost : List.of("3", "32", "1000")) {
            assertEquals(10, parse("--bcrypt-cost=" + cost).api().bcryptCost());
            assertRemark("Use default bcrypt-cost 10 instead of the invalid value " + cost);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    -bogus                              | flag provided but not defined: -bogus
                    --bogus=1                           | flag provided but not defined: -bogus
                    -name                               | flag needs an argument: -name
                    ---name                             | bad flag syntax: ---name
                    -=x                                 | bad flag syntax: -=x
                    -heartbeat-interval=abc             | invalid value "abc" for flag -heartbeat-interval: parse error
                    -heartbeat-interval=-1              | invalid value "-1" for flag -heartbeat-interval: parse error
                    -heartbeat-interval=                | invalid value "" for flag -heartbeat-interval: parse error
                    -max-wals=18446744073709551616      | invalid value "18446744073709551616" for flag -max-wals: value out of range
                    -debug=x                            | invalid boolean value "x" for -debug: parse error
                    -initial-cluster-state=maybe        | invalid value "maybe" for flag -initial-cluster-state: invalid value
                    -threads=many                       | invalid value "many" for flag -threads: invalid value
                    -listen-client-urls=ftp://1.1.1.1:2 | invalid value "ftp://1.1.1.1:2" for flag -listen-client-urls: URL scheme must be http or https: ftp://1.1.1.1:2
                    -listen-client-urls=http://1.1.1.1  | invalid value "http://1.1.1.1" for flag -listen-client-urls: URL address does not have the form "host:port": http://1.1.1.1
                    -listen-peer-urls=http://1.1.1.1:1/ | invalid value "http://1.1.1.1:1/" for flag -listen-peer-urls: URL must not contain a path: http://1.1.1.1:1/
                    -listen-client-urls=1.1.1.1:2379    | invalid value "1.1.1.1:2379" for flag -listen-client-urls: parse "1.1.1.1:2379": first path segment in URL cannot contain colon
                    -listen-client-urls=http://h:a      | invalid value "http://h:a" for flag -listen-client-urls: parse "http://h:a": invalid port ":a" after host
                    -peers=x                            | invalid value "x" for flag -peers: flag "-peers" is no longer supported.
                    -peers-file=x                       | invalid value "x" for flag -peers-file: flag "-peers-file" is no longer supported.
                    -addr=host:1                        | invalid value "host:1" for flag -addr: bad format in address specification
                    """)
    void shouldExitWithUsageForAFlagThatCannotBeRead(final String flag, final String message) {
        final ExitException exit = fail(flag);

        assertEquals(2, exit.status());
        assertEquals(message, exit.standardError().lines().findFirst().orElseThrow());
        assertTrue(exit.standardError().contains("usage: larchd"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --heartbeat-interval=300     | -election-timeout[1000ms] should be at least as 5 times as -heartbeat-interval[300ms]
                    --election-timeout=60000     | -election-timeout[60000ms] is too long, and should be set less than 50000ms
                    --heartbeat-interval=0       | -heartbeat-interval[0ms] should be greater than 0
                    foo                          | 'foo' is not a valid flag
                    -                            | '-' is not a valid flag
                    --event-history=0            | -event-history is too small: 0, at least 1
                    --max-nodes=1                | -max-nodes is too small: 1, at least 16
                    --max-bytes=100              | -max-bytes is too small: 100, at least 65536
                    --max-nodes=4294967296       | -max-nodes is too large: 4294967296, at most 500000000
                    --name=caf�                  | -name is not in UTF-8: caf�
                    --data-dir=/d/�               | -data-dir is not in UTF-8: /d/�
                    --config-file=/nope.yml      | open /nope.yml: no such file or directory
                    """)
    void shouldRefuseFlagsThatDoNotGoTogether(final String flag, final String message) {
        assertEquals(1, fail(flag).status());
        assertRemark("error verifying flags, " + message + ". See 'larchd --help'.");
    }

    @Test
    void shouldDemandAnAdvertisedUrlForAGivenListener() {
        final ExitException exit = fail("--listen-client-urls=http://127.0.0.1:1");

        assertEquals(
                List.of(
                        "error verifying flags, -advertise-client-urls is required when"
                                + " -listen-client-urls is set explicitly. See 'larchd --help'.",
                        "When listening on specific address(es), this etcd process must advertise"
                                + " accessible url(s) to each connected client."),
                exit.remarks().stream().map(Remark::text).toList());
    }

    @Test
    void shouldRefuseTwoWaysToFindTheCluster() {
        fail("--discovery=http://d:1/t", "--initial-cluster=a=http://b:1");

        assertRemark(
                "error verifying flags, multiple discovery or bootstrap flags are set. Choose one"
                        + " of \"initial-cluster\", \"discovery\" or \"discovery-srv\". See 'larchd"
                        + " --help'.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --listen-peer-urls=https://1.1.1.1:1 | cannot listen on TLS for given listener: KeyFile and CertFile are not presented
                    --initial-cluster=a=ftp://b:1        | error setting up initial cluster: URL scheme must be http or https: ftp://b:1
                    """)
    void shouldSayWhyItCannotStart(final String flag, final String message) {
        final ExitException exit = fail(flag);

        assertEquals(1, exit.status());
        assertEquals(List.of(Remark.critical(message)), exit.remarks());
    }

    @Test
    void shouldReadWhatAProxyIsTold() throws ExitException {
        assertEquals(
                new ServerConfig.Proxy(ServerConfig.ProxyMode.OFF, 5_000, 30_000, 1_000, 5_000, 0),
                parse().proxy());
        assertEquals(
                new ServerConfig.Proxy(ServerConfig.ProxyMode.READONLY, 1, 2, 3, 4, 5),
                parse(
                                "--proxy=readonly",
                                "--proxy-failure-wait=1",
                                "--proxy-refresh-interval=2",
                                "--proxy-dial-timeout=3",
                                "--proxy-write-timeout=4",
                                "--proxy-read-timeout=5")
                        .proxy());
        // It advertises nothing.
        parse("--proxy=on", "--listen-client-urls=http://127.0.0.1:1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --cert-file=c                          | cannot listen on TLS for given listener: KeyFile and CertFile are not presented | false
                    --auto-tls                             | cannot listen on TLS for given listener: KeyFile and CertFile are not presented | true
                    --auto-tls --cipher-suites=A           | unexpected TLS cipher suite "A"                                                 | false
                    --auto-tls --self-signed-cert-validity=0 | selfSignedCertValidity is invalid,it should be greater than 0                 | false
                    --peer-cert-allowed-cn=a --peer-cert-allowed-hostname=b | AllowedCN and AllowedHostname are mutually exclusive (cn="a", hostname="b") | false
                    """)
    void shouldNotSpeakTlsLessSafelyThanItWasTold(
            final String flags, final String message, final boolean isPeer) {
        final List<String> all = new ArrayList<>(List.of(flags.split(" ")));
        all.add("--listen-client-urls=https://h:1");
        all.add("--advertise-client-urls=https://h:1");
        if (isPeer) {
            all.add("--listen-peer-urls=https://h:1");
        } else {
            all.remove("--cert-file=c");
        }
        assertEquals(List.of(Remark.critical(message)), fail(all.toArray(String[]::new)).remarks());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --tls-min-version=TLS1.1                           | unexpected TLS version "TLS1.1"
                    --tls-min-version=TLS1.3 --tls-max-version=TLS1.2  | min version (TLS1.3) is greater than max version (TLS1.2)
                    --tls-min-version=TLS1.3 --cipher-suites=TLS_RSA_WITH_AES_128_CBC_SHA | cipher suites cannot be configured when only TLS1.3 is enabled
                    """)
    void shouldRefuseVersionsOfTlsThatDoNotFit(final String flags, final String message) {
        assertEquals(1, fail(flags.split(" +")).status());
        assertRemark("error verifying flags, " + message + ". See 'larchd --help'.");
    }

    @Test
    void shouldTakeTheFlagsOfTls(@TempDir final Path directory) throws Exception {
        final TlsSettings expected =
                new TlsSettings(
                        "c",
                        "k",
                        "t",
                        true,
                        "old",
                        "crl",
                        "",
                        "h",
                        List.of(
                                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
                        TlsVersion.TLS_1_2,
                        TlsVersion.TLS_1_2,
                        false);
        final String suites =
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305";
        final String[] flags = {
            "--listen-client-urls=https://127.0.0.1:1,http://127.0.0.1:2",
            "--advertise-client-urls=https://127.0.0.1:1",
            "--cert-file=c",
            "--key-file=k",
            "--trusted-ca-file=t",
            "--client-cert-auth",
            "--ca-file=old",
            "--client-crl-file=crl",
            "--client-cert-allowed-hostname=h",
            "--cipher-suites=" + suites,
            "--tls-max-version=TLS1.2"
        };
        assertEquals(expected, parse(flags).security().clients());

        final Map<String, String> environment = new HashMap<>();
        for (final String flag : flags) {
            final String[] nameAndValue = flag.substring(2).split("=", 2);
            environment.put(
                    "ETCD_" + nameAndValue[0].toUpperCase(Locale.ROOT).replace('-', '_'),
                    nameAndValue.length == 1 ? "true" : nameAndValue[1]);
        }
        assertEquals(expected, new LarchFlags(environment).parse(List.of()).security().clients());

        final Path yaml = directory.resolve("c.yml");
        Files.writeString(
                yaml,
                """
                listen-client-urls: https://127.0.0.1:1
                advertise-client-urls: https://127.0.0.1:1
                cipher-suites:
                - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                - TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305
                tls-max-version: TLS1.2
                client-transport-security:
                  cert-file: c
                  key-file: k
                  client-cert-auth: true
                  trusted-ca-file: t
                  crl-file: crl
                  allowed-hostname: h
                """);
        final TlsSettings ofFile = parse("--config-file=" + yaml).security().clients();
        assertEquals("t", ofFile.trustedCaFile());
        assertEquals("crl", ofFile.crlFile());
        assertEquals("h", ofFile.allowedHostname());
        assertEquals(expected.cipherSuites(), ofFile.cipherSuites());
        assertTrue(ofFile.clientCertAuth());

        final Path toml = directory.resolve("c.conf");
        Files.writeString(
                toml,
                "addr = \"127.0.0.1:1\"\ncert_file = \"c\"\nkey_file = \"k\"\nca_file = \"a\"\n");
        final ServerConfig ofEtcd04 = parse("-config=" + toml);
        assertEquals(List.of("https://[::]:1"), ofEtcd04.urls().listenClient());
        assertEquals("a", ofEtcd04.security().clients().caFile());
        assertTrue(ofEtcd04.security().clients().demandsCertificates());
    }

    @Test
    void shouldAcceptAndMentionFlagsWithoutEffect() throws ExitException {
        parse(
                "--vv",
                "--retry-interval=1",
                "--pre-vote",
                "--backend-batch-limit",
                "1",
                "--cert-file=c");

        assertRemark("flag \"-vv\" is no longer supported - ignoring.");
        assertRemark("flag \"-retry-interval\" is no longer supported - ignoring.");
        assertRemark("flag \"-pre-vote\" has no effect in Larch.");
        assertRemark("flag \"-backend-batch-limit\" has no effect in Larch.");
        assertRemark(
                "The scheme of the urls is http while -cert-file is given. Ignored the TLS flags.");
    }

    @Test
    void shouldTakeWhatHistoryOfRevisionsIsKept() throws ExitException {
        assertEquals(0, parse().revisions().quotaBytes());
        assertTrue(parse().revisions().isCompactedByTime());
        assertEquals(-1, parse("--quota-backend-bytes=-1").revisions().quotaBytes());
        assertEquals(16, parse("--quota-backend-bytes=0x10").revisions().quotaBytes());
        assertEquals(0, parse().revisions().memoryBytes());
        assertEquals(1 << 20, parse("--mvcc-memory=1048576").revisions().memoryBytes());
        assertThrows(ExitException.class, () -> parse("--mvcc-memory=-1"));
        assertFalse(parse("--auto-compaction-mode=revision").revisions().isCompactedByTime());
        assertThrows(ExitException.class, () -> parse("--auto-compaction-mode=xx"));
    }

    @Test
    void shouldReadHowMuchHistoryIsKeptAsEtcdDoes() throws ExitException {
        assertEquals(0, retention());
        assertEquals(0, retention("--auto-compaction-retention=-5s"));
        assertEquals(3_600_000_000_000L, retention("--auto-compaction-retention=1"));
        assertEquals(90_000_000_000L, retention("--auto-compaction-retention=1m30s"));
        assertEquals(
                1000,
                retention("--auto-compaction-mode=revision", "--auto-compaction-retention=1000"));
        for (final String bad : List.of("abc", "-1", "1_000")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> retention("--auto-compaction-retention=" + bad));
        }
    }

    private long retention(final String... arguments) throws ExitException {
        return parse(arguments).revisions().retention();
    }

    @Test
    void shouldTakeAddressesOfEtcd04() throws ExitException {
        final ServerConfig config = parse("-addr=127.0.0.1:4001", "-peer-addr", "10.0.0.1:7001");

        assertEquals(List.of("http://127.0.0.1:4001"), config.urls().advertiseClient());
        assertEquals(List.of("http://[::]:4001"), config.urls().listenClient());
        assertEquals(List.of("http://10.0.0.1:7001"), config.urls().advertisePeer());
        assertEquals(
                List.of("http://1.1.1.1:2"),
                parse("-addr=127.0.0.1:4001", "-bind-addr=1.1.1.1:2").urls().listenClient());

        fail("-addr=127.0.0.1:4001", "-advertise-client-urls=http://h:1");
        assertRemark(
                "error verifying flags, Set only one of flags -advertise-client-urls and -addr."
                        + " See 'larchd --help'.");
    }

    @Test
    void shouldReadTheEnvironmentBelowTheFlags() throws ExitException {
        final Map<String, String> environment =
                Map.of(
                        "ETCD_NAME", "envn",
                        "ETCD_DATA_DIR", "/e",
                        "LARCH_DATA_DIR", "/l",
                        "ETCD_MAX_WALS", "",
                        "ETCD_BOGUS", "1",
                        "ETCD_VERSION", "v2.3.8",
                        "LARCH_JAVA_OPTS", "-Xmx1g",
                        "OTHER", "x");

        final ServerConfig config = parse(environment, "--name=flag");

        assertEquals("flag", config.name());
        assertEquals(Path.of("/l"), config.storage().dataDir());
        assertRemark(
                "recognized environment variable ETCD_NAME, but unused: shadowed by corresponding"
                        + " flag ");
        assertRemark("recognized and used environment variable LARCH_DATA_DIR=/l");
        assertRemark(
                "recognized environment variable ETCD_DATA_DIR, but unused: shadowed by"
                        + " LARCH_DATA_DIR");
        assertTrue(
                flags.remarks()
                        .contains(
                                Remark.warning("unrecognized environment variable ETCD_BOGUS=1")));
        assertEquals(4 + 1, remarks().size(), remarks()::toString);
    }

    @Test
    void shouldRefuseABadVariable() {
        final ExitException exit =
                assertThrows(
                        ExitException.class, () -> parse(Map.of("ETCD_HEARTBEAT_INTERVAL", "zz")));

        assertEquals(1, exit.status());
        assertEquals(
                List.of(
                        Remark.critical(
                                "invalid value \"zz\" for ETCD_HEARTBEAT_INTERVAL: parse error")),
                exit.remarks());
    }

    @Test
    void shouldLetAConfigFileReplaceFlagsAndVariables(@TempDir final Path dir)
            throws IOException, ExitException {
        final Path file = dir.resolve("y.yml");
        Files.writeString(
                file,
                """
                name: from-file
                heartbeat-interval: 20
                election-timeout: 2e2
                debug: yes
                cors: http://a,http://b
                wal-dir:
                client-transport-security: {cert-file: '', client-cert-auth: false}
                """);

        final ServerConfig config =
                parse(
                        Map.of("ETCD_CONFIG_FILE", file.toString(), "ETCD_NAME", "env"),
                        "--heartbeat-interval=1");

        assertEquals("from-file", config.name());
        assertEquals(new ServerConfig.Timing(20, 200), config.timing());
        assertEquals(LogLevel.DEBUG, config.logging().level());
        assertEquals(Set.of("http://a", "http://b"), config.api().corsOrigins());
        assertRemark(
                "Loading server configuration from \""
                        + file
                        + "\". Other configuration command line flags and environment variables"
                        + " will be ignored if provided.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: [a", "- a", "heartbeat-interval: x", "name: !!int x"})
    void shouldRefuseABadConfigFile(final String text, @TempDir final Path dir) throws IOException {
        final Path file = dir.resolve("y.yml");
        Files.writeString(file, text);

        final ExitException exit = fail("--config-file", file.toString());

        assertEquals(1, exit.status());
        assertTrue(exit.remarks().get(0).text().startsWith("error verifying flags, "));
    }

    @Test
    void shouldReadLevelsByPackage() throws ExitException {
        assertEquals(
                Map.of(
                        "engine",
                        LogLevel.DEBUG,
                        "larchd",
                        LogLevel.CRITICAL,
                        "wal",
                        LogLevel.WARNING),
                parse("--log-package-levels=etcdserver=DEBUG,etcdmain=critical,wal=W")
                        .logging()
                        .packageLevels());

        parse("--log-package-levels=etcdserver=LOUD");
        assertRemark(
                "couldn't parse log level string: no such level: LOUD, continuing with default"
                        + " levels");
    }

    @Test
    void shouldPrintHelpWithEveryFlag() {
        for (final String flag : List.of("-h", "--help", "-help")) {
            final ExitException exit = fail(flag);

            assertEquals(0, exit.status());
            assertEquals("", exit.standardError());
            for (final Flag known : new FlagTable().sorted()) {
                assertTrue(
                        known.treatment() == Flag.Treatment.REFUSED
                                || exit.standardOut().contains("--" + known.name()),
                        known.name());
            }
        }
    }

    @Test
    void shouldPrintVersionsInEtcdsForm() {
        final ExitException exit = fail("--version", "--heartbeat-interval=9999");

        assertEquals(0, exit.status());
        final List<String> lines = exit.standardOut().lines().toList();
        assertEquals(4, lines.size());
        assertTrue(lines.get(0).matches("larchd Version: \\d+\\.\\d+\\.\\d+\\S*"), lines.get(0));
        assertEquals("etcd Version: 2.3.8", lines.get(1));
    }

    private ServerConfig parse(final String... arguments) throws ExitException {
        return parse(Map.of(), arguments);
    }

    private ServerConfig parse(final Map<String, String> environment, final String... arguments)
            throws ExitException {
        flags = new LarchFlags(environment);
        return flags.parse(List.of(arguments));
    }

    private ExitException fail(final String... arguments) {
        final ExitException exit =
                assertThrows(ExitException.class, () -> parse(Map.of(), arguments));
        flags.remarks().addAll(exit.remarks());
        return exit;
    }

    private List<String> remarks() {
        return flags.remarks().stream().map(Remark::text).toList();
    }

    private void assertRemark(final String text) {
        assertTrue(remarks().contains(text), () -> "not in " + remarks());
    }
}
