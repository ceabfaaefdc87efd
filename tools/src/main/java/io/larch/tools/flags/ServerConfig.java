package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import io.larch.engine.member.InitialCluster;
import io.larch.engine.wal.AppendPath;
import io.larch.tools.log.LogLevel;
import io.larch.tools.log.LogTarget;
import io.larch.tools.tls.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Everything a member, or a proxy, is told at its start, checked. Made by {@link LarchFlags}.
 *
 * @param name --name.
 * @param commandLine the arguments as given, program name first.
 */
public record ServerConfig(
        String name,
        Storage storage,
        Urls urls,
        Bootstrap bootstrap,
        Proxy proxy,
        Security security,
        Timing timing,
        Api api,
        Revisions revisions,
        V3 v3,
        Tuning tuning,
        Logging logging,
        List<String> commandLine) {

    /**
     * What is kept for restores to a moment of the past.
     *
     * @param directory where; null: nowhere.
     * @param intervalNanos how often the end of the log is kept before its segment is complete; 0:
     *     never.
     * @param retentionMs how far back restores shall reach; 0: all is kept for ever.
     */
    public record Archive(Path directory, long intervalNanos, long retentionMs) {
        /** None. */
        public static final Archive NONE = new Archive(null, 0, 0);
    }

    /**
     * Where and how much to keep.
     *
     * @param dataDir --data-dir.
     * @param walDir --wal-dir, or {@code <data-dir>/member/wal}.
     * @param snapshotCount applied entries from one snapshot to the next; above 0.
     * @param snapshotsBySize whether one also waits until there is enough log behind the last:
     *     where nobody said how many entries.
     * @param maxSnapshots files kept, 0 = unlimited.
     * @param maxWals files kept, 0 = unlimited.
     * @param walsAsNeeded whether more are kept where the log has needed more: where nobody said
     *     how many.
     * @param walAppend how records reach the file.
     * @param archive of segments and snapshots.
     */
    public record Storage(
            Path dataDir,
            Path walDir,
            long snapshotCount,
            boolean snapshotsBySize,
            int maxSnapshots,
            int maxWals,
            boolean walsAsNeeded,
            AppendPath walAppend,
            Archive archive) {
        /** {@code <data-dir>/member}: its presence with a log makes a start a restart. */
        public Path memberDir() {
            return dataDir.resolve("member");
        }

        /** {@code <data-dir>/proxy}: its presence makes a start that of a proxy. */
        public Path proxyDir() {
            return dataDir.resolve("proxy");
        }

        /** {@code <data-dir>/member/snap}. */
        public Path snapDir() {
            return memberDir().resolve("snap");
        }
    }

    /**
     * Addresses, all of the form {@code http://host:port} or {@code https://host:port}, each list
     * sorted and not empty.
     */
    public record Urls(
            List<String> listenPeer,
            List<String> listenClient,
            List<String> advertisePeer,
            List<String> advertiseClient) {}

    /**
     * How the first start finds its cluster; a restart ignores all but {@link #forceNewCluster}.
     *
     * @param cluster of --initial-cluster; with a discovery, the member itself alone.
     * @param isNew --initial-cluster-state.
     * @param token enters ids; with --discovery, its URL.
     */
    public record Bootstrap(
            InitialCluster cluster,
            boolean isNew,
            String token,
            boolean strictReconfigCheck,
            boolean forceNewCluster,
            Discovery discovery) {}

    /**
     * Where to ask for the other members.
     *
     * @param url --discovery: a token on a discovery service; empty: none.
     * @param proxy --discovery-proxy: HTTP proxy on the way there; empty: none.
     * @param fallsBackToProxy whether a member too many is to be a proxy instead.
     * @param srvDomain --discovery-srv: DNS domain; empty: none.
     */
    public record Discovery(String url, String proxy, boolean fallsBackToProxy, String srvDomain) {
        /** Whether a discovery service is to be asked. */
        public boolean hasUrl() {
            return !url.isEmpty();
        }

        /** Whether the DNS is to be asked. */
        public boolean hasSrvDomain() {
            return !srvDomain.isEmpty();
        }
    }

    /**
     * How to be a proxy; times in milliseconds.
     *
     * @param mode whether to be one, unless the data directory says what it is.
     * @param failureWaitMs how long a member that failed is passed over.
     * @param refreshMs from one look for members to the next.
     * @param dialMs to connect to a member; 0: no limit.
     * @param writeMs to send a request; 0: no limit.
     * @param readMs how long a member may be silent; 0: no limit.
     */
    public record Proxy(
            ProxyMode mode,
            int failureWaitMs,
            int refreshMs,
            int dialMs,
            int writeMs,
            int readMs) {}

    /** --proxy. */
    public enum ProxyMode {
        OFF,
        READONLY,
        ON
    }

    /**
     * What is spoken at https URLs. Files are named, not read.
     *
     * @param clients certificates towards clients.
     * @param clientAutoTls whether the member is to make its own.
     * @param peers certificates towards members.
     * @param peerAutoTls whether the member is to make its own.
     * @param selfSignedYears how long the ones that it makes are valid; above 0.
     */
    public record Security(
            TlsSettings clients,
            boolean clientAutoTls,
            TlsSettings peers,
            boolean peerAutoTls,
            int selfSignedYears) {
        /** Whether members at https URLs could be reached. */
        public boolean hasPeerTls() {
            return peers.hasCertificate() || peerAutoTls;
        }
    }

    /**
     * @param heartbeatMs one Raft tick.
     * @param electionMs at least five heartbeats.
     */
    public record Timing(int heartbeatMs, int electionMs) {
        /** Ticks without a leader before a member asks for votes. */
        public int electionTicks() {
            return electionMs / heartbeatMs;
        }

        /** How long a client's request may wait for a commit: etcd's rule. */
        public long requestTimeoutMs() {
            return 5_000L + 2L * electionMs;
        }
    }

    /**
     * What clients of the v3 API may ask, and are told.
     *
     * @param announcedVersion three numbers with points between.
     * @param maxRequestBytes of a request that writes.
     * @param maxTxnOps operations of a transaction, with those nested in it.
     * @param progressIntervalMs between two words to a watch that has no events.
     * @param connections what clients may do with a connection of HTTP/2.
     */
    public record V3(
            String announcedVersion,
            int maxRequestBytes,
            int maxTxnOps,
            long progressIntervalMs,
            Http2 connections) {}

    /**
     * A client's connection of HTTP/2.
     *
     * @param maxStreams that are open at once.
     * @param keepaliveMinNanos between two pings of a client; 0: it may ping as it likes.
     * @param keepaliveIntervalNanos after which a silent client is pinged; 0: never.
     * @param keepaliveTimeoutNanos within which it has to answer then.
     */
    public record Http2(
            long maxStreams,
            long keepaliveMinNanos,
            long keepaliveIntervalNanos,
            long keepaliveTimeoutNanos) {}

    /**
     * The keys of the v3 API.
     *
     * @param quotaBytes what they and their history may take; 0: the default; below: no limit.
     * @param memoryBytes what of them may lie in memory; 0: the default.
     * @param isCompactedByTime whether the retention is a time; else revisions.
     * @param retentionText history that stays when the rest is compacted by itself, as given.
     */
    public record Revisions(
            long quotaBytes, long memoryBytes, boolean isCompactedByTime, String retentionText) {
        /** As the quota: who has not raised that has all in memory. */
        private static final long MOST_BYTES = 2L << 30;

        /**
         * What of the history may lie in memory. By default a quarter of the machine's memory, or
         * of the container's: the rest is for the index, the v2 tree, the Java heap, and the
         * kernel, which keeps of the files in memory what it has room for.
         */
        public long historyBytes(final long machineBytes) {
            return memoryBytes != 0 ? memoryBytes : Math.min(MOST_BYTES, machineBytes / 4);
        }

        /**
         * What stays, in nanoseconds or revisions; 0: all. A number alone is hours, or revisions;
         * everything else is a span of time, as it is in etcd.
         *
         * @throws IllegalArgumentException if it cannot be read: etcd says so when it starts, not
         *     when it looks at its flags.
         */
        public long retention() {
            if (retentionText.isEmpty()) {
                return 0;
            }
            try {
                if (retentionText.matches("[+]?[0-9]{1,18}")) {
                    final long number = Long.parseLong(retentionText);
                    return isCompactedByTime ? TimeUnit.HOURS.toNanos(number) : number;
                }
                return Math.max(0, GoNumber.duration(retentionText));
            } catch (final NumberFormatException e) {
                final boolean isNumber = retentionText.matches("[-+]?[0-9.]+");
                throw new IllegalArgumentException(
                        "error parsing CompactionRetention: time: "
                                + (isNumber ? "missing unit in" : "invalid")
                                + " duration "
                                + GoText.quoted(retentionText),
                        e);
            }
        }
    }

    /**
     * @param corsOrigins --cors; empty: no CORS headers.
     * @param enableV2 false makes /v2 answer 404.
     * @param bcryptCost of passwords' hashes, as a power of two.
     */
    public record Api(Set<String> corsOrigins, boolean enableV2, int bcryptCost) {}

    /**
     * Larch's own flags.
     *
     * @param peerTransport of members at http URLs; the same on all.
     * @param eventHistory events kept for watches of the past; the same on all members.
     * @param maxNodes most keys and directories.
     * @param maxBytes most bytes of keys and values.
     * @param cpus of the threads that serve.
     */
    public record Tuning(
            Threads threads,
            Idle idle,
            Sockets sockets,
            PeerProtocol peerTransport,
            int eventHistory,
            long maxNodes,
            long maxBytes,
            Cpus cpus) {
        /** The layout to run: event loops that have CPUs are threads of their own. */
        public Threads layout(final int processors) {
            return threads == Threads.AUTO && !cpus.edges().isEmpty()
                    ? Threads.SPLIT
                    : threads.resolve(processors);
        }
    }

    /**
     * Where threads that serve run; there are such CPUs, and the process may use them.
     *
     * @param engine of the engine's thread, in the fused layout of the one thread; empty: any.
     * @param edges of the event loops, one each; none is twice there or the engine's. Empty: any.
     */
    public record Cpus(OptionalInt engine, List<Integer> edges) {
        /** Wherever the kernel likes. */
        public static final Cpus ANY = new Cpus(OptionalInt.empty(), List.of());

        /** Whether any thread has a CPU of its own. */
        public boolean arePinned() {
            return engine.isPresent() || !edges.isEmpty();
        }

        /** The engine's, if it has one, and those of the event loops. */
        public List<Integer> all() {
            return Stream.concat(engine.stream().boxed(), edges.stream()).toList();
        }
    }

    /**
     * @param level of what has none of its own.
     * @param packageLevels levels by package, as --log-package-levels gives them.
     * @param target where the log goes.
     */
    public record Logging(LogLevel level, Map<String, LogLevel> packageLevels, LogTarget target) {}

    /** Which thread layout to run. */
    public enum Threads {
        /** Fused on up to three processors, split above. */
        AUTO,
        FUSED,
        SPLIT;

        private static final int MOST_PROCESSORS_FOR_FUSED = 3;

        /** What AUTO means here. */
        public Threads resolve(final int processors) {
            if (this != AUTO) {
                return this;
            }
            return processors <= MOST_PROCESSORS_FOR_FUSED ? FUSED : SPLIT;
        }
    }

    /** What carries messages between members where TLS does not. */
    public enum PeerProtocol {
        UDP,
        TCP
    }

    /** How event loops serve sockets. */
    public enum Sockets {
        AUTO,
        IO_URING,
        EPOLL,
        NIO
    }

    /** What a thread without work does. */
    public enum Idle {
        ADAPTIVE,
        PARK,
        SPIN
    }
}
