package io.larch.tools.server;

import io.larch.tools.flags.LarchVersion;
import io.larch.tools.flags.ServerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/** The lines of a start, in etcd's order and words: operators and scripts look for them. */
public final class StartupLog {
    static final Marker NOTICE = MarkerFactory.getMarker("NOTICE");
    static final Marker CRITICAL = MarkerFactory.getMarker("CRITICAL");

    private static final Logger LOG = LoggerFactory.getLogger(StartupLog.class);

    private final ServerConfig config;

    public StartupLog(final ServerConfig config) {
        this.config = config;
    }

    /** First lines of all. */
    public void versions() {
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

    /** The data directory already says that this is a proxy. */
    void alreadyProxy() {
        LOG.info(
                NOTICE,
                "the server is already initialized as proxy before, starting as etcd proxy...");
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
        LOG.info(
                "initial advertise peer URLs = {}",
                String.join(",", config.urls().advertisePeer()));
    }
}
