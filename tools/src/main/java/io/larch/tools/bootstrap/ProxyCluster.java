package io.larch.tools.bootstrap;

import com.fasterxml.jackson.jr.ob.JSON;
import io.larch.engine.member.InitialCluster;
import io.larch.engine.member.Member;
import io.larch.engine.member.Membership;
import io.larch.tools.bootstrap.discovery.DiscoveryException;
import io.larch.tools.bootstrap.discovery.DiscoveryService;
import io.larch.tools.bootstrap.discovery.Notice;
import io.larch.tools.bootstrap.discovery.SrvDiscovery;
import io.larch.tools.bootstrap.discovery.SrvLookup;
import io.larch.tools.client.Json;
import io.larch.tools.flags.ExitException;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.StartupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster that a proxy forwards to: found once by the flags, the DNS or a discovery service,
 * and from then on by what its members say, which {@code proxy/cluster} keeps for the next start.
 *
 * <p>Blocks. Not threadsafe.
 */
public final class ProxyCluster {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyCluster.class);
    private static final String FILE = "cluster";
    private static final String PEER_URLS = "PeerURLs";

    private final Path file;
    private final Duration timeout;
    private final Supplier<SSLContext> tls;
    private List<String> peerUrls;

    private ProxyCluster(
            final Path file,
            final Duration timeout,
            final Supplier<SSLContext> tls,
            final List<String> peerUrls) {
        this.file = file;
        this.timeout = timeout;
        this.tls = tls;
        this.peerUrls = peerUrls;
    }

    /**
     * Finds out where members are, at a discovery service once all of them are.
     *
     * @param tls gives how https URLs of members are asked; null of it: as the Java machine does.
     * @throws ExitException with etcd's words about what is wrong.
     * @throws StartupException if the directory is not fit for it.
     */
    public static ProxyCluster find(
            final ServerConfig config, final SrvLookup dns, final Supplier<SSLContext> tls)
            throws ExitException {
        new DataDirectory(config.storage()).prepareProxy();
        final Path file = config.storage().proxyDir().resolve(FILE);
        final Duration timeout =
                config.proxy().dialMs() == 0
                        ? Duration.ofSeconds(10)
                        : Duration.ofMillis(config.proxy().dialMs());
        final Optional<List<String>> known = read(file);
        if (known.isPresent()) {
            if (config.bootstrap().discovery().hasUrl()) {
                LOG.warn(
                        "discovery token ignored since the proxy has already been initialized."
                                + " Valid cluster file found at \"{}\"",
                        file);
            }
            LOG.info(
                    "proxy: using peer urls {} from cluster file \"{}\"",
                    spaced(known.get()),
                    file);
            return new ProxyCluster(file, timeout, tls, known.get());
        }
        final List<String> told = sorted(told(config, dns));
        LOG.info("proxy: using peer urls {}", spaced(told));
        return new ProxyCluster(file, timeout, tls, told);
    }

    private static Optional<List<String>> read(final Path file) {
        try {
            final List<String> urls =
                    Json.texts(Json.object(Json.parse(Files.readString(file))).get(PEER_URLS));
            if (urls.isEmpty()) {
                throw new IOException("no peer URLs");
            }
            return Optional.of(List.copyOf(urls));
        } catch (final NoSuchFileException e) {
            return Optional.empty();
        } catch (final IOException e) {
            throw new StartupException(
                    "cannot read the cluster file " + file + ": " + e.getMessage(), e);
        }
    }

    private static InitialCluster told(final ServerConfig config, final SrvLookup dns)
            throws ExitException {
        final ServerConfig.Discovery discovery = config.bootstrap().discovery();
        try {
            if (discovery.hasUrl()) {
                return new DiscoveryService(
                                discovery.url(), discovery.proxy(), 0, FirstStart::sleep)
                        .find();
            }
            if (discovery.hasSrvDomain()) {
                return new SrvDiscovery(config.name(), config.urls().advertisePeer(), dns)
                        .find(discovery.srvDomain());
            }
        } catch (final DiscoveryException e) {
            throw discovery.hasUrl()
                    ? new DiscoveryFailure(config).explain(e)
                    : ExitException.critical("error setting up initial cluster: " + e.getMessage());
        }
        return config.bootstrap().cluster();
    }

    private static List<String> sorted(final InitialCluster cluster) {
        return cluster.urlsByName().values().stream().flatMap(List::stream).sorted().toList();
    }

    /**
     * Asks the members who is one, and keeps it.
     *
     * @return where clients reach them; empty: none of them has answered.
     */
    public Optional<List<String>> clientUrls() {
        final Optional<Membership> found = RemoteCluster.fetch(peerUrls, timeout, tls.get(), true);
        if (found.isEmpty()) {
            LOG.warn("proxy: could not retrieve cluster information from the given urls");
            return Optional.empty();
        }
        final List<Member> members = found.get().members();
        keep(members.stream().map(Member::peerUrls).flatMap(List::stream).sorted().toList());
        return Optional.of(members.stream().map(Member::clientUrls).flatMap(List::stream).toList());
    }

    private void keep(final List<String> found) {
        try {
            if (!found.equals(peerUrls) || !Files.exists(file)) {
                write(JSON.std.asString(Map.of(PEER_URLS, found)));
                if (!found.equals(peerUrls)) {
                    LOG.info(
                            Notice.MARKER,
                            "proxy: updated peer urls in cluster file from {} to {}",
                            spaced(peerUrls),
                            spaced(found));
                }
            }
        } catch (final IOException e) {
            LOG.warn("proxy: error writing the cluster file {}: {}", file, e.getMessage());
        }
        peerUrls = found;
    }

    /** Whole or not at all, whenever the machine stops. */
    private void write(final String text) throws IOException {
        final Path next = file.resolveSibling(FILE + ".bak");
        Files.deleteIfExists(next);
        try (FileChannel channel =
                FileChannel.open(
                        next,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))) {
            final ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String spaced(final List<String> urls) {
        return new ArrayList<>(urls).toString().replace(", ", " ");
    }
}
