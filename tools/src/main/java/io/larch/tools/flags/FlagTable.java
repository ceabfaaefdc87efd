package io.larch.tools.flags;

import io.larch.tools.flags.Flag.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** All flags: those of etcd 2.3.8, Larch's own, and those that are known only to be told apart. */
final class FlagTable {
    static final String DEFAULT_PEER_URLS = "http://localhost:2380,http://localhost:7001";
    static final String DEFAULT_CLIENT_URLS = "http://localhost:2379,http://localhost:4001";

    /** Where etcd 3 no longer listens by itself at the ports of etcd 0.4. */
    static final Map<String, String> DEFAULTS_OF_ETCD_3 =
            Map.of(
                    "listen-peer-urls", "http://localhost:2380",
                    "initial-advertise-peer-urls", "http://localhost:2380",
                    "listen-client-urls", "http://localhost:2379",
                    "advertise-client-urls", "http://localhost:2379");

    /** Other names of flags, from the time of etcd 0.4. */
    static final Set<String> OLD_NAMES =
            Set.of(
                    "addr",
                    "bind-addr",
                    "peer-addr",
                    "peer-bind-addr",
                    "ca-file",
                    "peer-ca-file",
                    "config");

    private static final List<String> OBSOLETE =
            List.of(
                    "cluster-active-size",
                    "cluster-remove-delay",
                    "cluster-sync-interval",
                    "force",
                    "max-result-buffer",
                    "max-retry-attempts",
                    "peer-heartbeat-interval",
                    "peer-election-timeout",
                    "retry-interval",
                    "snapshot",
                    "v",
                    "vv");

    /** Flags of etcd 3, and of etcd's own inner works, by what they take. */
    private static final Map<FlagKind, List<String>> FOREIGN =
            Map.of(
                    FlagKind.BOOL,
                    List.of(
                            "enable-grpc-gateway",
                            "enable-pprof",
                            "experimental-compact-hash-check-enabled",
                            "experimental-enable-distributed-tracing",
                            "experimental-enable-lease-checkpoint",
                            "experimental-enable-lease-checkpoint-persist",
                            "experimental-initial-corrupt-check",
                            "experimental-memory-mlock",
                            "experimental-peer-skip-client-san-verification",
                            "experimental-stop-grpc-service-on-defrag",
                            "experimental-txn-mode-write-with-shared-buffer",
                            "experimental-v3demo",
                            "initial-election-tick-advance",
                            "pre-vote",
                            "socket-reuse-address",
                            "socket-reuse-port",
                            "unsafe-no-fsync"),
                    FlagKind.NUMBER,
                    List.of("auth-token-ttl", "experimental-bootstrap-defrag-threshold-megabytes"),
                    FlagKind.SIGNED,
                    List.of(
                            "backend-batch-limit",
                            "experimental-auto-compaction-retention",
                            "experimental-compaction-batch-limit",
                            "experimental-distributed-tracing-sampling-rate"),
                    FlagKind.DURATION,
                    List.of(
                            "backend-batch-interval",
                            "experimental-compact-hash-check-time",
                            "experimental-compaction-sleep-interval",
                            "experimental-corrupt-check-time",
                            "experimental-downgrade-check-time",
                            "experimental-warning-apply-duration",
                            "raft-read-timeout",
                            "raft-write-timeout"),
                    FlagKind.URLS,
                    List.of("listen-client-http-urls", "listen-metrics-urls"),
                    FlagKind.LIST,
                    List.of("log-output"),
                    FlagKind.STRING,
                    List.of(
                            "auth-token",
                            "backend-bbolt-freelist-type",
                            "client-cert-file",
                            "client-key-file",
                            "discovery-srv-name",
                            "experimental-backend-bbolt-freelist-type",
                            "experimental-distributed-tracing-address",
                            "experimental-distributed-tracing-instance-id",
                            "experimental-distributed-tracing-service-name",
                            "experimental-enable-v2v3",
                            "experimental-gRPC-addr",
                            "host-whitelist",
                            "metrics",
                            "peer-client-cert-file",
                            "peer-client-key-file",
                            "v2-deprecation"));

    private static final List<String> LOG_LEVELS =
            List.of("debug", "info", "warn", "error", "dpanic", "panic", "fatal");

