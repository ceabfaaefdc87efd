package io.larch.tools.flags;

import io.larch.engine.member.InitialCluster;
import io.larch.engine.wal.AppendPath;
import io.larch.tools.cpus.UsableCpus;
import java.math.BigInteger;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Makes a {@link ServerConfig} of a command line and an environment, by etcd 2.3.8's rules and in
 * its words, so that scripts and units written for etcd work as they are.
 */
public final class LarchFlags {
    static final String DEFAULT_NAME = "default";

    private static final BigInteger HEARTBEATS_PER_ELECTION = BigInteger.valueOf(5);
    private static final int MAX_ELECTION_MS = 50_000;
    private static final char UNREADABLE = '\uFFFD';
    private static final long DEFAULT_SNAPSHOT_COUNT = 10_000;
    private static final int DEFAULT_BCRYPT_COST = 10;
    private static final int MIN_BCRYPT_COST = 4;
    private static final int MAX_BCRYPT_COST = 31;
    private static final long MAX_EVENT_HISTORY = 1 << 24;
    private static final long MAX_NODES = 500_000_000L;

    private static final String ARCHIVE = "archive-wal";
    private static final String ARCHIVE_INTERVAL = "archive-wal-interval";
    private static final String ARCHIVE_RETENTION = "archive-wal-retention";

    private final FlagTable table = new FlagTable();
    private final List<Remark> remarks = new ArrayList<>();
    private final Map<String, String> environment;
    private final Supplier<UsableCpus> usableCpus;
    private FlagSet flags = new FlagSet(table, remarks);

    /** Flags come from the YAML file alone. */
    private boolean hasFile;

    private boolean isCheck;

    public LarchFlags(final Map<String, String> environment) {
        this(environment, UsableCpus::here);
    }

    /**
     * @param usableCpus asked when a flag names CPUs.
     */
    public LarchFlags(
            final Map<String, String> environment, final Supplier<UsableCpus> usableCpus) {
        this.environment = environment;
        this.usableCpus = usableCpus;
    }

    /** Lines for the log about what was read, in order; also after {@link #parse} threw. */
    public List<Remark> remarks() {
        return remarks;
    }

    /** Whether --check-config was given; known once the command line was read. */
    public boolean isCheck() {
        return isCheck;
    }

    /** What each flag is and where that comes from, as far as it was read. */
    public Settings settings() {
        return new Settings(table, flags);
    }

    /** The initial cluster of a member that was told nothing but its name. */
    public static String defaultCluster(final String name) {
        return initialClusterOf(name, FlagKind.urls(FlagTable.DEFAULT_PEER_URLS));
    }

    /** Whether these are the peer URLs of a member that was told none. */
    public static boolean areDefaultPeerUrls(final List<String> urls) {
        return String.join(",", urls).equals(FlagTable.DEFAULT_PEER_URLS);
    }

    /** What the initial cluster is when it is not given. */
    private static String initialClusterOf(final String name, final List<String> peerUrls) {
        return peerUrls.stream().map(url -> name + "=" + url).collect(Collectors.joining(","));
    }

    /**
     * Reads the flags.
     *
     * @throws ExitException when the process is to end instead of starting a member.
     */
    public ServerConfig parse(final List<String> arguments) throws ExitException {
        flags.parse(arguments);
        isCheck = flags.isTrue("check-config");
        if (!flags.positional().isEmpty()) {
            throw ExitException.verification(
                    "'" + flags.positional().get(0) + "' is not a valid flag");
        }
        if (flags.isTrue("version")) {
            throw ExitException.print(LarchVersion.text());
        }
        readFileOrEnvironment();
        checkConflicts();
        checkText();
        final ServerConfig.Logging logging = new LoggingFlags(flags, remarks).logging();
        return config(arguments, logging);
    }

    private void readFileOrEnvironment() throws ExitException {
        final FlagEnvironment variables = new FlagEnvironment(environment, remarks);
        final String file =
                flags.isSet("config-file")
                        ? flags.text("config-file")
                        : variables.value("config-file");
        if (file.isEmpty()) {
            variables.apply(table, flags);
            if (!flags.text("config").isEmpty()) {
                new OldConfigFile(flags.text("config"), table, flags, remarks).apply();
            }
            return;
        }
        remarks.add(
                Remark.info(
                        "Loading server configuration from \""
                                + file
                                + "\". Other configuration command line flags and environment"
                                + " variables will be ignored if provided."));
        flags = new FlagSet(table, remarks);
        hasFile = true;
        new ConfigFile(file, table, flags, remarks).apply();
    }

