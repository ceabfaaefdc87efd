package io.larch.tools.server;

import io.larch.engine.EngineContext;
import io.larch.engine.cluster.Member;
import io.larch.engine.cluster.Membership;
import io.larch.engine.wal.AppendPath;
import io.larch.http.HttpContext;
import io.larch.tools.log.LogLevel;
import java.util.Locale;
import java.util.Optional;
import org.agrona.concurrent.SystemEpochNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The only place where all parts meet. */
final class LarchAssembly {
    private static final Logger LOG = LoggerFactory.getLogger(LarchAssembly.class);

    private LarchAssembly() {}

    /**
     * Starts a member: opens its listeners, recovers its state, joins its cluster.
     *
     * <p>Returns once the listeners are open; the member need not have a leader yet.
     *
     * @throws StartupException with what the operator should read.
     */
    static RunningMember launch(final ServerConfig config) {
        final Membership membership =
                config.bootstrap().cluster().toMembership(config.bootstrap().token());
        if (membership.members().size() > 1) {
            throw new StartupException(
                    "this version runs single members only: --initial-cluster names "
                            + membership.members().size());
        }
        final Member self =
                membership
                        .memberByName(config.name())
                        .orElseThrow(
                                () ->
                                        new StartupException(
                                                "couldn't find local name \""
                                                        + config.name()
                                                        + "\" in the initial cluster configuration"));
        return start(
                config, engineContext(config, self, membership.clusterId()), httpContext(config));
    }

    private static RunningMember start(
            final ServerConfig config,
            final EngineContext engineContext,
            final HttpContext httpContext) {
        final int processors = Runtime.getRuntime().availableProcessors();
        final boolean spins = config.tuning().idle() == ServerConfig.Idle.SPIN;
        final ServerConfig.Threads threads = config.tuning().threads().resolve(processors);
        LOG.info("threads = {}", threads.name().toLowerCase(Locale.ROOT));
        return threads == ServerConfig.Threads.FUSED
                ? FusedMember.start(engineContext, httpContext, config.urls().listenClient(), spins)
                : SplitMember.start(
                        engineContext,
                        httpContext,
                        config.urls().listenClient(),
                        eventLoops(processors),
                        spins);
    }

    /** The engine, the log and the collector want processors too. */
    private static int eventLoops(final int processors) {
        return Math.max(1, Math.min(8, processors / 2));
    }

    private static EngineContext engineContext(
            final ServerConfig config, final Member self, final long clusterId) {
        return new EngineContext()
                .memberId(self.id())
                .clusterId(clusterId)
                .name(config.name())
                .peerUrls(self.peerUrls())
                .clientUrls(config.urls().advertiseClient())
                .memberDir(config.storage().memberDir())
                .walDir(config.storage().walDir())
                .heartbeatIntervalMs(config.timing().heartbeatMs())
                .electionTimeoutMs(config.timing().electionMs())
                .snapshotCount(config.storage().snapshotCount())
                .maxSnapshots(config.storage().maxSnapshots())
                .maxWals(config.storage().maxWals())
                .walMapped(config.storage().walAppend() == AppendPath.MAP)
                .eventHistory(config.tuning().eventHistory())
                .maxNodes(config.tuning().maxNodes())
                .maxBytes(config.tuning().maxBytes());
    }

    private static HttpContext httpContext(final ServerConfig config) {
        final SystemEpochNanoClock clock = new SystemEpochNanoClock();
        return new HttpContext()
                .requestTimeoutMs(config.timing().requestTimeoutMs())
                .corsOrigins(config.api().corsOrigins())
                .commandLine(config.commandLine())
                .epochNanos(clock::nanoTime)
                .logLevelSetter(LarchAssembly::setLogLevel);
    }

    private static boolean setLogLevel(final String name) {
        final Optional<LogLevel> level = LogLevel.parse(name);
        level.ifPresent(LarchServer.loggers()::level);
        return level.isPresent();
    }
}
