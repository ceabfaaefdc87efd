package io.larch.tools.server;

import io.larch.http.tls.TlsRehearsal;
import io.larch.tools.bootstrap.Addresses;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.StartupException;
import io.larch.tools.tls.CertificateWatch;
import io.larch.tools.tls.SelfSignedCertificate;
import io.larch.tools.tls.TlsContexts;
import io.larch.tools.tls.TlsEngine;
import io.larch.tools.tls.TlsFileException;
import io.larch.tools.tls.TlsSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contexts of a member's https URLs, where there are such; without, no class of TLS is loaded.
 *
 * @param clients for listeners of clients.
 * @param peers for listeners of peers, and for whom this member asks among them.
 */
record MemberTls(Optional<TlsContexts> clients, Optional<TlsContexts> peers) {
    /** No https URLs. */
    static final MemberTls NONE = new MemberTls(Optional.empty(), Optional.empty());

    private static final Logger LOG = LoggerFactory.getLogger(MemberTls.class);

    /**
     * Reads the files, before anything is opened or told to anybody.
     *
     * @throws StartupException naming the file that cannot be used, and why.
     */
    static MemberTls load(final ServerConfig config) {
        final MemberTls tls = new MemberTls(loadClients(config), peers(config));
        tls.clients()
                .ifPresent(
                        clients -> TlsRehearsal.begin(clients.http2Server(), clients::believing));
        return tls;
    }

    private static Optional<TlsContexts> loadClients(final ServerConfig config) {
        return load(
                "clientTLS",
                config.security().clients(),
                config.security().clientAutoTls(),
                config.urls().listenClient(),
                config,
                "client");
    }

    /** The same of peers alone. */
    static MemberTls loadPeers(final ServerConfig config) {
        return new MemberTls(Optional.empty(), peers(config));
    }

    private static Optional<TlsContexts> peers(final ServerConfig config) {
        return load(
                "peerTLS",
                config.security().peers(),
                config.security().peerAutoTls(),
                Stream.concat(
                                config.urls().listenPeer().stream(),
                                config.urls().advertisePeer().stream())
                        .toList(),
                config,
                "peer");
    }

    /**
     * Reads the files that {@link #load} would, and makes none.
     *
     * @throws StartupException naming the file that cannot be used, and why.
     */
    static void check(final ServerConfig config) {
        final ServerConfig.Security security = config.security();
        if (!security.clientAutoTls()) {
            loadClients(config);
        }
        if (!security.peerAutoTls()) {
            peers(config);
        }
    }

    private static Optional<TlsContexts> load(
            final String whose,
            final TlsSettings settings,
            final boolean isAuto,
            final List<String> urls,
            final ServerConfig config,
            final String directory) {
        // Without https URLs a certificate is for the members that have such.
        final boolean isNeeded =
                urls.stream().anyMatch(url -> url.startsWith("https://"))
                        || whose.equals("peerTLS") && settings.hasCertificate();
        return isNeeded
                ? Optional.of(contexts(whose, settings, isAuto, urls, config, directory))
                : Optional.empty();
    }

    /**
     * The same for a proxy, which asks members by what it has for peers, as etcd's does; without
     * anything, by the authorities that the Java machine knows.
     */
    MemberTls ofProxy(final ServerConfig config) {
        return peers.isPresent()
                ? this
                : new MemberTls(
                        clients,
                        Optional.of(
                                contexts(
                                        "peerTLS",
                                        config.security().peers(),
                                        false,
                                        List.of(),
                                        config,
                                        "peer")));
    }

    private static TlsContexts contexts(
            final String whose,
            final TlsSettings settings,
            final boolean isAuto,
            final List<String> urls,
            final ServerConfig config,
            final String directory) {
        try {
            final TlsSettings all = isAuto ? withOwn(settings, urls, config, directory) : settings;
            LOG.info("{}: {}", whose, all);
            final TlsContexts contexts = TlsContexts.load(whose, all, TlsEngine.choose());
            LOG.info("{}: spoken by {}", whose, contexts.engine());
            return contexts;
        } catch (final TlsFileException e) {
            throw new StartupException(e.getMessage(), e);
        }
    }

    private static TlsSettings withOwn(
            final TlsSettings settings,
            final List<String> urls,
            final ServerConfig config,
            final String directory)
            throws TlsFileException {
        final Path place = config.storage().dataDir().resolve("fixtures").resolve(directory);
        return SelfSignedCertificate.add(
                settings,
                place,
                urls.stream().map(Addresses::host).filter(host -> !host.isEmpty()).toList(),
                config.security().selfSignedYears());
    }

    /** Gives how members are asked; null: as the Java machine does. */
    Supplier<SSLContext> toPeers() {
        return peers.map(TlsContexts::javaClient).orElse(() -> null);
    }

    /** Keeps looking at the files. */
    CertificateWatch watch() {
        return CertificateWatch.start(Stream.concat(clients.stream(), peers.stream()).toList());
    }
}