    /** Sections of the help, in order, each with its flags. */
    private final Map<String, List<Flag>> sections = new LinkedHashMap<>();

    private final Map<String, Flag> byName = new LinkedHashMap<>();
    private List<Flag> section;

    FlagTable() {
        member();
        cluster();
        security();
        logging();
        own();
        old();
        begin("");
        OBSOLETE.forEach(name -> add(name, FlagKind.BOOL, "", Treatment.OBSOLETE, ""));
        List.of("peers", "peers-file")
                .forEach(name -> add(name, FlagKind.STRING, "", Treatment.REFUSED, ""));
        FOREIGN.forEach(
                (kind, names) ->
                        names.forEach(
                                name ->
                                        add(
                                                name,
                                                kind,
                                                kind == FlagKind.BOOL ? "false" : "",
                                                Treatment.FOREIGN,
                                                "")));
    }

    private void member() {
        begin("Member");
        used("name", FlagKind.STRING, "default", "name of this member, for people");
        used("data-dir", FlagKind.STRING, "", "directory of all data (NAME.etcd where started)");
        used("wal-dir", FlagKind.STRING, "", "directory of the write-ahead log, if elsewhere");
        used("snapshot-count", FlagKind.NUMBER, "10000", "changes from snapshot to snapshot");
        used("heartbeat-interval", FlagKind.NUMBER, "100", "ms between a leader's heartbeats");
        used("election-timeout", FlagKind.NUMBER, "1000", "ms without a leader until an election");
        used("listen-peer-urls", FlagKind.URLS, DEFAULT_PEER_URLS, "where to listen to members");
        used("listen-client-urls", FlagKind.URLS, DEFAULT_CLIENT_URLS, "where to serve clients");
        used("max-snapshots", FlagKind.NUMBER, "5", "snapshot files to keep, 0 = all");
        used("max-wals", FlagKind.NUMBER, "5", "log files to keep, 0 = all");
        used("cors", FlagKind.STRING, "", "origins browsers may come from, comma list or *");
        used("enable-v2", FlagKind.BOOL, "true", "serve /v2; false answers 404 there");
        used("bcrypt-cost", FlagKind.NUMBER, "10", "cost of a password's hash, 4 to 31");
        used(
                "quota-backend-bytes",
                FlagKind.SIGNED,
                "0",
                "most bytes of v3 keys and history, 0 = 2 GiB, below = no limit");
        used(
                "auto-compaction-mode",
                FlagKind.STRING,
                "periodic",
                "what the retention counts: periodic (time) or revision");
        used(
                "auto-compaction-retention",
                FlagKind.STRING,
                "0",
                "v3 history kept: hours, 90m or such, or revisions; 0 = all");
        used("max-request-bytes", FlagKind.NUMBER, "1572864", "longest v3 request that writes");
        used("max-txn-ops", FlagKind.NUMBER, "128", "most operations of a v3 transaction");
        for (final String prefix : List.of("", "experimental-")) {
            used(
                    prefix + "watch-progress-notify-interval",
                    FlagKind.DURATION,
                    "10m",
                    "time between words to v3 watches without events that want them");
        }
        used(
                "max-concurrent-streams",
                FlagKind.NUMBER_32,
                "1000",
                "most streams of a client's HTTP/2 connection, 0 = any");
        used(
                "grpc-keepalive-min-time",
                FlagKind.DURATION,
                "5s",
                "least time between pings of a client, 0 = any");
        used(
                "grpc-keepalive-interval",
                FlagKind.DURATION,
                "2h",
                "silence of a client until it is pinged, 0 = never");
        used(
                "grpc-keepalive-timeout",
                FlagKind.DURATION,
                "20s",
                "time to answer that ping until the connection is closed, 0 = no pings");
        used("config-file", FlagKind.STRING, "", "YAML file that replaces all flags, as etcd 3's");
        used(
                "check-config",
                FlagKind.BOOL,
                "false",
                "print each setting, where it comes from and what is wrong, and exit");
        used("version", FlagKind.BOOL, "false", "print the version and exit");
    }

