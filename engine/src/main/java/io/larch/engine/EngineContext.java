package io.larch.engine;

import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.disk.Directory;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.member.Member;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.Standing;
import io.larch.engine.raft.RaftConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.status.CountersManager;

/**
 * What one engine is told at launch: set once, {@link #conclude concluded}, then only read. Setters
 * are named as the flags they come from; messages name the flag and the value found.
 */
public final class EngineContext {
    private static final long NANOS_PER_MS = 1_000_000L;

    private long memberId;
    private long clusterId;
    private String name = "default";
    private List<String> peerUrls = List.of();
    private List<String> clientUrls = List.of();
    private Path memberDir;
    private Path walDir;
    private Path archiveDir;
    private long archiveIntervalNanos;
    private long archiveRetentionMs;
    private long heartbeatIntervalMs = 100;
    private long electionTimeoutMs = 1000;
    private long snapshotCount = 10_000;
    private boolean snapshotsBySize;
    private int maxSnapshots = 5;
    private int maxWals = 5;
    private boolean walsAsNeeded;
    private boolean walMapped;
    private int eventHistory = 20_000;
    private long maxNodes;
    private long maxBytes;
    private long hashSeed;
    private List<Member> founders = List.of();
    private boolean isJoining;
    private boolean forceNewCluster;
    private boolean strictReconfigCheck;
    private PeerTransport transport = PeerTransport.NONE;
    private IdleWait idleWait = IdleWait.PARK;
    private Runnable threadStart = () -> {};
    private Directory walFiles;
    private Directory snapFiles;
    private int walSegmentBytes;
    private Executor snapshotExecutor;
    private long trailingEntries = 5_000;
    private List<ApplicationFactory> applications = List.of();
    private int featureLevel = FeatureLevel.CURRENT;
    private Standing standing = new Standing();
    private UnaryOperator<RaftConfig> raftTuning = UnaryOperator.identity();
    private CountersManager counters;
    private LongSupplier epochNanos = new org.agrona.concurrent.SystemEpochNanoClock()::nanoTime;
    private LongSupplier nanoTime = System::nanoTime;

    /** Where the engine's counters are made; null for counters that nobody else sees. */
    public EngineContext counters(final CountersManager counters) {
        this.counters = counters;
        return this;
    }

    public CountersManager counters() {
        return counters;
    }

    public EngineContext memberId(final long memberId) {
        this.memberId = memberId;
        return this;
    }

    public long memberId() {
        return memberId;
    }

    public EngineContext clusterId(final long clusterId) {
        this.clusterId = clusterId;
        return this;
    }

    public long clusterId() {
        return clusterId;
    }

    public EngineContext name(final String name) {
        this.name = name;
        return this;
    }

    public String name() {
        return name;
    }

    public EngineContext peerUrls(final List<String> peerUrls) {
        this.peerUrls = List.copyOf(peerUrls);
        return this;
    }

    public List<String> peerUrls() {
        return peerUrls;
    }

    public EngineContext clientUrls(final List<String> clientUrls) {
        this.clientUrls = List.copyOf(clientUrls);
        return this;
    }

    public List<String> clientUrls() {
        return clientUrls;
    }

    /** The directory that holds {@code snap} and, unless {@link #walDir} is set, {@code wal}. */
    public EngineContext memberDir(final Path memberDir) {
        this.memberDir = memberDir;
        return this;
    }

    public Path memberDir() {
        return memberDir;
    }

    public EngineContext walDir(final Path walDir) {
        this.walDir = walDir;
        return this;
    }

    public Path walDir() {
        return walDir;
    }

    /**
     * Where complete segments of the log and snapshots are kept, below a directory of this member's
     * own; null: nowhere. Not with {@link #walFiles}.
     */
    public EngineContext archiveDir(final Path archiveDir) {
        this.archiveDir = archiveDir;
        return this;
    }

    public Path archiveDir() {
        return archiveDir;
    }

    /** How often the end of the log is kept there too, before its segment is complete; 0: never. */
    public EngineContext archiveIntervalNanos(final long archiveIntervalNanos) {
        this.archiveIntervalNanos = archiveIntervalNanos;
        return this;
    }

    public long archiveIntervalNanos() {
        return archiveDir == null ? 0 : archiveIntervalNanos;
    }

    /**
     * How far back restores shall reach, for which all that is older goes; 0: nothing ever goes.
     */
    public EngineContext archiveRetentionMs(final long archiveRetentionMs) {
        this.archiveRetentionMs = archiveRetentionMs;
        return this;
    }

    public long archiveRetentionMs() {
        return archiveRetentionMs;
    }

    public Path snapDir() {
        return memberDir.resolve("snap");
    }

    public EngineContext heartbeatIntervalMs(final long heartbeatIntervalMs) {
        this.heartbeatIntervalMs = heartbeatIntervalMs;
        return this;
    }

