package io.larch.transport;

import java.util.List;

/**
 * Which of a peer's addresses is in use, and which is to be tried next: the URLs in turn, each
 * looked up anew.
 */
final class PeerRoute {
    private List<PeerUrl> urls = List.of();
    private int next;
    private HostLookup lookup;
    private PeerAddress address;
    private String failure;

    /** Begins with the first of other URLs. */
    void urls(final List<PeerUrl> peerUrls) {
        urls = peerUrls;
        next = 0;
        lookup = null;
    }

    List<PeerUrl> urls() {
        return urls;
    }

    /** The address in use; null before the first one is known. */
    PeerAddress address() {
        return address;
    }

    /** Why the last look-up failed; null when it did not. Told once. */
    String takeFailure() {
        final String told = failure;
        failure = null;
        return told;
    }

    /** The address in use is no good. */
    void forget() {
        address = null;
    }

    boolean isLookingUp() {
        return lookup != null;
    }

    /** Turns to the next URL; {@link #advance} tells when its address is known. */
    void tryNext() {
        if (urls.isEmpty()) {
            return;
        }
        lookup = HostLookup.start(urls.get(next));
        next = (next + 1) % urls.size();
    }

    /** Whether the address is another one now. */
    boolean advance() {
        if (lookup == null || !lookup.isDone()) {
            return false;
        }
        final HostLookup done = lookup;
        lookup = null;
        failure = done.failure();
        if (done.address() == null) {
            return false;
        }
        final PeerAddress found = new PeerAddress(done.address(), done.url().port());
        if (found.equals(address)) {
            return false;
        }
        address = found;
        return true;
    }
}
