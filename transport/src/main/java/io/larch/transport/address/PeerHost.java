package io.larch.transport.address;

import java.util.List;

/** One of a peer's URLs, with the addresses that its host had when a look-up last had an answer. */
final class PeerHost {
    private final PeerUrl url;
    private final HostResolver resolver;
    private List<PeerAddress> addresses = List.of();
    private HostLookup lookup;
    private long startNanos;

    PeerHost(final PeerUrl url, final HostResolver resolver) {
        this.url = url;
        this.resolver = resolver;
    }

    /** Known so far. */
    List<PeerAddress> addresses() {
        return addresses;
    }

    /** Asks, unless a question is open. An answer that nobody took is too old by now. */
    void lookUp(final long nowNanos) {
        if (lookup == null || lookup.isDone()) {
            lookup = HostLookup.start(url, resolver);
            startNanos = nowNanos;
        }
    }

    /** Whether an answer is still to be taken soon: nobody waits long for a dead server. */
    boolean isAnswerNear(final long nowNanos, final long patienceNanos) {
        return lookup != null && nowNanos - startNanos < patienceNanos;
    }

    /**
     * Takes the answer, if there is one.
     *
     * @return why there is none; null when that is not so.
     */
    String takeAnswer() {
        if (lookup == null || !lookup.isDone()) {
            return null;
        }
        final HostLookup done = lookup;
        lookup = null;
        if (done.addresses() != null) {
            addresses = done.addresses();
        }
        return done.failure();
    }
}