    public long heartbeatIntervalMs() {
        return heartbeatIntervalMs;
    }

    public EngineContext electionTimeoutMs(final long electionTimeoutMs) {
        this.electionTimeoutMs = electionTimeoutMs;
        return this;
    }

    public long electionTimeoutMs() {
        return electionTimeoutMs;
    }

    /** Applied entries between snapshots. */
    public EngineContext snapshotCount(final long snapshotCount) {
        this.snapshotCount = snapshotCount;
        return this;
    }

    public long snapshotCount() {
        return snapshotCount;
    }

    /**
     * Whether a snapshot also waits until there is log enough behind the last one: a store is not
     * written again and again for a few changes.
     */
    public EngineContext snapshotsBySize(final boolean snapshotsBySize) {
        this.snapshotsBySize = snapshotsBySize;
        return this;
    }

    public boolean snapshotsBySize() {
        return snapshotsBySize;
    }

    /** Snapshot files kept; 0 keeps all. */
    public EngineContext maxSnapshots(final int maxSnapshots) {
        this.maxSnapshots = maxSnapshots;
        return this;
    }

    public int maxSnapshots() {
        return maxSnapshots;
    }

    /** Log segments kept; 0 keeps all. */
    public EngineContext maxWals(final int maxWals) {
        this.maxWals = maxWals;
        return this;
    }

    public int maxWals() {
        return maxWals;
    }

    /** Whether more are kept where the log has needed more; for who has not said how many. */
    public EngineContext walsAsNeeded(final boolean walsAsNeeded) {
        this.walsAsNeeded = walsAsNeeded;
        return this;
    }

    public boolean walsAsNeeded() {
        return walsAsNeeded;
    }

    /** Whether appends go through the mapping instead of positional writes. */
    public EngineContext walMapped(final boolean walMapped) {
        this.walMapped = walMapped;
        return this;
    }

    public boolean walMapped() {
        return walMapped;
    }

    /** Events kept for watches that ask for the past. */
    public EngineContext eventHistory(final int eventHistory) {
        this.eventHistory = eventHistory;
        return this;
    }

    public int eventHistory() {
        return eventHistory;
    }

    /** Nodes of the key tree at most; 0 takes the store's default. */
    public EngineContext maxNodes(final long maxNodes) {
        this.maxNodes = maxNodes;
        return this;
    }

    public long maxNodes() {
        return maxNodes;
    }