    private void cluster() {
        begin("Cluster");
        used(
                "initial-advertise-peer-urls",
                FlagKind.URLS,
                DEFAULT_PEER_URLS,
                "how other members reach this one");
        used("initial-cluster", FlagKind.STRING, "", "first members: NAME=URL,NAME=URL");
        choice("initial-cluster-state", "new", "how to start", "new", "existing");
        used("initial-cluster-token", FlagKind.STRING, "etcd-cluster", "enters the ids");
        used(
                "advertise-client-urls",
                FlagKind.URLS,
                DEFAULT_CLIENT_URLS,
                "how clients reach this member");
        used("strict-reconfig-check", FlagKind.BOOL, "false", "refuse risky member changes");
        used(
                "force-new-cluster",
                FlagKind.BOOL,
                "false",
                "go on alone with the data of a lost cluster; once");
        used("discovery", FlagKind.STRING, "", "URL of a token where the first members meet");
        choice("discovery-fallback", "proxy", "what a member too many does", "proxy", "exit");
        used("discovery-proxy", FlagKind.STRING, "", "HTTP proxy to the discovery service");
        used("discovery-srv", FlagKind.STRING, "", "DNS domain that names the first members");
        choice("proxy", "off", "be no member, but forward to the members", "off", "readonly", "on");
        used("proxy-failure-wait", FlagKind.NUMBER, "5000", "ms to pass a failed member over");
        used("proxy-refresh-interval", FlagKind.NUMBER, "30000", "ms between looks for members");
        used("proxy-dial-timeout", FlagKind.NUMBER, "1000", "ms to connect to a member, 0 = any");
        used("proxy-write-timeout", FlagKind.NUMBER, "5000", "ms to send a request, 0 = any");
        used("proxy-read-timeout", FlagKind.NUMBER, "0", "ms of a member's silence, 0 = any");
    }

    private void security() {
        begin("Security");
        for (final String prefix : List.of("", "peer-")) {
            final String whose = prefix.isEmpty() ? "clients" : "members";
            used(prefix + "cert-file", FlagKind.STRING, "", "certificate shown to " + whose);
            used(prefix + "key-file", FlagKind.STRING, "", "key of that certificate");
            used(
                    prefix + "client-cert-auth",
                    FlagKind.BOOL,
                    "false",
                    "demand certificates of " + whose);
            used(
                    prefix + "trusted-ca-file",
                    FlagKind.STRING,
                    "",
                    "authorities whose certificates are demanded of " + whose);
            used(prefix + "ca-file", FlagKind.STRING, "", "the same (deprecated)");
            used(
                    prefix + "auto-tls",
                    FlagKind.BOOL,
                    "false",
                    "make a certificate for " + whose + ", if none is given");
        }
        used("client-crl-file", FlagKind.STRING, "", "certificates of clients called back");
        used("peer-crl-file", FlagKind.STRING, "", "certificates of members called back");
        used(
                "client-cert-allowed-hostname",
                FlagKind.STRING,
                "",
                "host that certificates of clients must be for");
        used("peer-cert-allowed-cn", FlagKind.STRING, "", "common name that members must have");
        used(
                "peer-cert-allowed-hostname",
                FlagKind.STRING,
                "",
                "host that certificates of members must be for");
        used("cipher-suites", FlagKind.LIST, "", "of TLS 1.2, comma list");
        used("tls-min-version", FlagKind.STRING, "TLS1.2", "oldest spoken: TLS1.2 or TLS1.3");
        used("tls-max-version", FlagKind.STRING, "", "newest spoken: TLS1.2 or TLS1.3");
        used(
                "self-signed-cert-validity",
                FlagKind.NUMBER,
                "1",
                "years that certificates of auto-tls are valid");
    }

    private void logging() {
        begin("Log");
        used("debug", FlagKind.BOOL, "false", "log with level DEBUG");
        used("log-package-levels", FlagKind.STRING, "", "levels: engine=DEBUG,http=WARNING");
        used(
                "logger",
                FlagKind.STRING,
                "capnslog",
                "capnslog: lines to a stream; zap: JSON, also to files and the journal");
        addChoice("log-level", "info", Treatment.USED, "least that is logged", LOG_LEVELS);
        used(
                "log-outputs",
                FlagKind.LIST,
                "default",
                "default, stderr, stdout, systemd/journal or files, comma list");
        used("log-format", FlagKind.STRING, "console", "json or console; of zap, json");
        used(
                "enable-log-rotation",
                FlagKind.BOOL,
                "false",
                "put the one file among the outputs aside when it has grown");
        used(
                "log-rotation-config-json",
                FlagKind.STRING,
                "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \"localtime\": false,"
                        + " \"compress\": false}",
                "MiB of a file, days and number of those kept (0: all), names, gzip");
    }

