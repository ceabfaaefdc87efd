package io.larch.transport.address;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks a host up without making the caller wait: names are asked for on a thread that ends with
 * the answer.
 */
final class HostLookup {
    private final PeerUrl url;
    private final HostResolver resolver;
    private volatile List<PeerAddress> addresses;
    private volatile String failure;

    private HostLookup(final PeerUrl url, final HostResolver resolver) {
        this.url = url;
        this.resolver = resolver;
    }

    static HostLookup start(final PeerUrl url, final HostResolver resolver) {
        final HostLookup lookup = new HostLookup(url, resolver);
        if (url.isLiteral()) {
            lookup.resolve();
        } else {
            final Thread thread = new Thread(lookup::resolve, "larch-lookup");
            thread.setDaemon(true);
            thread.start();
        }
        return lookup;
    }

    private void resolve() {
        try {
            final Set<PeerAddress> found = new LinkedHashSet<>();
            Arrays.stream(resolver.resolve(url.host()))
                    .forEach(
                            (final InetAddress host) ->
                                    found.add(new PeerAddress(host, url.port())));
            if (found.isEmpty()) {
                throw new UnknownHostException(url.host());
            }
            addresses = List.copyOf(found);
        } catch (final UnknownHostException e) {
            failure = "unknown host " + url.host();
        } catch (final RuntimeException e) {
            failure = e.toString();
        }
    }

    boolean isDone() {
        return addresses != null || failure != null;
    }

    /** The answer, the preferred address first; null when there is none, or none yet. */
    List<PeerAddress> addresses() {
        return addresses;
    }

    /** Why there is no answer; null unless that is so. */
    String failure() {
        return failure;
    }
}
