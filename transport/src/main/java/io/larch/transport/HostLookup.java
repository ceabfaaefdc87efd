package io.larch.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Looks a host up without making the caller wait: names are asked for on a thread that ends with
 * the answer.
 */
final class HostLookup {
    private final PeerUrl url;
    private volatile InetAddress address;
    private volatile String failure;

    private HostLookup(final PeerUrl url) {
        this.url = url;
    }

    static HostLookup start(final PeerUrl url) {
        final HostLookup lookup = new HostLookup(url);
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
            address = url.resolve();
        } catch (final UnknownHostException e) {
            failure = "unknown host " + url.host();
        } catch (final RuntimeException e) {
            failure = e.toString();
        }
    }

    boolean isDone() {
        return address != null || failure != null;
    }

    PeerUrl url() {
        return url;
    }

    /** The answer; null when there is none, or none yet. */
    InetAddress address() {
        return address;
    }

    /** Why there is no answer; null unless that is so. */
    String failure() {
        return failure;
    }
}
