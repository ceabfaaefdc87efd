package io.larch.tools.bootstrap;

import io.larch.engine.member.InitialCluster;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.LarchFlags;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What must hold between the --initial flags when a member starts for the first time. A restart
 * knows its cluster from its data and does not look at them.
 */
final class BootstrapCheck {
    private final ServerConfig config;
    private final InitialCluster cluster;

    /**
     * @param cluster as the flags, or the DNS, give it.
     */
    BootstrapCheck(final ServerConfig config, final InitialCluster cluster) {
        this.config = config;
        this.cluster = cluster;
    }

    /**
     * Checks what a member of a new cluster is told.
     *
     * @throws ExitException with etcd's words about what is wrong.
     */
    void checkFounding() throws ExitException {
        checkOwnName();
        checkAdvertised();
        checkUrls();
    }

    /**
     * Checks what a member that joins a running cluster is told.
     *
     * @throws ExitException with etcd's words about what is wrong.
     */
    void checkJoining() throws ExitException {
        checkOwnName();
        checkUrls();
        if (config.bootstrap().discovery().hasUrl()) {
            throw ExitException.critical(
                    "discovery URL should not be set when joining existing initial cluster");
        }
    }

    private void checkOwnName() throws ExitException {
        if (cluster.urlsOf(config.name()).isEmpty()) {
            throw ExitException.critical(
                    "couldn't find local name \""
                            + config.name()
                            + "\" in the initial cluster configuration");
        }
    }

    private void checkUrls() throws ExitException {
        if (cluster.hasDuplicateUrl()) {
            throw ExitException.critical("initial cluster " + cluster + " has duplicate url");
        }
        checkScheme(cluster, config);
    }

    /**
     * Those at https URLs are only reached by who has a certificate.
     *
     * @throws ExitException if one of them could not be.
     */
    static void checkScheme(final InitialCluster cluster, final ServerConfig config)
            throws ExitException {
        if (config.security().hasPeerTls()) {
            return;
        }
        for (final var member : cluster.urlsByName().entrySet()) {
            for (final String url : member.getValue()) {
                if (url.startsWith("https://")) {
                    throw ExitException.critical(
                            "peer URL "
                                    + url
                                    + " of member \""
                                    + member.getKey()
                                    + "\" needs TLS: set -peer-cert-file and -peer-key-file");
                }
            }
        }
    }

    private void checkAdvertised() throws ExitException {
        final List<String> advertised = config.urls().advertisePeer();
        if (Addresses.areSame(advertised, cluster.urlsOf(config.name()))) {
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
        final boolean isDefaultCluster =
                cluster.toString().equals(LarchFlags.defaultCluster(config.name()));
        if (isDefaultCluster) {
            remarks.add(Remark.info("forgot to set --initial-cluster flag?"));
        }
        if (LarchFlags.areDefaultPeerUrls(config.urls().advertisePeer())) {
            remarks.add(Remark.info("forgot to set --initial-advertise-peer-urls flag?"));
        }
        if (isDefaultCluster) {
            remarks.add(
                    Remark.info(
                            "if you want to use discovery service, please set --discovery flag."));
        }
    }
}
