package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.PeerTransport;
import io.larch.engine.port.Standing;
import io.larch.engine.segments.SegmentFiles;
import io.larch.engine.stats.CounterFile;
import io.larch.engine.stats.CounterPublisher;
import io.larch.engine.stats.MemberCounters;
import io.larch.engine.wal.AppendPath;
import io.larch.http.HttpContext;
import io.larch.http.V3Options;
import io.larch.http.v3.http2.Http2Limits;
import io.larch.tools.bootstrap.Identity;
import io.larch.tools.cpus.PinnedThreads;
import io.larch.tools.cpus.Placement;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.log.LogLevel;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import io.larch.transport.ChannelWatch;
import io.larch.transport.aeron.AeronContext;
import io.larch.transport.aeron.AeronPeerTransport;
import io.larch.transport.tcp.TcpContext;
import io.netty.util.NettyRuntime;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.agrona.concurrent.status.CountersManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place where all parts meet. */
public final class LarchAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(LarchAssembly.class);

    /** The engine tells a request why it timed out; the edge only sees to it that one ends. */
    private static final long ENGINE_GRACE_MS = 500;

    /** A snapshot that is taken over holds the leases twice for a moment. */
    private static final int LEASES_OF_HEAP = 4;

    /** Members that are far from each other have a longer election time-out, too. */
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private LarchAssembly() {}

    /**
     * Starts a member: recovers its state, opens its listeners, meets its peers.
     *
     * <p>Returns once the listeners are open; the member need not have a leader yet.
     *
     * @param identity of a first start; a member that has data is who it was.
     * @throws StartupException with what the operator should read.
     */
    public static RunningMember launch(final ServerConfig config, final Identity identity) {
        return launch(config, identity, MemberTls.load(config), Build.LARCHD);
    }

    static RunningMember launch(
            final ServerConfig config,
            final Identity identity,
            final MemberTls tls,
            final Build build) {
        final Listeners listeners = new Listeners(config.urls(), tls);
        final int processors = Runtime.getRuntime().availableProcessors();
        final ServerConfig.Idle idle = config.tuning().idle();
        final ServerConfig.Threads threads = config.tuning().layout(processors);
        LOG.info("threads = {}", threads.name().toLowerCase(Locale.ROOT));
        final Placement placement = placement(config.tuning().cpus());
        final MemberCounters counters = new MemberCounters();
        final AuthViews auth = new AuthViews();
        final Standing standing = new Standing();
        final EngineContext settings = engineContext(config, identity);
        final SegmentFiles segments =
                SegmentFiles.in(
                        config.storage().memberDir(), HistoryMemory.budget(config.revisions()));
        final EngineContext engineContext =
                build.engine(
                                settings.applications(
                                                List.of(
                                                        AuthApplication.publishingTo(auth),
                                                        KvApplication.of(
                                                                kvContext(config, settings)
                                                                        .segmentMemory(segments))))
                                        .featureLevel(FeatureLevel.HELD_LEARNERS)
                                        .standing(standing))
                        .counters(counters.manager());
        final TransportMetrics metrics = new TransportMetrics();
        final HistoryMemory history = new HistoryMemory(segments);
        final DiskRoom room =
                new DiskRoom(
                        config.storage().dataDir(), config.storage().walDir(), System::nanoTime);
        final HttpContext httpContext =
                httpContext(config)
                        .memberId(identity.self().id())
                        .auth(auth)
                        .standing(standing)
                        .hasPeerTls(tls.peers().isPresent())
                        .metrics(() -> metrics.get() + history.get() + room.get())
                        .counters(counters.manager());
        final PeerNetwork network = network(config, tls, metrics, counters.manager());
        final SocketTransport sockets = Sockets.ofMember(config);
        LOG.info("sockets = {}", sockets.name().toLowerCase(Locale.ROOT));
        final RunningMember member =
                threads == ServerConfig.Threads.FUSED
                        ? FusedMember.start(
                                engineContext,
                                httpContext,
                                network,
                                listeners,
                                build,
                                sockets,
                                idle,
                                placement)
                        : SplitMember.start(
                                engineContext,
                                httpContext,
                                network,
                                listeners,
                                build,
                                sockets,
                                eventLoops(processors, config.tuning().cpus()),
                                idle == ServerConfig.Idle.SPIN,
                                placement);
        return new PublishedMember(
                member,
                tls.watch(),
                new CounterPublisher(
                                config.storage().memberDir().resolve(CounterFile.NAME),
                                counters,
                                engineContext.memberId(),
                                engineContext.clusterId(),
                                System::currentTimeMillis)
                        .start(),
                room.start(),
                placement);
    }

    private static Placement placement(final ServerConfig.Cpus cpus) {
        if (!cpus.arePinned()) {
            return Placement.ANYWHERE;
        }
        // Asked by a thread of one CPU, Java would say that the machine has one; Netty asks once.
        NettyRuntime.availableProcessors();
        return PinnedThreads.start(cpus.engine(), cpus.edges());
    }

    private static PeerNetwork network(
            final ServerConfig config,
            final MemberTls tls,
            final TransportMetrics metrics,
            final CountersManager counters) {
        final List<String> urls = config.urls().listenPeer();
        final List<String> secure = urls.stream().filter(url -> url.startsWith("https:")).toList();
        if (config.tuning().peerTransport() == ServerConfig.PeerProtocol.TCP) {
            return new TcpNetwork(
                    tcpContext(config, counters), urls, Optional.empty(), tls.peers(), metrics);
        }
        if (tls.peers().isEmpty()) {
            return watch ->
                    peersByUdp(aeronContext(config, urls).counters(counters), watch, metrics);
        }
        final List<String> plain = urls.stream().filter(url -> !secure.contains(url)).toList();
        return new TcpNetwork(
                tcpContext(config, counters),
                secure,
                Optional.of(aeronContext(config, plain)),
                tls.peers(),
                metrics);
    }

    private static TcpContext tcpContext(
            final ServerConfig config, final CountersManager counters) {
        final long electionNanos = TimeUnit.MILLISECONDS.toNanos(config.timing().electionMs());
        return new TcpContext()
                .counters(counters)
                .reconnectNanos(Math.max(RECONNECT_NANOS, electionNanos * 2 / 5));
    }

    private static AeronContext aeronContext(final ServerConfig config, final List<String> urls) {
        return new AeronContext()
                .listenUrls(urls)
                .fallbackDirectory(config.storage().memberDir().resolve("aeron"));
    }

    /** Opens nothing yet: a member that is alone needs no driver. */
    private static PeerTransport peersByUdp(
            final AeronContext context, final ChannelWatch watch, final TransportMetrics metrics) {
        final AeronPeerTransport transport = new AeronPeerTransport(context.channelWatch(watch));
        metrics.of(transport.counters());
        return transport;
    }

    /** The engine, the log and the collector want processors too. */
    private static int eventLoops(final int processors, final ServerConfig.Cpus cpus) {
        return cpus.edges().isEmpty()
                ? Math.max(1, Math.min(8, processors / 2))
                : cpus.edges().size();
    }

    private static EngineContext engineContext(final ServerConfig config, final Identity identity) {
        return new EngineContext()
                .memberId(identity.self().id())
                .clusterId(identity.clusterId())
                .name(config.name())
                .peerUrls(identity.self().peerUrls())
                .founders(identity.founders())
                .joining(identity.isJoining())
                .forceNewCluster(config.bootstrap().forceNewCluster())
                .strictReconfigCheck(config.bootstrap().strictReconfigCheck())
                .clientUrls(config.urls().advertiseClient())
                .memberDir(config.storage().memberDir())
                .walDir(config.storage().walDir())
                .archiveDir(config.storage().archive().directory())
                .archiveIntervalNanos(config.storage().archive().intervalNanos())
                .archiveRetentionMs(config.storage().archive().retentionMs())
                .heartbeatIntervalMs(config.timing().heartbeatMs())
                .electionTimeoutMs(config.timing().electionMs())
                .snapshotCount(config.storage().snapshotCount())
                .snapshotsBySize(config.storage().snapshotsBySize())
                .maxSnapshots(config.storage().maxSnapshots())
                .maxWals(config.storage().maxWals())
                .walsAsNeeded(config.storage().walsAsNeeded())
                .walMapped(config.storage().walAppend() == AppendPath.MAP)
                .eventHistory(config.tuning().eventHistory())
                .maxNodes(config.tuning().maxNodes())
                .maxBytes(config.tuning().maxBytes())
                .hashSeed(new SecureRandom().nextLong());
    }

    private static KvContext kvContext(final ServerConfig config, final EngineContext member) {
        return new KvContext()
                .maxLeaseBytes(Runtime.getRuntime().maxMemory() / LEASES_OF_HEAP)
                .quotaBackendBytes(config.revisions().quotaBytes())
                .autoCompaction(
                        config.revisions().isCompactedByTime()
                                ? KvContext.CompactionMode.PERIODIC
                                : KvContext.CompactionMode.REVISION,
                        retention(config))
                .memberId(member::memberId)
                .seed(new SecureRandom()::nextLong);
    }

    private static long retention(final ServerConfig config) {
        try {
            return config.revisions().retention();
        } catch (final IllegalArgumentException e) {
            throw new StartupException(e.getMessage(), e);
        }
    }

    private static HttpContext httpContext(final ServerConfig config) {
        final SystemEpochNanoClock clock = new SystemEpochNanoClock();
        return new HttpContext()
                .requestTimeoutMs(config.timing().requestTimeoutMs() + ENGINE_GRACE_MS)
                .serverVersion(config.v3().announcedVersion())
                .v3(
                        new V3Options(
                                config.v3().maxRequestBytes(),
                                config.v3().maxTxnOps(),
                                config.timing().electionMs(),
                                config.v3().progressIntervalMs()))
                .http2Limits(http2Limits(config.v3().connections()))
                .enableV2(config.api().enableV2())
                .bcryptCost(config.api().bcryptCost())
                .corsOrigins(config.api().corsOrigins())
                .commandLine(config.commandLine())
                .epochNanos(clock::nanoTime)
                .logLevelSetter(LarchAssembly::setLogLevel);
    }

    private static Http2Limits http2Limits(final ServerConfig.Http2 connections) {
        return new Http2Limits(
                connections.maxStreams(),
                connections.keepaliveMinNanos(),
                connections.keepaliveIntervalNanos(),
                connections.keepaliveTimeoutNanos());
    }

    private static boolean setLogLevel(final String name) {
        final Optional<LogLevel> level = LogLevel.parse(name);
        level.ifPresent(LarchServer.loggers()::levelOfAll);
        return level.isPresent();
    }
}
