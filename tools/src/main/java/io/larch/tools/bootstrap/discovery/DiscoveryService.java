package io.larch.tools.bootstrap.discovery;

import io.larch.engine.member.InitialCluster;
import io.larch.engine.member.MemberIds;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meets the other members of a new cluster at a token of a discovery service, which is any server
 * of the v2 keys API: each member registers there, and all wait until as many as the token's size
 * have. The oldest are the cluster. Blocks, for as long as it takes.
 */
public final class DiscoveryService {
    private static final Logger LOG = LoggerFactory.getLogger(DiscoveryService.class);

    private static final String CONFIG = "_config";
    private static final int KEY_EXISTS = 105;
    private static final int EVENT_INDEX_CLEARED = 401;
    private static final int MAX_EXPONENT = 8;

    private final String url;
    private final String memberName;
    private final KeyService keys;
    private final LongConsumer sleepSeconds;
    private int retries;

    /**
     * @param url of the token.
     * @param proxy HTTP proxy on the way to it; empty: none.
     * @param sleepSeconds waits between tries while the service cannot be reached.
     * @throws DiscoveryException if one of the addresses is none.
     */
    public DiscoveryService(
            final String url,
            final String proxy,
            final long memberId,
            final LongConsumer sleepSeconds)
            throws DiscoveryException {
        this.url = url;
        this.memberName = MemberIds.toHex(memberId);
        this.sleepSeconds = sleepSeconds;
        keys = new KeyService(checked(url), proxyOf(proxy));
    }

    /**
     * Registers this member and waits for the others.
     *
     * @param self {@code name=url,...}.
     * @return the cluster.
     */
    public InitialCluster join(final String self) throws DiscoveryException {
        // A look before: a member too many leaves no trace.
        look();
        register(self);
        return cluster(awaitAll());
    }

    /**
     * Waits until the cluster is whole, without being of it.
     *
     * @return the cluster.
     */
    public InitialCluster find() throws DiscoveryException {
        while (true) {
            final State state = look(false);
            if (state.members().size() >= state.size()) {
                return cluster(state.members().subList(0, state.size()));
            }
            LOG.info(
                    Notice.MARKER,
                    "found {} peer(s), waiting for {} more",
                    state.members().size(),
                    state.size() - state.members().size());
            awaitChange(state.index());
        }
    }

    /** What the token says at one moment. */
    private record State(int size, List<KeyService.Node> members, long index) {}

    private State look() throws DiscoveryException {
        return look(true);
    }

    private State look(final boolean needsPlace) throws DiscoveryException {
        while (true) {
            try {
                final int size = size();
                final KeyService.Listing listing = keys.list();
                final List<KeyService.Node> members =
                        listing.nodes().stream()
                                .filter(node -> !node.name().equals(CONFIG))
                                .sorted(Comparator.comparingLong(KeyService.Node::createdIndex))
                                .toList();
                retries = 0;
                if (needsPlace) {
                    checkPlace(size, members);
                }
                return new State(size, members, listing.index());
            } catch (final KeyService.Refused e) {
                throw refused(e);
            } catch (final IOException e) {
                backOff("cluster status check", e);
            }
        }
    }

    private int size() throws IOException, KeyService.Refused, DiscoveryException {
        final int size;
        try {
            size = Integer.parseInt(keys.value(CONFIG + "/size"));
        } catch (final NumberFormatException e) {
            throw DiscoveryException.of(DiscoveryException.Reason.BAD_SIZE);
        }
        if (size <= 0) {
            throw DiscoveryException.of(DiscoveryException.Reason.BAD_SIZE);
        }
        return size;
    }

    private void checkPlace(final int size, final List<KeyService.Node> members)
            throws DiscoveryException {
        final boolean isOneOfTheFirst = members.stream().limit(size).anyMatch(this::isSelf);
        if (members.size() >= size && !isOneOfTheFirst) {
            throw DiscoveryException.of(DiscoveryException.Reason.FULL);
        }
    }

    private boolean isSelf(final KeyService.Node node) {
        return node.name().equals(memberName);
    }