    /** Bytes of paths and values at most; 0 takes the store's default. */
    public EngineContext maxBytes(final long maxBytes) {
        this.maxBytes = maxBytes;
        return this;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** What hashes of what clients choose depend on; no client may know it. */
    public EngineContext hashSeed(final long hashSeed) {
        this.hashSeed = hashSeed;
        return this;
    }

    public long hashSeed() {
        return hashSeed;
    }

    /**
     * All members of the first configuration, this one included; empty: this member alone. Of a
     * {@link #joining} member: who is in the cluster, as one of them told, so that it can be
     * reached. Looked at only when the directory is new.
     */
    public EngineContext founders(final List<Member> founders) {
        this.founders = List.copyOf(founders);
        return this;
    }

    public List<Member> founders() {
        return founders;
    }

    /** Whether this member joins a cluster that is running and learns its log from the leader. */
    public EngineContext joining(final boolean joining) {
        this.isJoining = joining;
        return this;
    }

    public boolean joining() {
        return isJoining;
    }

    /** {@code --force-new-cluster}: go on with the data here as the only member. */
    public EngineContext forceNewCluster(final boolean forceNewCluster) {
        this.forceNewCluster = forceNewCluster;
        return this;
    }

    public boolean forceNewCluster() {
        return forceNewCluster;
    }

    /** {@code --strict-reconfig-check}: refuse changes that would leave too few members up. */
    public EngineContext strictReconfigCheck(final boolean strictReconfigCheck) {
        this.strictReconfigCheck = strictReconfigCheck;
        return this;
    }

    public boolean strictReconfigCheck() {
        return strictReconfigCheck;
    }

    /** The way to other members; the engine closes it. */
    public EngineContext transport(final PeerTransport transport) {
        this.transport = transport;
        return this;
    }

    public PeerTransport transport() {
        return transport;
    }

    /** How the engine's own thread sleeps; a transport's sockets may end the sleep too. */
    public EngineContext idleWait(final IdleWait idleWait) {
        this.idleWait = idleWait;
        return this;
    }

    public IdleWait idleWait() {
        return idleWait;
    }

    /**
     * What the engine's own thread does before anything else; an engine that has none does not do
     * it.
     */
    public EngineContext threadStart(final Runnable threadStart) {
        this.threadStart = threadStart;
        return this;
    }

    public Runnable threadStart() {
        return threadStart;
    }

    /**
     * A disk of another kind for the log, by default {@link #walDir}; null: the default. Then the
     * log has no threads of its own either: what it does happens on the engine's thread.
     */
    public EngineContext walFiles(final Directory walFiles) {
        this.walFiles = walFiles;
        return this;
    }

    public Directory walFiles() {
        return walFiles;
    }

    /** A disk of another kind for the snapshots, by default {@link #snapDir}; null: the default. */
    public EngineContext snapFiles(final Directory snapFiles) {
        this.snapFiles = snapFiles;
        return this;
    }

    public Directory snapFiles() {
        return snapFiles;
    }

    /** Bytes of a segment of the log, a multiple of 4096; 0 takes the log's default. */
    public EngineContext walSegmentBytes(final int walSegmentBytes) {
        this.walSegmentBytes = walSegmentBytes;
        return this;
    }

    public int walSegmentBytes() {
        return walSegmentBytes;
    }

    /**
     * Where snapshots are written, taken and received ones; it must run its tasks one after the
     * other, and may run them in the calling thread. Null: a thread of its own.
     */
    public EngineContext snapshotExecutor(final Executor snapshotExecutor) {
        this.snapshotExecutor = snapshotExecutor;
        return this;
    }

    public Executor snapshotExecutor() {
        return snapshotExecutor;
    }

    /**
     * Applications beside the keys of the v2 API, in the order of their sections in snapshots; by
     * default none. The same on all members that have the feature level they need.
     */
    public EngineContext applications(final List<ApplicationFactory> applications) {
        this.applications = List.copyOf(applications);
        return this;
    }

    public List<ApplicationFactory> applications() {
        return applications;
    }

    /** Where edges see whether this member is a learner; given to them before the start. */
    public EngineContext standing(final Standing standing) {
        this.standing = standing;
        return this;
    }

    public Standing standing() {
        return standing;
    }

    /** What this member tells the others that it understands; see {@link FeatureLevel}. */
    public EngineContext featureLevel(final int featureLevel) {
        this.featureLevel = featureLevel;
        return this;
    }

    public int featureLevel() {
        return featureLevel;
    }

    /**
     * Entries kept behind a snapshot, so that a follower that was away for a moment needs no
     * snapshot. For tests: the default suits everybody.
     */
    public EngineContext trailingEntries(final long trailingEntries) {
        this.trailingEntries = trailingEntries;
        return this;
    }

    public long trailingEntries() {
        return trailingEntries;
    }

    /** What a test changes about the core's limits. */
    public EngineContext raftTuning(final UnaryOperator<RaftConfig> raftTuning) {
        this.raftTuning = raftTuning;
        return this;
    }

    public UnaryOperator<RaftConfig> raftTuning() {
        return raftTuning;
    }

    /** The wall clock, nanoseconds since the epoch. */
    public EngineContext epochNanos(final LongSupplier epochNanos) {
        this.epochNanos = epochNanos;
        return this;
    }

    public LongSupplier epochNanos() {
        return epochNanos;
    }

    /** The monotonic clock that drives ticks, nanoseconds from an arbitrary origin. */
    public EngineContext nanoTime(final LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return this;
    }

    public LongSupplier nanoTime() {
        return nanoTime;
    }

    /** One tick of the Raft core: 10 ms, or the heartbeat interval when that is shorter. */
    public long tickNanos() {
        return Math.min(10, heartbeatIntervalMs) * NANOS_PER_MS;
    }

    /**
     * How long a write or a quorum read may wait: five seconds and two election timeouts, as in
     * etcd.
     */
    public long requestTimeoutNanos() {
        return (5_000L + 2 * electionTimeoutMs) * NANOS_PER_MS;
    }

    /**
     * Fills in defaults and checks.
     *
     * @throws IllegalArgumentException naming the flag and the value found.
     */
    public EngineContext conclude() {
        if (memberDir == null) {
            throw new IllegalArgumentException("--data-dir must be set");
        }
        if (memberId == 0) {
            throw new IllegalArgumentException("member id must not be 0");
        }
        if (heartbeatIntervalMs <= 0) {
            throw new IllegalArgumentException(
                    "--heartbeat-interval must be greater than 0: " + heartbeatIntervalMs);
        }
        if (electionTimeoutMs < 5 * heartbeatIntervalMs) {
            throw new IllegalArgumentException(
                    "--election-timeout must be at least five times --heartbeat-interval: "
                            + electionTimeoutMs
                            + " < 5 * "
                            + heartbeatIntervalMs);
        }
        if (snapshotCount <= 0) {
            snapshotCount = 10_000;
        }
        if (walDir == null) {
            walDir = memberDir.resolve("wal");
        }
        return this;
    }
}