    private void checkConflicts() throws ExitException {
        if (List.of("discovery", "discovery-srv", "initial-cluster").stream()
                        .filter(flag -> !flags.text(flag).isEmpty())
                        .count()
                > 1) {
            throw flags.contradiction(
                    "multiple discovery or bootstrap flags are set. Choose one of"
                            + " \"initial-cluster\", \"discovery\" or \"discovery-srv\"",
                    "initial-cluster",
                    "discovery",
                    "discovery-srv");
        }
    }

    /** What Java could not read would become another name, and another directory. */
    private void checkText() throws ExitException {
        for (final String flag : List.of("name", "data-dir", "wal-dir", "initial-cluster")) {
            if (flags.text(flag).indexOf(UNREADABLE) >= 0) {
                throw flags.contradiction(
                        "-" + flag + " is not in UTF-8: " + flags.text(flag), flag);
            }
        }
    }

    private ServerConfig config(final List<String> arguments, final ServerConfig.Logging logging)
            throws ExitException {
        final List<String> commandLine = new ArrayList<>();
        commandLine.add("larchd");
        commandLine.addAll(arguments);
        // Addresses first: etcd looks at them before it looks at the times.
        final ServerConfig.Urls urls = urls();
        final ServerConfig.Timing timing = timing();
        return new ServerConfig(
                name(),
                storage(),
                urls,
                bootstrap(urls),
                proxy(),
                new TlsFlags(flags, remarks).security(urls),
                timing,
                new ServerConfig.Api(corsOrigins(), flags.isTrue("enable-v2"), bcryptCost()),
                new RevisionFlags(flags).revisions(),
                new V3Flags(flags).v3(),
                tuning(),
                logging,
                List.copyOf(commandLine));
    }

    /** As etcd: what cannot be is told, and the default taken. */
    private int bcryptCost() {
        final long cost = flags.atMost("bcrypt-cost", Integer.MAX_VALUE);
        if (cost >= MIN_BCRYPT_COST && cost <= MAX_BCRYPT_COST) {
            return (int) cost;
        }
        remarks.add(
                Remark.warning(
                        "Use default bcrypt-cost "
                                + DEFAULT_BCRYPT_COST
                                + " instead of the invalid value "
                                + cost));
        return DEFAULT_BCRYPT_COST;
    }

    private String name() {
        return flags.text("name");
    }

    private ServerConfig.Urls urls() throws ExitException {
        final ServerConfig.Urls urls =
                new ServerConfig.Urls(
                        listenUrls("listen-peer-urls", "peer-bind-addr", "peer-addr"),
                        listenUrls("listen-client-urls", "bind-addr", "addr"),
                        urls("initial-advertise-peer-urls", "peer-addr"),
                        urls("advertise-client-urls", "addr"));
        if (!hasFile
                && flags.isSet("listen-client-urls")
                && !flags.isSet("advertise-client-urls")
                && !mayBecomeProxy()) {
            throw ExitException.verification(
                    "-advertise-client-urls is required when -listen-client-urls is set explicitly",
                    "When listening on specific address(es), this etcd process must advertise"
                            + " accessible url(s) to each connected client.");
        }
        return urls;
    }

    /** Proxies advertise nothing, so etcd does not ask what. */
    private boolean mayBecomeProxy() {
        return !flags.text("proxy").equals("off")
                || flags.isSet("discovery") && flags.text("discovery-fallback").equals("proxy");
    }

    /** etcd 0.4 listened on every address when it was told only which one to advertise. */
    private List<String> listenUrls(final String flag, final String oldFlag, final String oldAddr)
            throws ExitException {
        if (flags.isSet(oldAddr) && !flags.isSet(oldFlag) && !flags.isSet(flag)) {
            final String address = flags.text(oldAddr);
            return List.of(
                    scheme(oldFlag) + "://[::]" + address.substring(address.lastIndexOf(':')));
        }
        return urls(flag, oldFlag);
    }

