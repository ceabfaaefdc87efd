package io.larch.tools.bootstrap;

import io.larch.tools.bootstrap.discovery.DiscoveryException;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.Remark;
import io.larch.tools.flags.ServerConfig;
import java.util.List;

/** What an operator reads when a discovery service has given no cluster. */
final class DiscoveryFailure {
    private final ServerConfig config;

    DiscoveryFailure(final ServerConfig config) {
        this.config = config;
    }

    ExitException explain(final DiscoveryException failure) {
        return ExitException.explained(
                switch (failure.reason()) {
                    case DUPLICATE_ID -> duplicateId();
                    case DUPLICATE_NAME -> duplicateName();
                    default -> failed(failure);
                });
    }

    private List<Remark> duplicateId() {
        return List.of(
                Remark.error(
                        "member \"%s\" has previously registered with discovery service token (%s)."
                                .formatted(config.name(), url())),
                Remark.error(
                        "But etcd could not find valid cluster configuration in the given data dir"
                                + " (%s).".formatted(config.storage().dataDir())),
                Remark.info(
                        "Please check the given data dir path if the previous bootstrap succeeded"),
                Remark.info("or use a new discovery token if the previous bootstrap failed."));
    }

    private List<Remark> duplicateName() {
        return List.of(
                Remark.error(
                        "member with duplicated name has registered with discovery service"
                                + " token(%s).".formatted(url())),
                Remark.error("please check (cURL) the discovery token for more information."),
                Remark.error(
                        "please do not reuse the discovery token and generate a new one to"
                                + " bootstrap the cluster."));
    }

    private List<Remark> failed(final DiscoveryException failure) {
        return List.of(
                Remark.error("failed to join discovery cluster (" + failure.getMessage() + ")"),
                Remark.info(
                        "discovery token %s was used, but failed to bootstrap the cluster."
                                .formatted(url())),
                Remark.info("please generate a new discovery token and try to bootstrap again."));
    }

    private String url() {
        return config.bootstrap().discovery().url();
    }
}
