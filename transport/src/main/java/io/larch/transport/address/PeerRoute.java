package io.larch.transport.address;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which of a peer's addresses is in use, and when which one is to be tried. While the peer does not
 * answer there is one attempt after the other: hosts are looked up anew, and the next of all their
 * addresses gets its turn, the same one again where there is no other. Reads no clock and never
 * waits for a look-up.
 */
public final class PeerRoute {
    /** An attempt is put off for so long, at most, until hosts have been looked up. */
    public static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A lost peer may be back by itself: what is slow is not gone. */
    public static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** No attempt is given up for another before that. */
    public static final long MIN_ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final HostResolver resolver;
    private final long retryNanos;

    /** In this round; empty once an address has proved good. */
    private final Set<PeerAddress> tried = new HashSet<>();

    private final List<String> failures = new ArrayList<>();
    private List<PeerUrl> urls = List.of();
    private List<PeerHost> hosts = List.of();
    private PeerAddress address;
    private boolean isConnected;
    private boolean hasOtherUrls;
    private boolean isAsking;
    private long attemptNanos;
    private long nextAttemptNanos;

    /**
     * @param retryNanos from one attempt to the next.
     */
    public PeerRoute(final HostResolver resolver, final long retryNanos) {
        this.resolver = resolver;
        this.retryNanos = retryNanos;
    }

    /** Goes on at other URLs; an address in use stays when it is among theirs. */
    public void urls(final List<PeerUrl> peerUrls, final long nowNanos) {
        urls = peerUrls;
        hosts = peerUrls.stream().map(url -> new PeerHost(url, resolver)).toList();
        tried.clear();
        hasOtherUrls = true;
        isAsking = false;
        nextAttemptNanos = nowNanos;
        attemptNanos = nowNanos - MIN_ATTEMPT_NANOS;
    }

    public List<PeerUrl> urls() {
        return urls;
    }

    /** The address in use; null before the first one is known. */
    public PeerAddress address() {
        return address;
    }

    public boolean hasFailures() {
        return !failures.isEmpty();
    }

    /** Why look-ups failed since this was last asked. */
    public List<String> takeFailures() {
        final List<String> told = List.copyOf(failures);
        failures.clear();
        return told;
    }

    /** The peer answers at the address in use. */
    public void connected() {
        isConnected = true;
    }

    /** It has answered for some time: if it is lost, this address is the first to be tried. */
    public void settled() {
        tried.clear();
    }

    /** The peer answers no more. One that had not settled goes on with the attempt due next. */
    public void lost(final long nowNanos) {
        isConnected = false;
        if (tried.isEmpty()) {
            nextAttemptNanos = nowNanos + GRACE_NANOS;
        }
    }

    /** The peer is there and asks for answers: the next attempt is worth being made now. */
    public void called(final long nowNanos) {
        if (!isConnected && nowNanos - attemptNanos >= MIN_ATTEMPT_NANOS) {
            nextAttemptNanos = nowNanos;
        }
    }

    /** This machine cannot even send to the address in use: on to the others of this round. */
    public void refused(final long nowNanos) {
        address = null;
        isConnected = false;
        if (!tried.containsAll(known())) {
            nextAttemptNanos = nowNanos;
        }
    }

    /** The attempt came to nothing, or its connection did: on to the others of this round. */
    public void failed(final long nowNanos) {
        isConnected = false;
        if (!tried.containsAll(known())) {
            nextAttemptNanos = nowNanos;
        }
    }

    /** The URL that the address in use belongs to; null while there is none. */
    public PeerUrl url() {
        for (int i = 0; i < hosts.size(); i++) {
            if (hosts.get(i).addresses().contains(address)) {
                return urls.get(i);
            }
        }
        return urls.isEmpty() ? null : urls.get(0);
    }

    /**
     * Cheap while the peer answers.
     *
     * @return whether an attempt begins: the address in use is to get new streams.
     */
    public boolean advance(final long nowNanos) {
        if (isConnected && !hasOtherUrls) {
            return false;
        }
        boolean hasNews = takeAnswers();
        if (nowNanos - nextAttemptNanos >= 0 && !isAsking) {
            isAsking = true;
            hosts.forEach(host -> host.lookUp(nowNanos));
            hasNews |= takeAnswers();
        }
        final boolean isDue = isAsking ? !isAnswerNear(nowNanos) : hasNews && isElsewhere();
        return isDue && turn(nowNanos);
    }

    /**
     * @return whether there was one that names other addresses than the one before.
     */
    private boolean takeAnswers() {
        boolean hasNews = false;
        for (final PeerHost host : hosts) {
            final List<PeerAddress> before = host.addresses();
            final String failure = host.takeAnswer();
            if (failure != null) {
                failures.add(failure);
            }
            hasNews |= !host.addresses().equals(before);
        }
        return hasNews;
    }

    private boolean isAnswerNear(final long nowNanos) {
        for (final PeerHost host : hosts) {
            if (host.isAnswerNear(nowNanos, PATIENCE_NANOS)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the address that is tried is none of the peer's any more, but another one is. */
    private boolean isElsewhere() {
        final List<PeerAddress> known = known();
        return !known.contains(address) && !tried.containsAll(known);
    }

    private List<PeerAddress> known() {
        return hosts.stream().flatMap(host -> host.addresses().stream()).distinct().toList();
    }

    private boolean turn(final long nowNanos) {
        isAsking = false;
        attemptNanos = nowNanos;
        nextAttemptNanos = nowNanos + retryNanos;
        final List<PeerAddress> known = known();
        if (known.isEmpty()) {
            return false;
        }
        hasOtherUrls = false;
        if (isConnected && known.contains(address)) {
            return false;
        }
        isConnected = false;
        address = next(known);
        tried.add(address);
        return true;
    }

    /** The one that was good, then all in turn, and again from the first. */
    private PeerAddress next(final List<PeerAddress> known) {
        if (tried.isEmpty() && known.contains(address)) {
            return address;
        }
        for (final PeerAddress each : known) {
            if (!tried.contains(each)) {
                return each;
            }
        }
        tried.clear();
        return known.get(0);
    }
}