    private List<String> urls(final String flag, final String oldFlag) throws ExitException {
        if (!flags.isSet(oldFlag)) {
            return flags.urls(flag);
        }
        if (flags.isSet(flag)) {
            throw flags.contradiction(
                    "Set only one of flags -" + flag + " and -" + oldFlag, flag, oldFlag);
        }
        return List.of(scheme(oldFlag) + "://" + flags.text(oldFlag));
    }

    /** An address of etcd 0.4 is reached by TLS when there is a certificate. */
    private String scheme(final String oldFlag) {
        final String prefix = oldFlag.startsWith("peer-") ? "peer-" : "";
        return TlsFlags.hasCertificate(flags, prefix) ? "https" : "http";
    }

    private ServerConfig.Timing timing() throws ExitException {
        final BigInteger heartbeatMs = flags.number("heartbeat-interval");
        final BigInteger electionMs = flags.number("election-timeout");
        if (heartbeatMs.signum() == 0) {
            throw flags.contradiction(
                    "-heartbeat-interval[0ms] should be greater than 0", "heartbeat-interval");
        }
        if (heartbeatMs.multiply(HEARTBEATS_PER_ELECTION).compareTo(electionMs) > 0) {
            throw flags.contradiction(
                    "-election-timeout[%dms] should be at least as 5 times as -heartbeat-interval[%dms]"
                            .formatted(electionMs, heartbeatMs),
                    "election-timeout",
                    "heartbeat-interval");
        }
        if (electionMs.compareTo(BigInteger.valueOf(MAX_ELECTION_MS)) > 0) {
            throw flags.contradiction(
                    "-election-timeout[%dms] is too long, and should be set less than %dms"
                            .formatted(electionMs, MAX_ELECTION_MS),
                    "election-timeout");
        }
        return new ServerConfig.Timing(heartbeatMs.intValueExact(), electionMs.intValueExact());
    }

    private ServerConfig.Storage storage() throws ExitException {
        final Path dataDir = path("data-dir", name() + ".etcd");
        if (flags.text("data-dir").isEmpty()) {
            remarks.add(
                    Remark.warning(
                            "no data-dir provided, using default data-dir ./" + name() + ".etcd"));
        }
        final long snapshotCount = flags.atMost("snapshot-count", Long.MAX_VALUE);
        return new ServerConfig.Storage(
                dataDir,
                path("wal-dir", dataDir.resolve("member").resolve("wal").toString()),
                snapshotCount == 0 ? DEFAULT_SNAPSHOT_COUNT : snapshotCount,
                !flags.isSet("snapshot-count"),
                (int) flags.atMost("max-snapshots", Integer.MAX_VALUE),
                (int) flags.atMost("max-wals", Integer.MAX_VALUE),
                !flags.isSet("max-wals"),
                AppendPath.valueOf(upperCase("wal-append")),
                archive(dataDir.resolve("member")));
    }

    private ServerConfig.Archive archive(final Path member) throws ExitException {
        final long intervalNanos = GoNumber.duration(flags.text(ARCHIVE_INTERVAL));
        final long retentionNanos = GoNumber.duration(flags.text(ARCHIVE_RETENTION));
        for (final String flag : List.of(ARCHIVE_INTERVAL, ARCHIVE_RETENTION)) {
            if (GoNumber.duration(flags.text(flag)) < 0) {
                throw flags.contradiction("-" + flag + " must not be below 0", flag);
            }
            if (flags.text(ARCHIVE).isEmpty() && flags.isSet(flag)) {
                throw flags.contradiction("-" + flag + " needs -" + ARCHIVE, flag);
            }
        }
        if (flags.text(ARCHIVE).isEmpty()) {
            return ServerConfig.Archive.NONE;
        }
        final Path directory = path(ARCHIVE, "");
        if (directory
                .toAbsolutePath()
                .normalize()
                .startsWith(member.toAbsolutePath().normalize())) {
            throw flags.contradiction(
                    "-%s: %s is the member's own directory, and would be lost with it"
                            .formatted(ARCHIVE, directory),
                    ARCHIVE);
        }
        return new ServerConfig.Archive(
                directory,
                intervalNanos,
                retentionNanos == 0 ? 0 : Math.max(1, retentionNanos / 1_000_000));
    }

