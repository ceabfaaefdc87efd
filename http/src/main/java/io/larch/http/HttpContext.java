package io.larch.http;

import io.larch.engine.port.AuthViews;
import io.larch.engine.port.Standing;
import io.larch.http.v3.http2.Http2Limits;
import io.larch.http.v3.service.ServiceSettings;
import io.netty.util.internal.PlatformDependent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.agrona.concurrent.OffsetEpochNanoClock;
import org.agrona.concurrent.status.CountersManager;

/**
 * Configuration of an {@link HttpEdge}: set once, {@link #conclude()} checks, then only read.
 *
 * <p>Not threadsafe until concluded.
 */
public final class HttpContext {
    private long clusterId;
    private long requestTimeoutMs = 7_000;
    private long slowSenderTimeoutMs = 60_000;
    private int maxHeadBytes = 1 << 20;
    private int maxFormBytes = 10 << 20;
    private long maxInputBytes = Runtime.getRuntime().maxMemory() / 4;
    private int maxClientConnections = Integer.MAX_VALUE;
    private int maxPeerConnections = Integer.MAX_VALUE;
    private long maxOutputBytes = PlatformDependent.maxDirectMemory() / 2;
    private long slowReaderTimeoutMs = 30_000;
    private int watchBufferEvents = 100;
    private int watchBufferBytes = 4 << 20;
    private Set<String> corsOrigins = Set.of();
    private List<String> commandLine = List.of();
    private LongSupplier epochNanos = new OffsetEpochNanoClock()::nanoTime;
    private LongSupplier monotonicNanos = System::nanoTime;
    private Predicate<String> logLevelSetter = level -> true;
    private Supplier<String> metrics;
    private CountersManager counters;
    private String serverVersion = "2.3.8";
    private boolean isV2Enabled = true;
    private AuthViews auth = new AuthViews();
    private Standing standing = new Standing();
    private int bcryptCost = 10;
    private boolean hasPeerTls;
    private Http2Limits http2Limits = Http2Limits.DEFAULT;
    private long memberId;
    private V3Options v3;

    /** Where the edge's counters are made; null for counters that nobody else sees. */
    public HttpContext counters(final CountersManager counters) {
        this.counters = counters;
        return this;
    }

    public CountersManager counters() {
        return counters;
    }

    /** Cluster id for the {@code X-Etcd-Cluster-Id} header. */
    public HttpContext clusterId(final long clusterId) {
        this.clusterId = clusterId;
        return this;
    }

    public long clusterId() {
        return clusterId;
    }

    /** How long a client waits for the engine: 5 s and two election time-outs in etcd. */
    public HttpContext requestTimeoutMs(final long requestTimeoutMs) {
        this.requestTimeoutMs = requestTimeoutMs;
        return this;
    }

    public long requestTimeoutMs() {
        return requestTimeoutMs;
    }

    /** How long a client may take from one piece of an unfinished request to the next. */
    public HttpContext slowSenderTimeoutMs(final long slowSenderTimeoutMs) {
        this.slowSenderTimeoutMs = slowSenderTimeoutMs;
        return this;
    }

    public long slowSenderTimeoutMs() {
        return slowSenderTimeoutMs;
    }

    /** Bound of request line and headers together; more is a 431. */
    public HttpContext maxHeadBytes(final int maxHeadBytes) {
        this.maxHeadBytes = maxHeadBytes;
        return this;
    }

    public int maxHeadBytes() {
        return maxHeadBytes;
    }

    /** Bound of a request's body; more is etcd's {@code http: POST too large}. */
    public HttpContext maxFormBytes(final int maxFormBytes) {
        this.maxFormBytes = maxFormBytes;
        return this;
    }

    public int maxFormBytes() {
        return maxFormBytes;
    }

