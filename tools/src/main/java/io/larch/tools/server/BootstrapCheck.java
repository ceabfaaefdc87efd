package io.larch.tools.server;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What must hold between the --initial flags when a member starts for the first time. A restart
 * knows its cluster from its data and does not look at them.
 */
final class BootstrapCheck {
    private final ServerConfig config;

    BootstrapCheck(final ServerConfig config) {
        this.config = config;
    }

    /**
     * Checks.
     *
     * @throws ExitException with etcd's words about what is wrong.
     */
    void check() throws ExitException {
        final var cluster = config.bootstrap().cluster();
        if (cluster.urlsOf(config.name()).isEmpty()) {
            throw ExitException.critical(
                    "couldn't find local name \""
                            + config.name()
                            + "\" in the initial cluster configuration");
        }
        if (cluster.hasDuplicateUrl()) {
            throw ExitException.critical("initial cluster " + cluster + " has duplicate url");
        }
        checkAdvertised();
        if (!config.bootstrap().isNew() || cluster.urlsByName().size() > 1) {
            throw ExitException.critical("Larch cannot yet run a cluster of several members");
        }
    }

    private void checkAdvertised() throws ExitException {
        final List<String> advertised = config.urls().advertisePeer();
        if (Addresses.areSame(advertised, config.bootstrap().cluster().urlsOf(config.name()))) {
            return;
        }
        final List<Remark> remarks = new ArrayList<>();
        remarks.add(
                Remark.info(
                        "--initial-cluster must include "
                                + advertised.stream()
                                        .map(url -> config.name() + "=" + url)
                                        .collect(Collectors.joining(","))
                                + " given --initial-advertise-peer-urls="
                                + String.join(",", advertised)));
        addHints(remarks);
        throw ExitException.explained(remarks);
    }

    private void addHints(final List<Remark> remarks) {
        if (config.bootstrap()
                .cluster()
                .toString()
                .equals(LarchFlags.initialClusterOf(config.name()))) {
            remarks.add(Remark.info("forgot to set --initial-cluster flag?"));
        }
        if (String.join(",", config.urls().advertisePeer()).equals(FlagTable.DEFAULT_PEER_URLS)) {
            remarks.add(Remark.info("forgot to set --initial-advertise-peer-urls flag?"));
        }
    }
}