    private void own() {
        begin("Larch");
        choice(
                "threads",
                "auto",
                "one thread for all (fused), or one each; auto: fused up to 3 processors",
                "auto",
                "fused",
                "split");
        choice("idle", "adaptive", "what a thread without work does", "adaptive", "park", "spin");
        choice(
                "sockets",
                "auto",
                "how sockets are served; auto: the quickest that the machine has",
                "auto",
                "io_uring",
                "epoll",
                "nio");
        used("engine-cpu", FlagKind.CPU, "", "CPU of the engine's thread; fused: of the one");
        used("edge-cpus", FlagKind.CPUS, "", "CPUs of event loops, one each: 2,4-5; means split");
        choice(
                "peer-transport",
                "udp",
                "what members talk over at http peer URLs; same on all members",
                "udp",
                "tcp");
        used(
                "archive-wal",
                FlagKind.STRING,
                "",
                "directory where complete log segments and snapshots are kept for larchctl restore");
        used(
                "archive-wal-interval",
                FlagKind.DURATION,
                "5m0s",
                "how often the log's end is kept there too, if there is anything new; 0: never");
        used(
                "archive-wal-retention",
                FlagKind.DURATION,
                "0s",
                "how far back restores shall reach; what is older is deleted there; 0: nothing is");
        choice("wal-append", "write", "how records reach the log file", "write", "map");
        used(
                "event-history",
                FlagKind.NUMBER,
                "20000",
                "events kept for watches of the past; same on all members");
        used(
                "announce-version",
                FlagKind.STRING,
                LarchVersion.ANNOUNCED,
                "version of etcd that clients are told: 3.4.23 or such");
        used("max-nodes", FlagKind.NUMBER, "10000000", "most keys and directories");
        used("max-bytes", FlagKind.NUMBER, "8589934592", "most bytes of keys and values");
        used(
                "mvcc-memory",
                FlagKind.NUMBER,
                "0",
                "bytes of v3 history in memory, more is in files; 0 = a quarter of all, 2 GiB at most");
    }

    private void old() {
        begin("etcd 0.4 (IP:PORT instead of URLs)");
        used("config", FlagKind.STRING, "", "TOML file; flags and variables win over it");
        used("addr", FlagKind.ADDRESS, "", "advertise-client-urls");
        used("bind-addr", FlagKind.ADDRESS, "", "listen-client-urls");
        used("peer-addr", FlagKind.ADDRESS, "", "initial-advertise-peer-urls");
        used("peer-bind-addr", FlagKind.ADDRESS, "", "listen-peer-urls");
    }

    /** The flag of a name, or null. */
    Flag get(final String name) {
        return byName.get(name);
    }

    /** The flag of a name written in any case, or null. */
    Flag getInCapitalsOrNot(final String name) {
        final Flag flag = byName.get(name.toLowerCase(Locale.ROOT));
        return flag != null ? flag : byName.get(name);
    }

    /** All flags in the order of their names. */
    List<Flag> sorted() {
        return byName.values().stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
    }

    /** Sections of the help with their flags; the one without a title has those without effect. */
    Map<String, List<Flag>> sections() {
        return sections;
    }

    private void begin(final String title) {
        section = new ArrayList<>();
        sections.put(title, section);
    }

    private void used(
            final String name, final FlagKind kind, final String fallback, final String help) {
        add(name, kind, fallback, Treatment.USED, help);
    }

    private void choice(
            final String name, final String fallback, final String help, final String... choices) {
        addChoice(name, fallback, Treatment.USED, help, List.of(choices));
    }

    private void addChoice(
            final String name,
            final String fallback,
            final Treatment treatment,
            final String help,
            final List<String> choices) {
        add(new Flag(name, FlagKind.CHOICE, choices, fallback, treatment, help));
    }

    private void add(
            final String name,
            final FlagKind kind,
            final String fallback,
            final Treatment treatment,
            final String help) {
        add(new Flag(name, kind, List.of(), fallback, treatment, help));
    }

    private void add(final Flag flag) {
        section.add(flag);
        byName.put(flag.name(), flag);
    }
}