    private Path path(final String flag, final String fallback) throws ExitException {
        final String text = flags.text(flag).isEmpty() ? fallback : flags.text(flag);
        try {
            return Path.of(text);
        } catch (final InvalidPathException e) {
            throw flags.contradiction("-" + flag + ": " + e.getMessage(), flag);
        }
    }

    private ServerConfig.Bootstrap bootstrap(final ServerConfig.Urls urls) throws ExitException {
        final ServerConfig.Discovery discovery = discovery();
        return new ServerConfig.Bootstrap(
                discovery.hasUrl() || discovery.hasSrvDomain()
                        ? new InitialCluster(Map.of(name(), urls.advertisePeer()))
                        : initialCluster(urls.advertisePeer()),
                flags.text("initial-cluster-state").equals("new"),
                discovery.hasUrl() ? discovery.url() : flags.text("initial-cluster-token"),
                flags.isTrue("strict-reconfig-check"),
                flags.isTrue("force-new-cluster"),
                discovery);
    }

    private ServerConfig.Proxy proxy() throws ExitException {
        return new ServerConfig.Proxy(
                ServerConfig.ProxyMode.valueOf(upperCase("proxy")),
                (int) flags.atMost("proxy-failure-wait", Integer.MAX_VALUE),
                (int) flags.atMost("proxy-refresh-interval", Integer.MAX_VALUE),
                (int) flags.atMost("proxy-dial-timeout", Integer.MAX_VALUE),
                (int) flags.atMost("proxy-write-timeout", Integer.MAX_VALUE),
                (int) flags.atMost("proxy-read-timeout", Integer.MAX_VALUE));
    }

    private ServerConfig.Discovery discovery() {
        return new ServerConfig.Discovery(
                flags.text("discovery"),
                flags.text("discovery-proxy"),
                flags.text("discovery-fallback").equals("proxy"),
                flags.text("discovery-srv"));
    }

    private InitialCluster initialCluster(final List<String> advertised) throws ExitException {
        final String text =
                flags.isSet("initial-cluster")
                        ? flags.text("initial-cluster")
                        : initialClusterOf(
                                name(),
                                // As etcd 3, and etcd 2, have it.
                                hasFile && !name().equals(DEFAULT_NAME)
                                        ? advertised
                                        : flags.defaultUrls("initial-advertise-peer-urls"));
        // To be shown.
        flags.fallback("initial-cluster", text);
        try {
            return InitialCluster.parse(text);
        } catch (final IllegalArgumentException e) {
            throw ExitException.critical(
                    "error setting up initial cluster: "
                            + e.getMessage()
                            + flags.places("initial-cluster"));
        }
    }

    private Set<String> corsOrigins() throws ExitException {
        final Set<String> origins =
                Arrays.stream(flags.text("cors").split(","))
                        .map(String::strip)
                        .filter(origin -> !origin.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
        for (final String origin : origins) {
            if (origin.chars().anyMatch(c -> c <= ' ' || c > '~')) {
                throw flags.contradiction("-cors: not an origin: " + origin, "cors");
            }
        }
        return origins;
    }

    private ServerConfig.Tuning tuning() throws ExitException {
        return new ServerConfig.Tuning(
                ServerConfig.Threads.valueOf(upperCase("threads")),
                ServerConfig.Idle.valueOf(upperCase("idle")),
                ServerConfig.Sockets.valueOf(upperCase("sockets")),
                ServerConfig.PeerProtocol.valueOf(upperCase("peer-transport")),
                (int) atLeast("event-history", 1, MAX_EVENT_HISTORY),
                atLeast("max-nodes", 16, MAX_NODES),
                atLeast("max-bytes", 1 << 16, Long.MAX_VALUE),
                new CpuFlags(flags, remarks, usableCpus).cpus());
    }

    private long atLeast(final String flag, final long least, final long limit)
            throws ExitException {
        final long number = flags.number(flag, limit);
        if (number < least) {
            throw flags.contradiction(
                    "-" + flag + " is too small: " + number + ", at least " + least, flag);
        }
        return number;
    }

    private String upperCase(final String flag) {
        return flags.text(flag).toUpperCase(Locale.ROOT);
    }
}