    private void register(final String self) throws DiscoveryException {
        boolean mayBeDone = false;
        while (true) {
            try {
                keys.create(memberName, self);
                return;
            } catch (final KeyService.Refused e) {
                if (e.code() != KEY_EXISTS) {
                    throw refused(e);
                }
                if (mayBeDone) {
                    // It was this start: its answer was lost.
                    return;
                }
                throw DiscoveryException.of(DiscoveryException.Reason.DUPLICATE_ID);
            } catch (final IOException e) {
                mayBeDone = true;
                backOff("registration", e);
            }
        }
    }

    private List<KeyService.Node> awaitAll() throws DiscoveryException {
        int told = 0;
        while (true) {
            final State state = look();
            final List<KeyService.Node> found =
                    state.members().stream().limit(state.size()).toList();
            for (final KeyService.Node node :
                    found.subList(Math.min(told, found.size()), found.size())) {
                LOG.info(
                        Notice.MARKER,
                        "found {} {} in the cluster",
                        isSelf(node) ? "self" : "peer",
                        node.name());
            }
            if (found.size() == state.size() && found.stream().anyMatch(this::isSelf)) {
                LOG.info(Notice.MARKER, "found {} needed peer(s)", found.size());
                return found;
            }
            if (found.size() != told) {
                LOG.info(
                        Notice.MARKER,
                        "found {} peer(s), waiting for {} more",
                        found.size(),
                        state.size() - found.size());
            }
            told = found.size();
            awaitChange(state.index());
        }
    }

    private void awaitChange(final long index) throws DiscoveryException {
        try {
            keys.awaitChange(index);
        } catch (final KeyService.Refused e) {
            if (e.code() != EVENT_INDEX_CLEARED) {
                throw refused(e);
            }
        } catch (final IOException e) {
            backOff("waiting for other nodes", e);
        }
    }

    private static InitialCluster cluster(final List<KeyService.Node> members)
            throws DiscoveryException {
        final InitialCluster cluster;
        try {
            cluster =
                    InitialCluster.parse(
                            members.stream()
                                    .map(KeyService.Node::value)
                                    .collect(Collectors.joining(",")));
        } catch (final IllegalArgumentException e) {
            throw DiscoveryException.of(DiscoveryException.Reason.BAD_URL);
        }
        if (cluster.urlsByName().size() != members.size()) {
            throw DiscoveryException.of(DiscoveryException.Reason.DUPLICATE_NAME);
        }
        return cluster;
    }

    private void backOff(final String step, final IOException failure) {
        LOG.error("error #0: {}", SimpleHttpClient.reason(failure));
        retries = Math.min(retries + 1, MAX_EXPONENT);
        final long seconds = 1L << retries;
        LOG.info("{}: error connecting to {}, retrying in {}s", step, url, seconds);
        sleepSeconds.accept(seconds);
    }

    private static DiscoveryException refused(final KeyService.Refused refusal) {
        return refusal.code() == 0
                ? DiscoveryException.of(DiscoveryException.Reason.BAD_ENDPOINT)
                : DiscoveryException.other(refusal.getMessage());
    }

    private static String checked(final String url) throws DiscoveryException {
        final URI uri;
        try {
            uri = URI.create(url);
        } catch (final IllegalArgumentException e) {
            throw DiscoveryException.other("parse " + url + ": " + e.getMessage());
        }
        final boolean isHttp =
                "http".equalsIgnoreCase(uri.getScheme())
                        || "https".equalsIgnoreCase(uri.getScheme());
        final String authority = String.valueOf(uri.getRawAuthority());
        final boolean hasHost = uri.getHost() != null || authority.matches(":[0-9]+");
        if (!isHttp || !hasHost || uri.getRawQuery() != null) {
            throw DiscoveryException.other("not the URL of a token: " + url);
        }
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** Null: none. */
    private static InetSocketAddress proxyOf(final String text) throws DiscoveryException {
        if (text.isEmpty()) {
            return null;
        }
        try {
            final URI uri = URI.create(text.contains("://") ? text : "http://" + text);
            if (uri.getHost() != null) {
                LOG.info("using proxy \"{}\"", uri);
                return new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort());
            }
        } catch (final IllegalArgumentException e) {
            LOG.debug("not a URL: {}", text, e);
        }
        throw DiscoveryException.other("invalid proxy address \"" + text + "\"");
    }
}
