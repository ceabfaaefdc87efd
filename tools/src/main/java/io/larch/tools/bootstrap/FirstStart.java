package io.larch.tools.bootstrap;

import io.larch.engine.member.InitialCluster;
import io.larch.engine.member.Member;
import io.larch.engine.member.MemberIds;
import io.larch.engine.member.Membership;
import io.larch.tools.bootstrap.discovery.DiscoveryException;
import io.larch.tools.bootstrap.discovery.DiscoveryService;
import io.larch.tools.bootstrap.discovery.Notice;
import io.larch.tools.bootstrap.discovery.SrvDiscovery;
import io.larch.tools.bootstrap.discovery.SrvLookup;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.ServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who a member without data is and whom it meets: by its flags, by the DNS, at a
 * discovery service, or from the running cluster that it joins. Blocks, at a discovery service for
 * as long as the others take.
 */
public final class FirstStart {
    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    /** For a look at members that may not run yet. */
    private static final Duration SHORT_TIMEOUT = Duration.ofSeconds(1);

    /** For a question that must be answered. */
    private static final Duration LONG_TIMEOUT = Duration.ofSeconds(10);

    private final ServerConfig config;
    private final SrvLookup dns;
    private final SSLContext tls;

    /** Without certificates. */
    public FirstStart(final ServerConfig config, final SrvLookup dns) {
        this(config, dns, null);
    }

    /**
     * @param tls how https URLs of members are asked; null: as the Java machine does.
     */
    public FirstStart(final ServerConfig config, final SrvLookup dns, final SSLContext tls) {
        this.config = config;
        this.dns = dns;
        this.tls = tls;
    }

    /**
     * Checks the flags of a first start, as far as that needs nobody else.
     *
     * @throws ExitException with etcd's words about what is wrong.
     */
    public static void check(final ServerConfig config) throws ExitException {
        if (config.bootstrap().discovery().hasSrvDomain()) {
            return;
        }
        final InitialCluster cluster = config.bootstrap().cluster();
        final BootstrapCheck check = new BootstrapCheck(config, cluster);
        if (config.bootstrap().isNew()) {
            check.checkFounding();
        } else {
            check.checkJoining();
        }
        membership(cluster, config);
    }

    /**
     * Finds out.
     *
     * @return empty: there are members enough, and this one is to be a proxy of them.
     * @throws ExitException with etcd's words about what is wrong.
     */
    public Optional<Identity> identity() throws ExitException {
        final InitialCluster cluster = initialCluster();
        final BootstrapCheck check = new BootstrapCheck(config, cluster);
        if (!config.bootstrap().isNew()) {
            check.checkJoining();
            return Optional.of(join(membership(cluster)));
        }
        check.checkFounding();
        final Membership given = membership(cluster);
        checkNotBootstrapped(given);
        if (!config.bootstrap().discovery().hasUrl()) {
            tell(cluster);
            final Identity founding = Identity.founding(given, config.name());
            return Optional.of(
                    config.bootstrap().discovery().hasSrvDomain()
                            ? founding.withoutNames()
                            : founding);
        }
        final Optional<InitialCluster> discovered = discover(given, cluster);
        if (discovered.isEmpty()) {
            return Optional.empty();
        }
        tell(discovered.get());
        return Optional.of(Identity.founding(membership(discovered.get()), config.name()));
    }

    private static void tell(final InitialCluster cluster) {
        LOG.info("initial cluster = {}", cluster);
    }

    private InitialCluster initialCluster() throws ExitException {
        if (!config.bootstrap().discovery().hasSrvDomain()) {
            return config.bootstrap().cluster();
        }
        final InitialCluster found;
        try {
            found =
                    new SrvDiscovery(config.name(), config.urls().advertisePeer(), dns)
                            .find(config.bootstrap().discovery().srvDomain());
        } catch (final DiscoveryException e) {
            throw ExitException.critical("error setting up initial cluster: " + e.getMessage());
        }
        if (found.urlsOf(config.name()).isEmpty()) {
            throw ExitException.critical(
                    "error setting up initial cluster: cannot find local etcd member \""
                            + config.name()
                            + "\" in SRV records");
        }
        return found;
    }

    private Membership membership(final InitialCluster cluster) throws ExitException {
        return membership(cluster, config);
    }

    private static Membership membership(final InitialCluster cluster, final ServerConfig config)
            throws ExitException {
        try {
            return cluster.toMembership(config.bootstrap().token());
        } catch (final IllegalArgumentException e) {
            throw ExitException.critical("member exists with identical ID: " + e.getMessage());
        }
    }

    /** A member that has lost its data must not come back as if it had never promised anything. */
    private void checkNotBootstrapped(final Membership given) throws ExitException {
        final long self = given.memberByName(config.name()).orElseThrow().id();
        final boolean isKnown =
                RemoteCluster.fetch(urlsOfOthers(given), SHORT_TIMEOUT, tls, false)
                        .flatMap(real -> real.member(self))
                        .filter(member -> !member.clientUrls().isEmpty())
                        .isPresent();
        if (isKnown) {
            throw ExitException.critical(
                    "member " + MemberIds.toHex(self) + " has already been bootstrapped");
        }
    }

    private Identity join(final Membership given) throws ExitException {
        final Membership real =
                RemoteCluster.fetch(urlsOfOthers(given), LONG_TIMEOUT, tls, true)
                        .orElseThrow(
                                () ->
                                        ExitException.critical(
                                                "cannot fetch cluster info from peer urls: could"
                                                        + " not retrieve cluster information from"
                                                        + " the given urls"));
        final Membership matched;
        try {
            matched = RemoteCluster.withRealIds(given, real);
        } catch (final IllegalArgumentException e) {
            throw ExitException.critical(
                    "error validating peerURLs "
                            + RemoteCluster.describe(real)
                            + ": "
                            + e.getMessage());
        }
        return new Identity(
                matched.memberByName(config.name()).orElseThrow(),
                real.clusterId(),
                real.members(),
                true);
    }

    private List<String> urlsOfOthers(final Membership cluster) {
        return cluster.members().stream()
                .filter(member -> !member.name().equals(config.name()))
                .map(Member::peerUrls)
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    private Optional<InitialCluster> discover(final Membership alone, final InitialCluster self)
            throws ExitException {
        final ServerConfig.Discovery discovery = config.bootstrap().discovery();
        final InitialCluster found;
        try {
            found =
                    new DiscoveryService(
                                    discovery.url(),
                                    discovery.proxy(),
                                    alone.members().get(0).id(),
                                    FirstStart::sleep)
                            .join(self.toString());
        } catch (final DiscoveryException e) {
            if (e.reason() == DiscoveryException.Reason.FULL && discovery.fallsBackToProxy()) {
                LOG.info(Notice.MARKER, "discovery cluster full, falling back to proxy");
                return Optional.empty();
            }
            throw new DiscoveryFailure(config).explain(e);
        }
        if (found.hasDuplicateUrl()) {
            throw ExitException.critical("discovery cluster " + found + " has duplicate url");
        }
        BootstrapCheck.checkScheme(found, config);
        return Optional.of(found);
    }

    /** Through interruptions, for all of it. */
    static void sleep(final long seconds) {
        final long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (endNanos - System.nanoTime() > 0) {
            LockSupport.parkNanos(endNanos - System.nanoTime());
        }
    }
}
