package io.larch.tools.server;

import io.larch.engine.cluster.MemberIds;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The lines of a start, in etcd's order and words: operators and scripts look for them. */
final class StartupLog {
    static final Marker NOTICE = MarkerFactory.getMarker("NOTICE");
    static final Marker CRITICAL = MarkerFactory.getMarker("CRITICAL");

    private static final Logger LOG = LoggerFactory.getLogger(StartupLog.class);

    private final ServerConfig config;

    StartupLog(final ServerConfig config) {
        this.config = config;
    }

    /** First lines of all. */
    void versions() {
        LarchVersion.lines().forEach(LOG::info);
        LOG.info(
                "total number of available CPUs is {}", Runtime.getRuntime().availableProcessors());
    }

    /** The data directory already knows who this member is. */
    void alreadyInitialized() {
        LOG.info(
                NOTICE,
                "the server is already initialized as member before, starting as etcd member...");
    }

    /** The listeners are open. */
    void listening() {
        config.urls().listenPeer().forEach(url -> LOG.info("listening for peers on {}", url));
        config.urls()
                .listenClient()
                .forEach(url -> LOG.info("listening for client requests on {}", url));
    }

    /** What the member was told. */
    void settings() {
        LOG.info("name = {}", config.name());
        LOG.info("data dir = {}", config.storage().dataDir());
        LOG.info("member dir = {}", config.storage().memberDir());
        if (!config.storage().walDir().startsWith(config.storage().memberDir())) {
            LOG.info("dedicated WAL dir = {}", config.storage().walDir());
        }
        LOG.info("heartbeat = {}ms", config.timing().heartbeatMs());
        LOG.info("election = {}ms", config.timing().electionMs());
        LOG.info("snapshot count = {}", config.storage().snapshotCount());
        LOG.info("advertise client URLs = {}", String.join(",", config.urls().advertiseClient()));
    }

    /** A first start: the cluster is as the flags say. */
    void starting(final long memberId, final long clusterId) {
        LOG.info(
                "initial advertise peer URLs = {}",
                String.join(",", config.urls().advertisePeer()));
        LOG.info("initial cluster = {}", config.bootstrap().cluster());
        LOG.info(
                "starting member {} in cluster {}",
                MemberIds.toHex(memberId),
                MemberIds.toHex(clusterId));
    }

    /** A restart: the cluster is as the data says. */
    void restarting(final long memberId, final long clusterId, final long commitIndex) {
        LOG.info(
                "restarting member {} in cluster {} at commit index {}",
                MemberIds.toHex(memberId),
                MemberIds.toHex(clusterId),
                Long.toUnsignedString(commitIndex));
    }

    /** The member's name and client URLs are committed: it answers. */
    void published(final long clusterId) {
        LOG.info(
                "published {Name:{} ClientURLs:[{}]} to cluster {}",
                config.name(),
                String.join(" ", config.urls().advertiseClient()),
                MemberIds.toHex(clusterId));
        LOG.info("ready to serve client requests");
    }
}