    /**
     * Bound of what the unfinished requests of all clients may take together, a quarter of the heap
     * by default; who comes too much is answered 503.
     */
    public HttpContext maxInputBytes(final long maxInputBytes) {
        this.maxInputBytes = maxInputBytes;
        return this;
    }

    public long maxInputBytes() {
        return maxInputBytes;
    }

    /** Connections that clients may have open at once; one more is closed at once. */
    public HttpContext maxClientConnections(final int maxClientConnections) {
        this.maxClientConnections = maxClientConnections;
        return this;
    }

    public int maxClientConnections() {
        return maxClientConnections;
    }

    /** As {@link #maxClientConnections(int)}, at the peers' listeners. */
    public HttpContext maxPeerConnections(final int maxPeerConnections) {
        this.maxPeerConnections = maxPeerConnections;
        return this;
    }

    public int maxPeerConnections() {
        return maxPeerConnections;
    }

    /**
     * Bound of what the answers of all clients may take together until the clients have taken them,
     * half of the memory outside the heap by default. Requests for keys wait for room; to make room
     * for other answers, the clients that have taken nothing for the longest time are cut off. What
     * has to be answered may go half beyond.
     */
    public HttpContext maxOutputBytes(final long maxOutputBytes) {
        this.maxOutputBytes = maxOutputBytes;
        return this;
    }

    public long maxOutputBytes() {
        return maxOutputBytes;
    }

    /** How long a client may take nothing of an answer that waits for it; then it is cut off. */
    public HttpContext slowReaderTimeoutMs(final long slowReaderTimeoutMs) {
        this.slowReaderTimeoutMs = slowReaderTimeoutMs;
        return this;
    }

    public long slowReaderTimeoutMs() {
        return slowReaderTimeoutMs;
    }

    /** A watch whose client does not read is ended once this many events wait for it ... */
    public HttpContext watchBufferEvents(final int watchBufferEvents) {
        this.watchBufferEvents = watchBufferEvents;
        return this;
    }

    public int watchBufferEvents() {
        return watchBufferEvents;
    }

    /** ... and together they have this many bytes. */
    public HttpContext watchBufferBytes(final int watchBufferBytes) {
        this.watchBufferBytes = watchBufferBytes;
        return this;
    }

    public int watchBufferBytes() {
        return watchBufferBytes;
    }

    /** Origins of {@code --cors}; {@code *} allows all. Empty: no CORS headers. */
    public HttpContext corsOrigins(final Set<String> corsOrigins) {
        this.corsOrigins = Set.copyOf(corsOrigins);
        return this;
    }

    public Set<String> corsOrigins() {
        return corsOrigins;
    }

    /** The arguments the process was started with, for {@code /debug/vars}. */
    public HttpContext commandLine(final List<String> commandLine) {
        this.commandLine = List.copyOf(commandLine);
        return this;
    }

    public List<String> commandLine() {
        return commandLine;
    }

    /** Wall clock in nanoseconds since the epoch; asked on every event loop's thread. */
    public HttpContext epochNanos(final LongSupplier epochNanos) {
        this.epochNanos = epochNanos;
        return this;
    }

    public LongSupplier epochNanos() {
        return epochNanos;
    }

    /** The clock of time-outs; any origin, never goes back. */
    public HttpContext monotonicNanos(final LongSupplier monotonicNanos) {
        this.monotonicNanos = monotonicNanos;
        return this;
    }

    public LongSupplier monotonicNanos() {
        return monotonicNanos;
    }

    /**
     * Sets the log level for {@code PUT /config/local/log}; called on an event loop's thread with a
     * level in upper case as capnslog names it (CRITICAL to TRACE). False: not accepted.
     */
    public HttpContext logLevelSetter(final Predicate<String> logLevelSetter) {
        this.logLevelSetter = logLevelSetter;
        return this;
    }

    public Predicate<String> logLevelSetter() {
        return logLevelSetter;
    }

    /**
     * More lines for {@code /metrics}, in Prometheus text format 0.0.4, behind those of the edge
     * and the engine; null (the default): none. Called on an event loop's thread, must not block.
     */
    public HttpContext metrics(final Supplier<String> metrics) {
        this.metrics = metrics;
        return this;
    }

    public Supplier<String> metrics() {
        return metrics;
    }

    /** The etcd version that {@code /version} reports. */
    public HttpContext serverVersion(final String serverVersion) {
        this.serverVersion = serverVersion;
        return this;
    }

    public String serverVersion() {
        return serverVersion;
    }

    /** Whether this member could reach others at https URLs; without, none may be added there. */
    public HttpContext hasPeerTls(final boolean hasPeerTls) {
        this.hasPeerTls = hasPeerTls;
        return this;
    }

    boolean hasPeerTls() {
        return hasPeerTls;
    }

    /** What one connection of HTTP/2 may do. */
    public HttpContext http2Limits(final Http2Limits http2Limits) {
        this.http2Limits = http2Limits;
        return this;
    }

    Http2Limits http2Limits() {
        return http2Limits;
    }

    /** This member's id, for the headers of v3's answers. */
    public HttpContext memberId(final long memberId) {
        this.memberId = memberId;
        return this;
    }

    /** Has the services of the v3 API; null (the default): there are none. */
    public HttpContext v3(final V3Options v3) {
        this.v3 = v3;
        return this;
    }

    V3Options v3() {
        return v3;
    }

    ServiceSettings v3Settings() {
        return new ServiceSettings(
                clusterId,
                memberId,
                standing,
                serverVersion,
                v3.maxRequestBytes(),
                v3.maxMessageBytes(),
                v3.maxTxnOps(),
                v3.minLeaseTtlSeconds(),
                TimeUnit.MILLISECONDS.toNanos(requestTimeoutMs),
                TimeUnit.MILLISECONDS.toNanos(v3.electionTimeoutMs()),
                TimeUnit.MILLISECONDS.toNanos(v3.progressIntervalMs()));
    }

    /** Without it the pages below /v2 are unknown, as in etcd 3.4 with --enable-v2=false. */
    public HttpContext enableV2(final boolean isV2Enabled) {
        this.isV2Enabled = isV2Enabled;
        return this;
    }

    public boolean isV2Enabled() {
        return isV2Enabled;
    }

    /** Says whether the member is a learner; by default it is none. */
    public HttpContext standing(final Standing standing) {
        this.standing = standing;
        return this;
    }

    /** Where the member's users and roles are found; by default there are none. */
    public HttpContext auth(final AuthViews auth) {
        this.auth = auth;
        return this;
    }

    public AuthViews auth() {
        return auth;
    }

    /** What a new hash of a password costs, as a power of two: 4 to 31. */
    public HttpContext bcryptCost(final int bcryptCost) {
        this.bcryptCost = bcryptCost;
        return this;
    }

    public int bcryptCost() {
        return bcryptCost;
    }

    /**
     * Checks what was set.
     *
     * @throws IllegalArgumentException naming what is wrong.
     */
    public HttpContext conclude() {
        requirePositive("request time-out in ms", requestTimeoutMs);
        requirePositive("slow sender time-out in ms", slowSenderTimeoutMs);
        requirePositive("bytes of a request's head", maxHeadBytes);
        requirePositive("bytes of a request's body", maxFormBytes);
        requirePositive("bytes of all unfinished requests", maxInputBytes);
        requirePositive("connections of clients", maxClientConnections);
        requirePositive("connections of peers", maxPeerConnections);
        requirePositive("bytes of all answers", maxOutputBytes);
        requirePositive("slow reader time-out in ms", slowReaderTimeoutMs);
        requirePositive("events of a watch's buffer", watchBufferEvents);
        requirePositive("bytes of a watch's buffer", watchBufferBytes);
        return this;
    }

    private static void requirePositive(final String what, final long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(what + " must be greater than 0: " + value);
        }
    }
}
